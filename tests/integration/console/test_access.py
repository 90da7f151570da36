"""Every page against every role, and every way past the guard that is not one."""

from __future__ import annotations

import re

import pytest

from bot.console.access import Access, Page
from bot.console.pages import PAGES
from bot.console.security import SESSION_COOKIE
from bot.staff.roles import Permission, Role, may
from tests.integration.console.support import ORIGIN, Browser, World
from tests.integration.staff.support import PASSWORD

GUARDED = [page for page in PAGES if page.access is not Access.OPEN]


def _address(page: Page) -> str:
    """An address of the page: no such thing exists, so that nothing is changed by asking."""
    return re.sub(r"\{\w+\}", "0" * 12, page.path)


async def _ask(browser: Browser, page: Page) -> int:
    if page.method == "GET":
        return (await browser.http.get(f"/console{_address(page)}")).status_code
    return (await browser.send(_address(page), {"next": "/console/"})).status_code


@pytest.mark.parametrize("role", Role)
async def test_each_role_gets_exactly_its_pages(world: World, role: Role) -> None:
    browser = world.browser()
    await browser.member(role)
    form = browser.page
    for page in (page for page in GUARDED if page.access is not Access.ENTERING):
        browser.page = form
        status = await _ask(browser, page)
        allowed = page.access is Access.MEMBER or may([role], Permission(page.access))
        assert (status != 403) == allowed, f"{page.method} {page.path}: {status}"


async def test_nobody_gets_anything_without_signing_in(world: World) -> None:
    browser = world.browser()
    for page in GUARDED:
        await browser.open("/sign-in")
        status = await _ask(browser, page)
        assert status in (303, 401), f"{page.method} {page.path}: {status}"


async def test_the_password_alone_opens_only_the_second_step(world: World) -> None:
    await world.office.member("ana", Role.ADMIN)
    browser = world.browser()
    await browser.open("/sign-in")
    await browser.send("/sign-in", {"login": "ana", "password": PASSWORD})
    for page in GUARDED:
        if page.access is Access.ENTERING:
            continue
        await browser.open("/second-factor")
        answer = await browser.http.get(f"/console{_address(page)}") if page.method == "GET" else await browser.send(_address(page))
        assert answer.status_code == 401 or answer.headers["location"] == "/console/second-factor", f"{page.method} {page.path}"


async def test_the_first_password_opens_only_the_change_of_it(world: World) -> None:
    _, first = await world.office.accounts.create("system", "ana", "Ana", [Role.ADMIN])
    browser = world.browser()
    await browser.open("/sign-in")
    await browser.send("/sign-in", {"login": "ana", "password": first})
    for path in ("/", "/staff", "/audit", "/enrol"):
        assert (await browser.open(path)).headers["location"] == "/console/password"


async def test_a_form_without_its_token_is_refused(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ADMIN)
    browser.page = ""
    answer = await browser.send("/staff/new", {"login": "eve", "name": "Eve", "roles": "admin"})
    assert answer.status_code == 403
    assert "out of date" in answer.text
    assert "eve" not in {member.login for member in await world.office.accounts.list()}


async def test_a_form_with_another_sessions_token_is_refused(world: World) -> None:
    mine, other = world.browser(), world.browser()
    await mine.member(Role.ADMIN)
    await other.member(Role.ADMIN)
    mine.page = other.page
    assert (await mine.send("/audit/verify")).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
        {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"},
        {},
    ],
)
async def test_a_form_from_elsewhere_is_refused_even_with_the_token(world: World, headers: dict[str, str]) -> None:
    browser = world.browser()
    await browser.member(Role.ADMIN)
    assert (await browser.send("/audit/verify", headers=headers)).status_code == 403


async def test_sign_in_from_another_site_is_refused(world: World) -> None:
    """Otherwise somebody could be signed in to an account that is not theirs."""
    browser = world.browser()
    await browser.open("/sign-in")
    answer = await browser.send("/sign-in", {"login": "a", "password": "b"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    browser.http.cookies.clear()
    assert (await browser.send("/sign-in", {"login": "a", "password": "b"})).status_code == 403


async def test_every_answer_carries_the_strict_headers(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.ADMIN)
    for path in ("/", "/staff", "/nothing-here", "/sign-in", "/tips"):
        headers = (await browser.open(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


async def test_static_files_are_kept_and_hardened(world: World) -> None:
    answer = await world.browser().open("/static/console.css")
    assert "immutable" in answer.headers["cache-control"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_sessions_cookie_is_out_of_reach_of_scripts_and_sites(world: World) -> None:
    await world.office.member("ana", Role.ANALYST)
    browser = world.browser()
    await browser.open("/sign-in")
    answer = await browser.send("/sign-in", {"login": "ana", "password": PASSWORD})
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/console" in cookie
    assert "Secure" not in cookie, "plain http on loopback"


@pytest.mark.parametrize(
    "next_path", ["https://evil.example/", "//evil.example", "/console//evil.example", "/console/../x", "javascript:alert(1)"]
)
async def test_sign_in_never_leads_away(world: World, next_path: str) -> None:
    _, secret = await world.office.member("ana", Role.ANALYST)
    browser = world.browser()
    await browser.open("/sign-in")
    await browser.send("/sign-in", {"login": "ana", "password": PASSWORD, "next": next_path})
    await browser.open("/second-factor")
    answer = await browser.send("/second-factor", {"code": world.office.code(secret), "next": next_path})
    assert answer.headers["location"] == "/console/"


async def test_sign_in_leads_back_to_the_page_that_was_asked_for(world: World) -> None:
    browser = world.browser()
    _, secret = await world.office.member("mo", Role.MODERATOR)
    answer = await browser.open("/tips?status=new&category=drugs")
    answer = await browser.open(answer.headers["location"].removeprefix("/console"))
    wanted = re.findall(r'name="next" value="([^"]+)"', answer.text)[0].replace("&amp;", "&")
    answer = await browser.send("/sign-in", {"login": "mo", "password": PASSWORD, "next": wanted})
    await browser.open(answer.headers["location"].removeprefix("/console"))
    wanted = re.findall(r'name="next" value="([^"]+)"', browser.page)[0].replace("&amp;", "&")
    answer = await browser.send("/second-factor", {"code": world.office.code(secret), "next": wanted})
    assert answer.headers["location"] == "/console/tips?status=new&category=drugs"


@pytest.mark.parametrize(("body", "content_type", "status"), [
    (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
    (b'{"login": "x"}', "application/json", 415),
    (b"&".join(b"a=1" for _ in range(300)), "application/x-www-form-urlencoded", 400),
    ("login=é".encode(), "application/x-www-form-urlencoded", 400),
])  # fmt: skip
async def test_bodies_that_no_form_sends_are_refused(world: World, body: bytes, content_type: str, status: int) -> None:
    browser = world.browser()
    await browser.open("/sign-in")
    headers = {"Origin": ORIGIN, "Content-Type": content_type}
    answer = await browser.http.post("/console/sign-in", content=body, headers=headers)
    assert answer.status_code == status


async def test_an_error_inside_never_shows_or_logs_what_somebody_wrote(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("words of a tipster")

    monkeypatch.setattr(world.services.tips, "queue", broken)
    answer = await browser.open("/tips")
    assert answer.status_code == 500
    assert "words of a tipster" not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text


async def test_disabling_somebody_ends_what_they_have_open(world: World) -> None:
    browser = world.browser()
    member_id = await browser.member(Role.ANALYST)
    assert (await browser.open("/")).status_code == 200
    await world.office.accounts.disable("system", member_id)
    assert (await browser.open("/")).headers["location"] == "/console/sign-in"


async def test_a_session_ends_at_sign_out_and_its_token_is_worth_nothing(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    token = browser.http.cookies[SESSION_COOKIE]
    assert (await browser.send("/sign-out")).headers["location"] == "/console/sign-in"
    assert len(world.office.keys) == 0
    browser.http.cookies.set(SESSION_COOKIE, token, domain="faro.test", path="/console")
    assert (await browser.open("/")).status_code == 303


async def test_head_and_unknown_methods_are_answered(world: World) -> None:
    browser = world.browser()
    assert (await browser.http.head("/console/sign-in")).status_code == 200
    assert (await browser.http.put("/console/sign-in")).status_code == 405
    assert (await browser.http.get("/console")).headers["location"] == "/console/"


ANSWER = "Thank you. <b>Which</b> evening was it?"


async def test_an_answer_written_while_the_session_ended_is_handed_back(world: World) -> None:
    browser = world.browser()
    await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await browser.open(f"/tips/{tip}")
    form = browser.page
    await browser.send("/sign-out")
    browser.page = form
    answer = await browser.send(f"/tips/{tip}/answer", {"text": ANSWER, "password": "never shown to anybody again"})
    assert answer.status_code == 403 and "You are signed out" in answer.text
    assert "Thank you. &lt;b&gt;Which&lt;/b&gt; evening was it?</textarea>" in answer.text and "never shown" not in answer.text
    assert f"/console/sign-in?next=/console/tips/{tip}" in answer.text


async def test_an_answer_written_while_the_key_was_locked_is_handed_back(world: World) -> None:
    browser = world.browser()
    me = await browser.member(Role.MODERATOR)
    tip = await world.tell("drugs", "Behind the station")
    await browser.open(f"/tips/{tip}")
    world.services.sessions.forget_keys([session.id for session in await world.services.sessions.list_of(me)])
    answer = await browser.send(f"/tips/{tip}/answer", {"text": ANSWER})
    assert "Your key is locked" in answer.text and "evening was it?</textarea>" in answer.text
    assert f"/console/unlock?next=/console/tips/{tip}" in answer.text


async def test_what_another_site_sends_is_not_read_back(world: World) -> None:
    browser = world.browser()
    browser.http.cookies.set(SESSION_COOKIE, "of-a-session-that-is-over")
    answer = await browser.send("/campaigns/new", {"text_en": ANSWER}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 303 and answer.headers["location"] == "/console/sign-in"


async def test_a_form_broken_off_by_a_second_click_is_no_error_of_the_server(world: World, caplog: pytest.LogCaptureFixture) -> None:
    async def leaves() -> dict[str, str]:
        return {"type": "http.disconnect"}

    async def nobody_reads(message: object) -> None:
        pass

    headers = [(b"content-type", b"application/x-www-form-urlencoded"), (b"origin", ORIGIN.encode()), (b"host", b"faro.test")]
    scope = {"type": "http", "method": "POST", "path": "/console/sign-in", "headers": headers, "query_string": b"", "scheme": "http"}
    await world.app(scope, leaves, nobody_reads)
    assert "console error" not in caplog.text
