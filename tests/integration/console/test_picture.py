"""Pictures in the console: uploaded, described, shown, kept when something is wrong."""

from __future__ import annotations

import re

from bot.campaigns.pictures import MAX_BYTES, draw
from bot.campaigns.tables import CampaignState
from bot.console.security import SESSION_COOKIE
from bot.staff.roles import Role
from tests.integration.console.support import ORIGIN, Browser, World
from tests.pictures import picture

SAME_SITE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


async def _draft(world: World) -> tuple[Browser, int]:
    officer = world.browser()
    campaign = await world.campaign(await officer.member(Role.OFFICER))
    await officer.open(f"/campaigns/{campaign}/picture")
    return officer, campaign


async def _send(officer: Browser, campaign: int, fields: dict[str, str], **files: bytes) -> int:
    """Sends the form with files, as a browser does."""
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', officer.page)
    body = {"csrf": token[1] if token else "", "version": "1"} | fields
    parts = {name: (f"{name}.jpg", data, "image/jpeg") for name, data in files.items()} or {"picture_all": ("", b"", "text/plain")}
    answer = await officer.http.post(f"/console/campaigns/{campaign}/picture", data=body, files=parts, headers=SAME_SITE)
    officer.page = answer.text or officer.page
    return answer.status_code


def _alts(world: World) -> dict[str, str]:
    return {f"alt_{language}": f"A bike ({language})" for language in world.services.city.languages}


async def test_one_picture_for_all_languages_is_shown_where_the_message_is(world: World) -> None:
    officer, campaign = await _draft(world)
    assert await _send(officer, campaign, _alts(world), picture_all=picture()) == 303
    saved = await world.services.campaigns.get(campaign)
    digest = draw(picture()).digest
    assert {one.digest for one in saved.draft.pictures.values()} == {digest} and saved.version == 2
    page = (await officer.open(f"/campaigns/{campaign}")).text
    assert f'<img src="/console/campaign-pictures/{digest}" alt="A bike (fr)">' in page and "Change the picture" in page
    shown = await officer.http.get(f"/console/campaign-pictures/{digest}")
    assert shown.headers["content-type"] == "image/jpeg" and shown.content == draw(picture()).data
    assert (await world.office.actions())[-1] == "campaign.picture"


async def test_a_language_may_have_a_picture_of_its_own(world: World) -> None:
    officer, campaign = await _draft(world)
    await _send(officer, campaign, _alts(world), picture_all=picture(), picture_fr=picture(colour="red"))
    digests = {one: shown.digest for one, shown in (await world.services.campaigns.get(campaign)).draft.pictures.items()}
    assert digests == {one: draw(picture(colour="red") if one == "fr" else picture()).digest for one in world.services.city.languages}


async def test_what_a_picture_shows_may_still_be_missing_and_is_asked_for(world: World) -> None:
    officer, campaign = await _draft(world)
    assert await _send(officer, campaign, _alts(world) | {"alt_es": " "}, picture_all=picture()) == 303
    page = (await officer.open(f"/campaigns/{campaign}")).text
    assert "Say in Spanish what the picture shows." in page and "Ask for approval" not in page


async def test_a_file_that_is_no_picture_is_refused_and_the_words_are_kept(world: World) -> None:
    officer, campaign = await _draft(world)
    for upload, words in ((b"MZ", "Choose a JPEG, PNG or WebP file."), (b"\0" * (MAX_BYTES + 1), "up to 5 MB")):
        assert await _send(officer, campaign, _alts(world), picture_all=upload) == 422
        assert words in officer.page and "A bike (it)" in officer.page
    assert (await world.services.campaigns.get(campaign)).version == 1


async def test_words_about_no_picture_are_kept_and_said(world: World) -> None:
    officer, campaign = await _draft(world)
    assert await _send(officer, campaign, _alts(world)) == 422
    assert "Choose a file." in officer.page and "A bike (it)" in officer.page


async def test_a_change_by_somebody_else_loses_neither_words_nor_picture(world: World) -> None:
    officer, campaign = await _draft(world)
    assert await _send(officer, campaign, _alts(world) | {"version": "7"}, picture_all=picture()) == 409
    kept = dict(re.findall(r'name="(kept_\w+)" value="([0-9a-f]{64})"', officer.page))
    assert len(kept) == len(world.services.city.languages) and "A bike (it)" in officer.page
    assert await _send(officer, campaign, _alts(world) | kept) == 303
    assert (await world.services.campaigns.get(campaign)).draft.pictures


async def test_the_picture_can_be_taken_away_and_the_other_forms_keep_it(world: World) -> None:
    officer, campaign = await _draft(world)
    await _send(officer, campaign, _alts(world), picture_all=picture())
    before = (await world.services.campaigns.get(campaign)).draft
    texts = {f"text_{language}": text for language, text in before.texts.items()}
    when = {"day": before.send_at.date().isoformat(), "time": "17:30", "late_after": "120"}
    assert 'data-limit="850"' in (await officer.open(f"/campaigns/{campaign}/edit")).text
    await officer.send(f"/campaigns/{campaign}/edit", {"version": "2", "title": "Another", "topic": before.topic, **when, **texts})
    assert (await world.services.campaigns.get(campaign)).draft.pictures == before.pictures
    await officer.open(f"/campaigns/{campaign}/picture")
    assert await _send(officer, campaign, {"version": "3", "remove": "yes"}) == 303
    assert (await world.services.campaigns.get(campaign)).draft.pictures == {}


async def test_a_text_too_long_for_a_picture_is_named_before_it_is_chosen(world: World) -> None:
    officer = world.browser()
    texts = dict.fromkeys(world.services.city.languages, "x" * 900)
    campaign = await world.campaign(await officer.member(Role.OFFICER), texts=texts)
    page = (await officer.open(f"/campaigns/{campaign}/picture")).text
    assert "Below a picture, Telegram shows 850 characters" in page and "In French there are 900." in page
    assert "Below a picture" not in (await officer.open(f"/campaigns/{campaign}")).text
    await officer.open(f"/campaigns/{campaign}/picture")
    await _send(officer, campaign, _alts(world), picture_all=picture())
    assert "Below a picture, Telegram shows 850 characters" in (await officer.open(f"/campaigns/{campaign}")).text


async def test_a_changed_picture_needs_a_new_approval(world: World) -> None:
    officer, campaign = await _draft(world)
    await _send(officer, campaign, _alts(world), picture_all=picture())
    await officer.open(f"/campaigns/{campaign}")
    await officer.send(f"/campaigns/{campaign}/submit", {"version": "2"})
    submitted = await world.services.campaigns.get(campaign)
    await officer.open(f"/campaigns/{campaign}/picture")
    await _send(officer, campaign, _alts(world) | {"version": str(submitted.version)}, picture_all=picture(colour="red"))
    changed = await world.services.campaigns.get(campaign)
    assert changed.state is CampaignState.DRAFT and changed.content_hash != submitted.content_hash


async def test_the_file_of_a_campaign_says_what_the_picture_shows_that_it_leaves_out(world: World) -> None:
    officer, campaign = await _draft(world)
    await _send(officer, campaign, _alts(world), picture_all=picture())
    text = (await officer.open(f"/campaigns/{campaign}/export")).text
    assert text.startswith("# The picture is not in this file.") and "#   fr: A bike (fr)" in text
    await officer.open("/campaigns/import")
    answer = await officer.send("/campaigns/import", {"text": text})
    assert answer.status_code == 303 and "The picture stays here." in (await officer.open(f"/campaigns/{campaign}")).text


async def test_only_multipart_forms_of_our_own_pages_from_officers_are_read(world: World) -> None:
    officer, campaign = await _draft(world)
    assert (await officer.send(f"/campaigns/{campaign}/picture", {"version": "1"})).status_code == 415
    await officer.open(f"/campaigns/{campaign}/picture")
    assert await _send(officer, campaign, {"csrf": "0" * 64}, picture_all=picture()) == 403
    approver = world.browser()
    await approver.member(Role.APPROVER)
    assert (await approver.open(f"/campaigns/{campaign}/picture")).status_code == 403
    assert (await approver.open("/campaign-pictures/../../etc/passwd")).status_code == 404
    assert (await approver.open(f"/campaign-pictures/{'0' * 64}")).status_code == 404


async def test_words_of_a_form_with_files_are_handed_back_when_the_session_has_ended(world: World) -> None:
    officer, campaign = await _draft(world)
    form = officer.page
    await officer.send("/sign-out")
    officer.page = form
    officer.http.cookies.set(SESSION_COOKIE, "of-a-session-that-is-over")
    assert await _send(officer, campaign, {"alt_en": "A red bike at night"}, picture_all=picture()) == 403
    assert "A red bike at night</textarea>" in officer.page and "files that you chose are not kept" in officer.page
    assert f"/console/sign-in?next=/console/campaigns/{campaign}" in officer.page
    officer.http.cookies.clear()
    assert await _send(officer, campaign, {"alt_en": "A red bike at night"}, picture_all=picture()) == 303, "strangers are not read"
