"""Whether the people are there whom tips need: who works on them, who is called, who keeps what identifies. Part of ``faro doctor``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from bot.city import City
from bot.findings import Finding, Level
from bot.settings import Settings
from bot.staff.members import Member, member_of, roles_of
from bot.staff.roles import Permission
from bot.staff.tables import LinkRow, MemberRow, ReachRow, ShiftRow
from bot.storage import Database


@dataclass(frozen=True, slots=True)
class People:
    """Members by id. ``linked``: have a chat; ``mailed``: gave an e-mail address; ``calm``: do not want to be called."""

    members: Sequence[Member]
    linked: Collection[str] = ()
    mailed: Collection[str] = ()
    calm: Collection[str] = ()
    on_roster: Collection[str] = ()


def image_contact(city: City) -> Iterator[Finding]:
    """Whom moderators call who meet a picture that nobody may look at."""
    if city.image_contact is None:
        text = (
            "city.yml names no image_contact: a moderator who meets an intimate picture of a child is only told to call "
            f"{city.emergency_number}. Agree with the police whom to call, and name them"
        )
        yield Finding(Level.ADVICE, "image contact", text)
    else:
        yield Finding(Level.GOOD, "image contact", "named")


async def people_of_tips(settings: Settings, today: date) -> list[Finding]:
    """The findings about people; none where there is no store yet, or one that cannot be read: that is named elsewhere."""
    if settings.database_url is None and not (settings.data / "faro.sqlite3").exists():
        return []
    database = Database(settings.database)
    try:
        return list(judged(await _read(database, today), chats=settings.telegram_token is not None, mail=settings.smtp_url is not None))
    except (SQLAlchemyError, OSError):
        return []
    finally:
        await database.close()


def judged(people: People, *, chats: bool, mail: bool) -> Iterator[Finding]:
    """What is missing. Pure.

    Args:
        chats: Telegram is connected. mail: a mail server is set.
    """
    workers = {member.id for member in people.members if member.may(Permission.WORK_TIPS)}
    if not workers:
        yield Finding(Level.ADVICE, "tips", "nobody works on tips, so none can be sent: `faro staff add LOGIN moderator`")
        return
    yield _called(people, workers, chats=chats, mail=mail)
    if not any(member.may(Permission.UNMASK_TIPS) for member in people.members):
        text = "nobody is custodian: masked words stay masked and no original can be handed on. `faro staff add LOGIN custodian`"
        yield Finding(Level.ADVICE, "custodian", text)


def _called(people: People, workers: set[str], *, chats: bool, mail: bool) -> Finding:
    ways = {*(people.linked if chats else ()), *(people.mailed if mail else ())}
    reached = (workers & ways) - set(people.calm)
    if not reached:
        text = (
            "an urgent tip would call nobody: no moderator who wants to be called has a linked chat or an e-mail address that works "
            "here. They link a chat on the page Account; e-mail needs FARO_SMTP_URL"
        )
        return Finding(Level.WRONG, "urgent tips", text)
    if not reached & set(people.on_roster):
        text = "nobody who can be reached is on the duty roster: everybody is called at any hour. An administrator fills it in (Duty)"
        return Finding(Level.ADVICE, "urgent tips", text)
    return Finding(Level.GOOD, "urgent tips", f"{len(reached)} can be called")


async def _read(database: Database, today: date) -> People:
    async with database.read() as session:
        rows = (await session.scalars(select(MemberRow))).all()
        reach = (await session.scalars(select(ReachRow))).all()
        return People(
            members=[member_of(row, await roles_of(session, row.id)) for row in rows],
            linked=set(await session.scalars(select(LinkRow.member_id).where(LinkRow.address.is_not(None)))),
            mailed={row.member_id for row in reach if row.email is not None},
            calm={row.member_id for row in reach if not row.pages},
            on_roster=set(await session.scalars(select(ShiftRow.member_id).where(or_(ShiftRow.last.is_(None), ShiftRow.last >= today)))),
        )
