"""``faro doctor``: looks at everything a running Faro needs and says how to mend what is wrong."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import yaml
from sqlalchemy.exc import SQLAlchemyError

from bot.app import LOCALES, ROOT, utc_now
from bot.campaigns.emergency_templates import Templates
from bot.campaigns.library import Library
from bot.city import City, Need
from bot.conversation.safety import SafetyNet
from bot.conversation.texts import Catalogue
from bot.doctor_escrow import escrow_of_tips
from bot.doctor_people import image_contact, people_of_tips
from bot.doctor_places import places_of_campaigns
from bot.errors import FaroError, SettingsError
from bot.findings import Finding, Level
from bot.knowledge.articles import Article, is_stale
from bot.knowledge.library import read_live
from bot.settings import Settings
from bot.storage import Database
from bot.storage.migrate import is_current
from bot.training import needs_training

_SOON = timedelta(days=14)
_LEAST_FREE = 500 * 1024 * 1024
_PROBE = """
import sys
try:
    from rasa_side.encoders.registry import ENCODERS
    ENCODERS[sys.argv[1]]().encode(["hello"])
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


async def examine() -> list[Finding]:
    """Examine everything; never raises for what it finds."""
    try:
        settings = Settings.load()
    except SettingsError as error:
        return [Finding(Level.WRONG, "settings", line) for line in str(error).splitlines()]
    findings = [Finding(Level.GOOD, "settings", "every variable is acceptable")]
    findings += [*_city(settings), *await _articles(settings), *await _library(settings), *await _emergencies(settings)]
    findings += [*_data(settings), *_model(), await _embeddings(), await _database(settings), *_ports(settings)]
    findings += [*await escrow_of_tips(settings, utc_now), *await people_of_tips(settings, utc_now().date())]
    findings += [*await places_of_campaigns(settings), await _telegram(settings)]
    return findings


def _city(settings: Settings) -> Iterator[Finding]:
    try:
        city = City.load(settings.city)
    except SettingsError as error:
        yield from (Finding(Level.WRONG, "city", line) for line in str(error).splitlines())
        return
    yield Finding(Level.GOOD, "city", f"{city.name}, {len(city.districts)} districts, languages {', '.join(city.languages)}")
    yield from _helplines(city)
    yield from image_contact(city)
    for about, load in _texts(city):
        try:
            load()
        except FaroError as error:
            yield Finding(Level.WRONG, about, str(error))
        else:
            yield Finding(Level.GOOD, about, "readable in every language")


def _texts(city: City) -> list[tuple[str, Callable[[], object]]]:
    return [
        ("texts", lambda: Catalogue.load(LOCALES, city.languages)),
        ("console texts", lambda: Catalogue.load(LOCALES / "console", city.languages)),
        ("safety net", lambda: SafetyNet.load(LOCALES / "safety", city.languages)),
    ]


def _helplines(city: City) -> Iterator[Finding]:
    now = utc_now()
    stale = city.stale_helplines(now)
    for helpline in stale:
        text = f"{helpline.name} was checked on {helpline.checked_on}; it is not shown. Ring it, then set checked_on in helplines.yml"
        yield Finding(Level.WRONG, "helplines", text)
    for helpline in (h for h in city.stale_helplines(now + _SOON) if h not in stale):
        yield Finding(Level.ADVICE, "helplines", f"{helpline.name} was checked on {helpline.checked_on} and soon goes stale: check it")
    if not stale:
        yield Finding(Level.GOOD, "helplines", f"{len(city.helplines)} entries, all checked lately")
    for language in city.languages:
        if not city.helplines_for(Need.SUICIDE, language, now):
            yield Finding(Level.WRONG, "helplines", f"no line for thoughts of suicide can be shown in {language}")


async def _articles(settings: Settings) -> list[Finding]:
    """Which articles nobody checked lately. They are still shown: an old answer mostly holds, an old number does not."""
    try:
        city = City.load(settings.city)
    except SettingsError:
        return []  # its mistakes are named already
    articles = await _live(settings, city)
    today = city.local(utc_now()).date()
    stale = [one for one in articles if is_stale(one.checked_on, today, city.article_max_age_days)]
    if not stale:
        return [Finding(Level.GOOD, "articles", f"{len(articles)} articles, all checked lately")]
    mend = "look whether it still holds, then change its date in the console or in its file"
    return [Finding(Level.ADVICE, "articles", f"{one.topic}/{one.slug} was checked on {one.checked_on}: {mend}") for one in stale]


async def _emergencies(settings: Settings) -> list[Finding]:
    """Messages for emergencies that cannot be used: nobody wants to find that out in one."""
    try:
        templates = Templates(settings.city, City.load(settings.city))
    except SettingsError:
        return []  # its mistakes are named already
    if mistakes := await templates.mistakes():
        return [Finding(Level.WRONG, "emergencies", f"{mistake}; it cannot be sent until it is mended") for mistake in mistakes]
    return [Finding(Level.GOOD, "emergencies", f"{len(await templates.all())} prepared messages")]


async def _library(settings: Settings) -> list[Finding]:
    """Ready campaigns that cannot be used. Faro runs without them."""
    try:
        library = Library(settings.city, City.load(settings.city))
    except SettingsError:
        return []  # its mistakes are named already
    if mistakes := await library.mistakes():
        return [Finding(Level.ADVICE, "library", f"{mistake}; it is not offered until it is mended") for mistake in mistakes]
    return [Finding(Level.GOOD, "library", f"{len(await library.items())} ready campaigns and series")]


async def _live(settings: Settings, city: City) -> list[Article]:
    """What citizens read: the folder's articles and, where the store can be asked, those that officers wrote."""
    folder = [Article.of_city(article) for article in city.articles]
    if settings.database_url is None and not (settings.data / "faro.sqlite3").exists():
        return folder
    database = Database(settings.database)
    try:
        async with database.read() as session:
            return [*(await read_live(session, city)).values()]
    except (SQLAlchemyError, OSError):
        return folder  # what is wrong with the store is found out below
    finally:
        await database.close()


def _data(settings: Settings) -> Iterator[Finding]:
    folder = settings.data
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not os.access(existing, os.W_OK):
        yield Finding(Level.WRONG, "data", f"{folder} cannot be written; make it writable or set FARO_DATA")
        return
    room = os.statvfs(existing)
    free = room.f_bavail * room.f_frsize
    if free < _LEAST_FREE:
        yield Finding(Level.WRONG, "data", f"only {free // 1024**2} MB are free for {folder}; make room")
    else:
        yield Finding(Level.GOOD, "data", f"{folder} is writable, {free // 1024**3} GB free")
    yield from _keys(folder / "keys")


def _keys(folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        yield Finding(Level.ADVICE, "keys", "not made yet; the first start makes them")
        return
    wide = [path.name for path in folder.glob("*.key") if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if wide:
        yield Finding(Level.WRONG, "keys", f"{', '.join(wide)} can be read by other users; chmod 600 them and think about who did")
    else:
        yield Finding(Level.GOOD, "keys", "readable by their user only; keep a copy of the folder apart from the database's backup")


def _model() -> Iterator[Finding]:
    if not (ROOT / ".venv-rasa" / "bin" / "python").exists():
        yield Finding(Level.WRONG, "model", "Rasa's environment is missing; run `make run` or `make train`")
    elif needs_training(ROOT):
        yield Finding(Level.WRONG, "model", "missing, or made of other data than there is now; run `make train`")
    else:
        yield Finding(Level.GOOD, "model", "trained on the present data")


async def _embeddings() -> Finding:
    """Whether sentences can be compared by meaning; without it the model still works, on words alone."""
    python = ROOT / ".venv-rasa" / "bin" / "python"
    if not python.exists():
        return Finding(Level.ADVICE, "embeddings", "not examined, since Rasa's environment is missing")
    process = await asyncio.create_subprocess_exec(
        str(python), "-c", _PROBE, _encoder(), cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()
    if process.returncode == 0:
        return Finding(Level.GOOD, "embeddings", "sentences are compared by meaning")
    reason = error.decode(errors="replace").strip()[-80:]
    return Finding(Level.WRONG, "embeddings", f"missing ({reason}): Faro understands by words only; run `make run` to install anew")


def _encoder() -> str:
    """The encoder that ``config.yml`` names."""
    pipeline = yaml.safe_load((ROOT / "config.yml").read_text())["pipeline"]
    return next((str(component["encoder"]) for component in pipeline if "encoder" in component), "")


async def _database(settings: Settings) -> Finding:
    if settings.database_url is None and not (settings.data / "faro.sqlite3").exists():
        return Finding(Level.ADVICE, "database", "not made yet; the first start makes it")
    database = Database(settings.database)
    try:
        await database.check()
        current = await is_current(database)
    except (SQLAlchemyError, OSError) as error:
        return Finding(Level.WRONG, "database", f"does not answer ({type(error).__name__}); is it running, is DATABASE_URL right?")
    finally:
        await database.close()
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if not current:
        return Finding(Level.ADVICE, "database", f"{kind} answers; the next start brings its schema up to date")
    return Finding(Level.GOOD, "database", f"{kind} answers, its schema is current")


def _ports(settings: Settings) -> Iterator[Finding]:
    for port, host, name in ((settings.port, settings.host, "FARO_PORT"), (settings.action_port, "127.0.0.1", "FARO_ACTION_PORT")):
        if port == 0:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                text = f"{host} port {port}: {error.strerror}. Fine while Faro itself runs; else set {name} to a free one"
                yield Finding(Level.ADVICE, "port", text)
            else:
                yield Finding(Level.GOOD, "port", f"{host} port {port} is free")


async def _telegram(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding(Level.ADVICE, "telegram", "off; set TELEGRAM_TOKEN to the token from BotFather to connect a bot")
    async with httpx.AsyncClient(timeout=10.0) as http:
        try:
            answer = await http.get(f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}/getMe")
        except httpx.HTTPError as error:
            return Finding(Level.WRONG, "telegram", f"{settings.telegram_api_url} cannot be reached ({type(error).__name__})")
    if answer.status_code != 200:
        return Finding(Level.WRONG, "telegram", f"the token is refused (status {answer.status_code}); copy it anew from BotFather")
    return Finding(Level.GOOD, "telegram", "the token works")
