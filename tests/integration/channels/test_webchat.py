"""The web chat over HTTP, on real stores: every form without a script, what is kept, and what is refused."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from sqlalchemy import func, select, text
from starlette.applications import Starlette

from bot.channels.webchat.tables import WebchatEntry, WebchatSession
from bot.channels.webchat.visitor import Visitor
from bot.errors import Refused, Unreachable
from bot.limits import Rate
from bot.messages import Address, Channel, Media, MediaKind, Picture, Press, Reply
from bot.messages import Text as Words
from bot.storage import Database
from tests.unit.channels.webchat.fakes import Site

BASE = "http://faro.example"
FROM_PAGE = {"sec-fetch-site": "same-origin"}
FROM_SCRIPT = FROM_PAGE | {"accept": "application/json"}
SECRET = "the man in the blue house on Canal street"
Browser = Callable[..., httpx.AsyncClient]


@pytest.fixture
def site(database: Database) -> Site:
    return Site(database)


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[Browser]:
    """Opens browsers on the site; each has cookies of its own."""
    opened: list[httpx.AsyncClient] = []

    def open_one(of: Site | None = None, *, at: str = "192.0.2.7", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(Starlette(routes=(of or site).router.routes), client=(at, 40_000))
        client = httpx.AsyncClient(transport=transport, base_url=(of or site).public_url or BASE, headers=FROM_PAGE | headers)
        opened.append(client)
        return client

    yield open_one
    for client in opened:
        await client.aclose()


def fields(**values: str) -> dict[str, str]:
    return {"id": "m" * 24, "lang": "en"} | values


async def say(client: httpx.AsyncClient, words: str, number: int = 0, **values: str) -> httpx.Response:
    """A typed message, as the page's form sends it without a script."""
    return await client.post("/chat/message", data=fields(id=f"message-number-{number:09}", text=words, **values))


async def count(site: Site, table: type[WebchatEntry | WebchatSession] = WebchatEntry) -> int:
    async with site.database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


# The flow without a script


async def test_a_visit_alone_leaves_nothing_behind(site: Site, browser: Browser) -> None:
    answer = await browser().get("/")
    assert answer.status_code == 200 and "Hi. I am Faro." in answer.text
    assert "set-cookie" not in answer.headers
    assert await count(site, WebchatSession) == 0


async def test_a_message_is_answered_on_the_page_after_a_redirect(site: Site, browser: Browser) -> None:
    client = browser()
    answer = await say(client, SECRET)
    assert answer.status_code == 303 and answer.headers["location"] == "/#latest"
    page = (await client.get("/")).text
    assert page.index("Hi. I am Faro.") < page.index(SECRET) < page.index("I hear you.")


async def test_the_cookie_is_for_this_session_and_this_site_only(browser: Browser) -> None:
    cookie = (await say(browser(), "hello")).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "path=/" in cookie
    assert "expires" not in cookie and "max-age" not in cookie and "domain" not in cookie


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(database: Database, browser: Browser) -> None:
    client = browser(Site(database, public_url="https://faro.example"))
    cookie = (await say(client, "hello")).headers["set-cookie"]
    assert cookie.startswith("__Host-faro_chat=") and "Secure" in cookie


async def test_the_conversation_hears_the_words_the_language_and_an_address_that_is_no_cookie(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "bonjour", lang="fr")
    heard = site.talk.handled[0]
    assert isinstance(heard.content, Words) and heard.content.text == "bonjour"
    assert heard.language_hint == "fr"
    assert heard.address.channel is Channel.WEBCHAT and heard.address.id not in client.cookies.values()


async def test_the_browsers_language_is_taken_when_the_city_speaks_it(browser: Browser) -> None:
    assert '<html lang="it">' in (await browser(**{"accept-language": "de-DE,de;q=0.9,it-IT;q=0.8,en;q=0.5"}).get("/")).text
    assert '<html lang="en">' in (await browser(**{"accept-language": "de"}).get("/")).text


async def test_a_pressed_button_stands_there_with_its_label_and_is_marked(site: Site, browser: Browser) -> None:
    client = browser()
    await client.post("/chat/message", data=fields(press="menu:online", of="0"))
    assert site.talk.handled[0].content == Press("menu:online")
    page = (await client.get("/")).text
    assert 'value="menu:online" aria-pressed="true"' in page
    assert page.count("Trouble online") == 2 and "What is happening?" in page


async def test_a_button_that_was_never_offered_leaves_no_words_of_the_sender(site: Site, browser: Browser) -> None:
    client = browser()
    await client.post("/chat/message", data=fields(press="say:<b>never</b>"))
    assert site.talk.handled[0].content == Press("say:<b>never</b>")
    assert "never" not in (await client.get("/")).text


async def test_another_language_changes_page_and_conversation(site: Site, browser: Browser) -> None:
    client = browser()
    before = await client.post("/chat/language", data={"id": "l" * 24, "language": "es"})
    assert before.headers["location"] == "/?lang=es" and await count(site, WebchatSession) == 0
    assert '<html lang="es">' in (await client.get(before.headers["location"])).text
    await say(client, "hola", lang="es")
    await client.post("/chat/language", data={"id": "k" * 24, "language": "fr"})
    assert site.talk.handled[-1].content == Press("lang:set:fr")
    assert '<html lang="fr">' in (await client.get("/")).text


async def test_a_language_that_the_city_does_not_speak_is_refused(site: Site, browser: Browser) -> None:
    answer = await browser().post("/chat/language", data={"id": "l" * 24, "language": "//evil.example"})
    assert answer.status_code == 400 and site.talk.handled == []


# With the script


async def test_the_script_gets_only_what_is_new(browser: Browser) -> None:
    client = browser(**FROM_SCRIPT)
    first = (await say(client, "one", 1)).json()["html"]
    last = max(int(number) for number in re.findall(r'data-number="(\d+)"', first))
    second = (await say(client, "two", 2, after=str(last))).json()["html"]
    assert "Hi. I am Faro." in first and "two" in second and "one" not in second


async def test_a_changed_language_reloads_the_page(browser: Browser) -> None:
    client = browser(**FROM_SCRIPT)
    answer = await client.post("/chat/message", data=fields(press="lang:set:fr"))
    assert answer.json() == {"reload": True}


# Once


async def test_a_double_click_is_handled_once(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "hello", 0)
    answers = await asyncio.gather(*(say(client, "again", 1) for _ in range(4)))
    # The conversation answers an id it has seen with the same turn again; the page's part is one id for one form, and one entry.
    assert len({incoming.id for incoming in site.talk.handled}) == 2 and {answer.status_code for answer in answers} == {303}
    assert (await client.get("/")).text.count(">again<") == 1


async def test_a_form_sent_again_after_a_reload_changes_nothing(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "hello", 0)
    kept = await count(site)
    await say(client, "hello", 0)
    assert await count(site) == kept and len(site.talk.handled) == 1


@pytest.mark.parametrize("bad", ["", "short", "x" * 65, "../../etc/passwd-and-more"])
async def test_a_form_without_a_proper_id_is_refused(site: Site, browser: Browser, bad: str) -> None:
    answer = await browser().post("/chat/message", data={"id": bad, "text": "hello"})
    assert answer.status_code == 400 and "was broken" in answer.text and site.talk.handled == []


# What is kept


async def test_nothing_that_was_said_stands_in_the_store_in_the_clear(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, SECRET)
    await client.post("/chat/message", data=fields(press="menu:online"))
    (token,) = client.cookies.values()
    async with site.database.read() as session:
        tables = [(await session.execute(text(f"SELECT * FROM {name}"))).all() for name in ("webchat_session", "webchat_entry")]
    everything = repr(tables)
    assert all(tables) and token not in everything
    for words in (SECRET, "Canal", "I hear you", "Trouble online", "menu:online"):
        assert words not in everything


async def test_another_visitor_sees_nothing_of_it(browser: Browser) -> None:
    await say(browser(), SECRET)
    other = browser()
    await say(other, "hello")
    assert SECRET not in (await other.get("/")).text


async def test_a_foreign_cookie_is_never_adopted(site: Site, browser: Browser) -> None:
    client, brought = browser(), Visitor.new()
    client.cookies.set("faro_chat", brought.token)
    await say(client, "hello")
    assert site.talk.handled[0].address.id != brought.id
    assert await site.chats.find(brought.id, site.clock()) is None


async def test_what_is_shown_once_is_gone_with_the_next_message(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "receipt", 1)
    assert "amber river candle" in (await client.get("/")).text
    await say(client, "thanks", 2)
    assert "amber river candle" not in (await client.get("/")).text


async def test_what_is_shown_once_can_be_removed_at_once(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "receipt", 1)
    assert (await client.post("/chat/hide")).status_code == 303
    page = (await client.get("/")).text
    assert "amber river candle" not in page and "I hear you." not in page


async def test_a_message_that_is_to_be_erased_is_never_kept(browser: Browser) -> None:
    client = browser()
    await say(client, "my six words", 1)
    page = (await client.get("/")).text
    assert "my six words" not in page and "was removed from this page" in page and "Found it." in page


async def test_forgetting_clears_the_page_too(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, SECRET, 1)
    await client.post("/chat/message", data=fields(press="privacy:forget_yes"))
    page = (await client.get("/")).text
    assert SECRET not in page and "Hi. I am Faro." not in page and "I hear you." in page
    assert await count(site) == 1


async def test_a_session_ends_by_itself_and_says_so(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, SECRET)
    site.clock.pass_by(hours=site.city.retention.webchat_hours, seconds=1)
    page = await client.get("/")
    assert SECRET not in page.text and "has ended and was deleted" in page.text
    assert 'faro_chat=""' in page.headers["set-cookie"]
    assert await site.chats.purge(site.clock()) == 1 and await count(site) == 0


async def test_every_message_prolongs_the_session(site: Site, browser: Browser) -> None:
    client = browser()
    for number in range(3):
        site.clock.pass_by(hours=site.city.retention.webchat_hours - 1)
        await say(client, "I am back", number)
    assert (await client.get("/")).text.count("I am back") == 3


async def test_a_long_chat_keeps_its_newest_messages(site: Site, browser: Browser) -> None:
    client = browser()
    for number in range(110):
        await say(client, f"message {number}", number)
    assert await count(site) == 200
    assert "message 109" in (await client.get("/")).text


# Leaving


async def test_quick_exit_deletes_the_session_and_goes_to_a_neutral_page(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, SECRET)
    answer = await client.post("/chat/leave")
    assert await count(site, WebchatSession) == 0 and await count(site) == 0
    assert answer.headers["refresh"] == f"0; url={site.city.quick_exit_url}"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert 'faro_chat=""' in answer.headers["set-cookie"] and "Max-Age=0" in answer.headers["set-cookie"]
    assert SECRET not in answer.text and "Faro" not in answer.text
    assert SECRET not in (await client.get("/")).text


async def test_quick_exit_has_the_conversation_forget_too(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, SECRET)
    await client.post("/chat/leave")
    assert site.talk.handled[-1].content == Press("privacy:forget_yes")
    assert site.talk.handled[-1].address == site.talk.handled[0].address


async def test_quick_exit_works_for_somebody_who_wrote_nothing(site: Site, browser: Browser) -> None:
    answer = await browser().post("/chat/leave")
    assert answer.status_code == 200 and "refresh" in answer.headers and site.talk.handled == []


async def test_quick_exit_also_ends_a_chat_whose_first_answer_is_still_under_way(site: Site, browser: Browser) -> None:
    await say(browser(), SECRET, 7)
    without_cookie = browser()
    await without_cookie.post("/chat/leave", data={"pending": "message-number-000000008"})
    assert await count(site, WebchatSession) == 1
    await without_cookie.post("/chat/leave", data={"pending": "message-number-000000007"})
    assert await count(site, WebchatSession) == 0 and site.talk.handled[-1].content == Press("privacy:forget_yes")


async def test_a_first_message_that_comes_after_its_own_quick_exit_begins_nothing(site: Site, browser: Browser) -> None:
    await browser().post("/chat/leave", data={"pending": "message-number-000000007"})
    assert (await say(browser(), SECRET, 7)).status_code == 410
    assert await count(site, WebchatSession) == 0 and site.talk.handled == []


# Messages that nobody just asked for


async def test_a_pushed_message_arrives_sealed_and_on_the_page(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "hello")
    await site.messenger.send(site.talk.handled[0].address, Reply("**News** for you"))
    assert "<b>News</b> for you" in (await client.get("/")).text
    async with site.database.read() as session:
        assert not any(b"News" in sealed for sealed in await session.scalars(select(WebchatEntry.sealed)))


async def test_a_pushed_message_wakes_the_waiting_page(site: Site, browser: Browser) -> None:
    site.poll_seconds = 20
    client = browser(**FROM_SCRIPT)
    html = (await say(client, "hello")).json()["html"]
    last = max(re.findall(r'data-number="(\d+)"', html), key=int)
    waiting = asyncio.create_task(client.get(f"/chat/news?after={last}"))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await site.messenger.send(site.talk.handled[0].address, Reply("News for you"))
    answer = await asyncio.wait_for(waiting, 3)
    assert "News for you" in answer.json()["html"] and "I hear you." not in answer.json()["html"]


async def test_waiting_for_news_ends_with_the_session_and_with_the_server(site: Site, browser: Browser) -> None:
    site.poll_seconds = 20
    client = browser(**FROM_SCRIPT)
    await say(client, "hello")
    waiting = asyncio.create_task(client.get("/chat/news?after=99999"))
    await asyncio.sleep(0.2)
    await site.chats.end(site.talk.handled[0].address.id)
    site.pulse.close()
    assert (await asyncio.wait_for(waiting, 3)).status_code == 410


async def test_no_news_is_an_empty_answer_in_time(browser: Browser) -> None:
    client = browser(**FROM_SCRIPT)
    await say(client, "hello")
    answer = await asyncio.wait_for(client.get("/chat/news?after=99999"), 3)
    assert answer.status_code == 200 and answer.json()["html"].strip() == ""


async def test_who_has_left_is_unreachable(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "hello")
    address = site.talk.handled[0].address
    await client.post("/chat/leave")
    with pytest.raises(Unreachable):
        await site.messenger.send(address, Reply("News"))


async def test_an_expired_session_is_unreachable_and_a_push_does_not_prolong_one(site: Site, browser: Browser) -> None:
    await say(browser(), "hello")
    address = site.talk.handled[0].address
    site.clock.pass_by(hours=site.city.retention.webchat_hours - 1)
    await site.messenger.send(address, Reply("News"))
    site.clock.pass_by(hours=2)
    with pytest.raises(Unreachable):
        await site.messenger.send(address, Reply("News"))


async def test_an_address_of_another_channel_is_refused(site: Site) -> None:
    with pytest.raises(Refused):
        await site.messenger.send(Address(Channel.TELEGRAM, "1"), Reply("News"))


# Photos


async def test_a_photo_reaches_the_conversation_and_is_not_kept(site: Site, browser: Browser) -> None:
    client = browser()
    photo = b"\xff\xd8 a picture " * 10
    await client.post("/chat/message", data=fields(text="look"), files={"file": ("me.jpg", photo, "image/jpeg")})
    media = site.talk.handled[0].content
    assert isinstance(media, Media) and media.kind is MediaKind.PHOTO
    assert (media.caption, media.size, media.media_type) == ("look", len(photo), "image/jpeg")
    assert site.talk.files == [photo]
    page = (await client.get("/")).text
    assert "You sent a photo." in page and "look" in page and "me.jpg" not in page


@pytest.mark.parametrize(
    ("said", "kind"),
    [("application/pdf", MediaKind.DOCUMENT), ("audio/ogg", MediaKind.AUDIO), ("video/mp4", MediaKind.VIDEO), ("odd", MediaKind.DOCUMENT)],
)
async def test_a_file_is_taken_for_what_the_browser_says_until_somebody_looks(
    site: Site, browser: Browser, said: str, kind: MediaKind
) -> None:
    await browser().post("/chat/message", data=fields(), files={"file": ("x.pdf", b"%PDF", said)})
    media = site.talk.handled[0].content
    assert isinstance(media, Media) and (media.kind, media.name) == (kind, "x.pdf")


async def test_a_photo_over_twenty_megabytes_is_refused_in_words(site: Site, browser: Browser) -> None:
    answer = await browser().post("/chat/message", data=fields(), files={"file": ("x.jpg", b"x" * (20 * 1024 * 1024 + 1), "image/jpeg")})
    assert answer.status_code == 413 and "up to 20 MB" in answer.text
    assert site.talk.handled == [] and await count(site, WebchatSession) == 0


# Limits


async def test_a_hundred_thousand_characters_reach_the_conversation_and_not_the_page(site: Site, browser: Browser) -> None:
    client = browser()
    assert (await say(client, "x" * 100_000)).status_code == 303
    heard = site.talk.handled[0].content
    assert isinstance(heard, Words) and len(heard.text) == 100_000
    assert len((await client.get("/")).text) < 20_000


async def test_fifty_messages_at_once_are_slowed_down_with_words_kept(database: Database, browser: Browser) -> None:
    site = Site(database, messages=Rate(5, 1))
    client = browser(site)
    await say(client, "first", 0)
    answers = [await say(client, f"number {number}", number) for number in range(1, 51)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == 45 and "Wait a few seconds" in refused[0].text
    assert ">number 6</textarea>" in refused[0].text
    site.clock.pass_by(seconds=2)
    assert (await say(client, "later", 99)).status_code == 303


async def test_one_client_cannot_open_session_after_session(database: Database, browser: Browser) -> None:
    site = Site(database, sessions=Rate(3, 0))
    client = browser(site)
    codes = []
    for number in range(5):
        codes.append((await say(client, "hello", number)).status_code)
        client.cookies.clear()
    assert codes == [303, 303, 303, 429, 429]
    assert await count(site, WebchatSession) == 3


async def test_a_proxy_on_this_machine_is_not_taken_for_one_client(database: Database, browser: Browser) -> None:
    site = Site(database, sessions=Rate(1, 0))
    assert [(await say(browser(site, at="127.0.0.1"), "hello", number)).status_code for number in range(3)] == [303] * 3


async def test_the_store_holds_only_so_many_sessions_and_makes_room_when_some_expire(database: Database, browser: Browser) -> None:
    site = Site(database, most_sessions=2)
    for number in range(2):
        assert (await say(browser(site), "hello", number)).status_code == 303
    full = await say(browser(site), "help me", 9)
    assert full.status_code == 503 and "Call 112" in full.text and ">help me</textarea>" in full.text
    site.clock.pass_by(days=2)
    assert (await say(browser(site), "hello", 9)).status_code == 303


# From elsewhere


@pytest.mark.parametrize("path", ["/chat/message", "/chat/language", "/chat/hide", "/chat/leave"])
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}])
async def test_a_form_from_another_site_changes_nothing(site: Site, browser: Browser, path: str, headers: dict[str, str]) -> None:
    client = browser()
    await say(client, SECRET)
    before = await count(site), len(site.talk.handled)
    del client.headers["sec-fetch-site"]
    answer = await client.post(path, data=fields(text="evil", language="fr"), headers=headers)
    assert answer.status_code == 403 and (await count(site), len(site.talk.handled)) == before
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/chat/news", "/chat/static/chat.css", "/chat/static/nothing.css"])
async def test_every_answer_carries_the_protecting_headers(browser: Browser, path: str) -> None:
    headers = (await browser().get(path)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert headers["referrer-policy"] == "no-referrer" and headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if path.endswith("chat.css") else "no-store")


async def test_nothing_can_be_read_with_a_get_that_changes_something(browser: Browser) -> None:
    client = browser()
    for path in ("/chat/message", "/chat/leave", "/chat/hide", "/chat/language"):
        assert (await client.get(path)).status_code == 405


# A failing store


async def test_with_the_store_gone_the_person_still_gets_the_answer(site: Site, browser: Browser) -> None:
    async with site.database.begin() as session:
        await session.execute(text("DROP TABLE webchat_entry"))
        await session.execute(text("DROP TABLE webchat_session"))
    page = await say(browser(), "help me")
    assert page.status_code == 200 and "I hear you." in page.text and "cannot keep messages" in page.text
    script = (await say(browser(**FROM_SCRIPT), "help me", 1)).json()
    assert "I hear you." in script["html"] and "Call 112" in script["notice"]
    client = browser()
    client.cookies.set("faro_chat", Visitor.new().token)
    assert "Hi. I am Faro." in (await client.get("/")).text
    assert "refresh" in (await client.post("/chat/leave")).headers


async def test_a_picture_stands_above_the_words_with_what_it_shows(site: Site, browser: Browser) -> None:
    client = browser()
    await say(client, "hello")
    site.pictures["d" * 64] = b"\xff\xd8 a picture"
    shown = Picture("d" * 64, 'A "bike" & a lock')
    await site.messenger.send(site.talk.handled[0].address, Reply("**Lock** it.", picture=shown))
    page = (await client.get("/")).text
    assert f'src="/chat/picture/{"d" * 64}" alt="A &#34;bike&#34; &amp; a lock"' in page
    picture = await client.get(f"/chat/picture/{'d' * 64}")
    assert (picture.headers["content-type"], picture.content) == ("image/jpeg", site.pictures["d" * 64])
    assert picture.headers["cache-control"] == "no-store"
    for lost in ("e" * 64, "d" * 63, "..%2f..%2fetc"):
        assert (await client.get(f"/chat/picture/{lost}")).status_code == 404
