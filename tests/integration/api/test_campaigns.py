"""Campaigns through the API: written like a file, changed only by who has seen the last version, approved only elsewhere."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx

from bot.api.once import KEPT
from bot.campaigns.date_desk import DateDesk
from bot.campaigns.dates import DateChange, Reach
from bot.campaigns.tables import GroupCountRow, OccurrenceRow
from bot.campaigns.thread_desk import ThreadDesk
from bot.staff.roles import Role
from bot.staff.scopes import Scope
from tests.integration.api.support import CITY, Desk


async def test_a_campaign_goes_from_draft_to_submitted_and_no_further(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    made = await client.post("/campaigns", desk.body())
    assert made.status_code == 201 and made.headers["etag"] == '"1"'
    place = made.headers["location"].removeprefix("/api/v1")
    campaign = made.json()
    assert campaign["state"] == "draft" and campaign["problems"] == [] and campaign["author_id"] == client.member.id
    assert (await client.get(place)).json() == campaign
    sent = await client.post(f"{place}/submit", if_match='"1"')
    assert sent.status_code == 200 and sent.json()["state"] == "submitted" and sent.headers["etag"] == '"2"'
    assert (await client.post(f"{place}/approve", if_match='"2"')).status_code == 404
    trail = [(one.action, one.subject, one.detail) for one in reversed(await desk.office.audit.page()) if "campaign" in one.action]
    detail = {"token": "planner", "token_id": client.token.split("_")[1]}
    assert trail == [("campaign.create", str(campaign["id"]), detail), ("campaign.submit", str(campaign["id"]), detail)]


async def test_what_is_given_can_be_sent_back_as_it_is(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    repeat = {"rhythm": "weekly", "weekdays": [2, 0, 2], "times": 3}
    body = desk.body(repeat=repeat, audience={"languages": ["en"], "joined_since": "2026-01-02"})
    body["content"] |= {
        "sources": [{"name": "A page", "url": "https://example.org/x"}],
        "quiz": {"texts": {one: {"question": "Which?", "answers": [{"answer": "A"}, {"answer": "B"}]} for one in CITY.languages}},
    }
    first = await client.make(body)
    assert first["repeat"]["weekdays"] == [0, 2] and first["audience"]["joined_since"] == "2026-01-02"
    taken = ("content", "send_at", "repeat", "late_after_minutes", "resend_uncertain", "audience")
    again = await client.put(f"/campaigns/{first['id']}", {name: first[name] for name in taken}, if_match='"1"')
    assert again.status_code == 200, again.text
    assert {name: again.json()[name] for name in taken} == {name: first[name] for name in taken}


async def test_nobody_overwrites_what_they_have_not_seen(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    place = f"/campaigns/{(await client.make(desk.body()))['id']}"
    assert (await client.put(place, desk.body("Second"))).status_code == 428
    assert (await client.put(place, desk.body("Second"), if_match="*")).status_code == 428
    assert (await client.put(place, desk.body("Second"), if_match='"1"')).headers["etag"] == '"2"'
    late = await client.put(place, desk.body("Third"), if_match='"1"')
    assert late.status_code == 412 and late.json()["code"] == "version_changed"
    assert (await client.put(place, desk.body("Third"), if_match='W/"2"')).status_code == 412
    both = await asyncio.gather(*(client.put(place, desk.body(title), if_match='"2"') for title in ("A", "B")))
    assert sorted(answer.status_code for answer in both) == [200, 412]
    await client.post(f"{place}/cancel")
    over = await client.put(place, desk.body(), if_match=(await client.get(place)).headers["etag"])
    assert over.status_code == 409 and over.json()["code"] == "state"


async def test_the_same_key_makes_one_campaign_and_gives_one_answer(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    key = {"idempotency_key": "2f3c-retry"}
    answers = await asyncio.gather(*(client.post("/campaigns", desk.body(), **key) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == len({answer.headers["etag"] for answer in answers}) == 1
    assert len(await desk.services.campaigns.list()) == 1
    assert (await desk.office.actions()).count("campaign.create") == 1
    other = await client.post("/campaigns", desk.body("Another"), **key)
    assert other.status_code == 422 and other.json()["code"] == "idempotency_key_reused"
    body = desk.body()
    desk.clock.now += KEPT
    assert (await client.post("/campaigns", body, **key)).json()["id"] != answers[0].json()["id"]


async def test_a_key_of_another_token_is_another_key_and_a_failed_request_uses_none_up(desk: Desk) -> None:
    one, two = await desk.client(Role.OFFICER), await desk.client(Role.APPROVER, Role.OFFICER)
    key = {"idempotency_key": "k"}
    wrong = desk.body()
    wrong["content"]["topic"] = "canoes"
    assert (await one.post("/campaigns", wrong, **key)).status_code == 422
    first, second = await one.post("/campaigns", desk.body(), **key), await two.post("/campaigns", desk.body(), **key)
    assert first.json()["id"] != second.json()["id"]
    assert (await one.post("/campaigns", desk.body(), idempotency_key="two words")).status_code == 400


async def test_old_answers_are_forgotten(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    first = await client.post("/campaigns", desk.body(), idempotency_key="k")
    await desk.services.answers.purge(desk.clock.now)
    assert (await client.post("/campaigns", desk.body(), idempotency_key="k")).content == first.content
    await desk.services.answers.purge(desk.clock.now + KEPT)
    assert (await client.post("/campaigns", desk.body(), idempotency_key="k")).content != first.content


async def test_everything_that_is_wrong_is_said_at_once(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    body = desk.body(send_at="tomorrow", colour="red")
    body["content"]["texts"] = {}
    answer = await client.post("/campaigns", body)
    assert answer.status_code == 422 and answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "about:blank" and problem["status"] == 422
    found = {flaw["pointer"]: flaw["code"] for flaw in problem["problems"]}
    assert found == {"#/send_at": "not_a_time", "#/colour": "unknown", "#/content/texts": "too_few"}
    body = desk.body()
    body["content"] |= {"topic": "canoes", "texts": body["content"]["texts"] | {"de": "Hallo"}}
    found = {flaw["pointer"]: flaw["code"] for flaw in (await client.post("/campaigns", body)).json()["problems"]}
    assert found == {"#/content/topic": "topic_unknown", "#/content/texts/de": "language_unknown"}


async def test_an_unfinished_draft_is_kept_and_says_what_is_missing(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    body = desk.body()
    del body["content"]["texts"]["it"]
    made = await client.make(body)
    (flaw,) = made["problems"]
    assert flaw == {"pointer": "#/content/texts/it", "code": "language_missing", "detail": "Write the text in Italian."}
    refused = await client.post(f"/campaigns/{made['id']}/submit", if_match='"1"')
    assert refused.status_code == 422 and refused.json()["problems"] == [flaw]
    assert (await client.get(f"/campaigns/{made['id']}")).json()["state"] == "draft"


async def test_pages_of_the_list_neither_repeat_nor_lose_a_campaign(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    ids = [(await client.make(desk.body(f"No. {number}")))["id"] for number in range(5)]
    seen: list[int] = []
    cursor = ""
    while True:
        page = (await client.get(f"/campaigns?limit=2{cursor}")).json()
        seen += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        etag = (await client.get(f"/campaigns/{ids[0]}")).headers["etag"]
        await client.put(f"/campaigns/{ids[0]}", desk.body("Changed meanwhile"), if_match=etag)
        cursor = f"&cursor={page['next']}"
    assert seen == ids[::-1]
    await client.post(f"/campaigns/{ids[1]}/cancel")
    assert [one["id"] for one in (await client.get("/campaigns?state=cancelled")).json()["items"]] == [ids[1]]
    for query, status in (("cursor=x", 400), ("limit=0", 422), ("state=odd", 422), ("page=2", 422), ("limit=1&limit=2", 400)):
        assert (await client.get(f"/campaigns?{query}")).status_code == status, query


async def test_sending_is_paused_resumed_and_cancelled(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    await desk.subscribe(CITY.topics[0], 12)
    place = f"/campaigns/{(await client.make(desk.body()))['id']}"
    assert (await client.post(f"{place}/pause")).status_code == 409
    await client.post(f"{place}/submit", if_match='"1"')
    await desk.fire(int(place.split("/")[-1]))
    assert (await client.post(f"{place}/pause", if_match='"1"')).status_code == 412
    states = [(await client.post(f"{place}/{deed}")).json()["state"] for deed in ("pause", "resume", "cancel")]
    assert states == ["paused", "running", "cancelled"]
    assert (await desk.office.actions())[-3:] == ["campaign.pause", "campaign.resume", "campaign.cancel"]


async def _results(desk: Desk, people: int) -> httpx.Response:
    client = await desk.client(Role.OFFICER)
    await desk.subscribe(CITY.topics[0], people)
    made = await client.make(desk.body())
    nothing = (await client.get(f"/campaigns/{made['id']}/results")).json()
    assert (nothing["started_at"], nothing["total"], nothing["states"]) == (None, None, {})
    await client.post(f"/campaigns/{made['id']}/submit", if_match='"1"')
    await desk.fire(made["id"])
    return await client.get(f"/campaigns/{made['id']}/results")


async def test_results_hide_small_numbers(desk: Desk) -> None:
    found = (await _results(desk, CITY.statistics_minimum)).json()
    assert found["total"] == CITY.statistics_minimum and found["states"]["pending"] == CITY.statistics_minimum
    assert not found["few"] and found["quiz"] is None


async def test_results_of_a_small_audience_hold_no_number(desk: Desk) -> None:
    found = (await _results(desk, CITY.statistics_minimum - 1)).json()
    assert found["few"] and found["total"] is None and found["states"] == {} and found["reasons"] == {}


async def test_calendar_topics_and_library_can_be_read(desk: Desk) -> None:
    client = await desk.client(Role.ANALYST, scopes=(Scope.CAMPAIGNS_READ,))
    officer = await desk.client(Role.OFFICER)
    made = await officer.make(desk.body())
    day = made["send_at"][:10]
    (entry,) = (await client.get(f"/calendar?from={day}&to={day}")).json()["items"]
    assert entry["campaign_id"] == made["id"] and entry["people"] is None and not entry["begun"]
    for span in ("from=2026-11-01&to=2027-11-01", f"from={day}", "from=2026-02-30&to=2026-03-01", "from=0001-01-01&to=0001-01-02"):
        assert (await client.get(f"/calendar?{span}")).status_code == 422, span
    topics = (await client.get("/topics")).json()["items"]
    assert [one["code"] for one in topics] == list(CITY.topics) and set(topics[0]["names"]) == set(CITY.languages)
    items = (await client.get("/library")).json()["items"]
    series = next(one for one in items if one["kind"] == "series")
    assert len((await client.get(f"/library/{series['slug']}")).json()["content"]["episodes"]) == series["episodes"]
    campaign = next(one for one in items if one["kind"] == "campaign")
    content = (await client.get(f"/library/{campaign['slug']}")).json()["content"]
    copied = await officer.make(desk.body() | {"content": content})
    assert copied["problems"] == [] and copied["content"]["texts"] == content["texts"]
    assert (await client.get("/library/nothing-here")).status_code == 404


async def test_places_are_chosen_shown_and_kept_until_others_are_named(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    first = await client.make(desk.body(places=[{"place": 7, "language": "en"}]))
    assert first["places"] == [{"place": 7, "language": "en"}]
    assert [(flaw["pointer"], flaw["code"]) for flaw in first["problems"]] == [("#/places", "place_not_allowed")]
    place = f"/campaigns/{first['id']}"
    kept = await client.put(place, desk.body(), if_match='"1"')
    assert kept.json()["places"] == first["places"]
    assert (await client.post(f"{place}/submit", if_match='"2"')).status_code == 422
    assert (await client.put(place, desk.body(places=[]), if_match='"2"')).json()["places"] == []


async def test_threads_say_how_they_go_on_and_moved_dates_where_they_came_from(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    planner, clock, database = desk.services.campaigns, desk.clock, desk.services.database
    made = await client.make(desk.body(repeat={"rhythm": "weekly", "weekdays": [0, 1, 2, 3, 4, 5, 6], "times": 3}))
    assert made["onward"] is None
    campaign = await planner.get(made["id"])
    second = campaign.send_at + timedelta(days=1)
    change = DateChange(second, Reach.ONE, second + timedelta(days=5))
    await DateDesk(database, CITY, clock).change(client.member.id, campaign.id, campaign.version, change)
    dates = (await client.get(f"/campaigns/{campaign.id}")).json()["next_dates"]
    assert [one["moved_from"] is not None for one in dates] == [False, False, True]
    days = f"from={second.date()}&to={change.to.date() if change.to else ''}"
    entries = (await client.get(f"/calendar?{days}")).json()["items"]
    assert [one["moved_from"] is not None for one in entries] == [False, True] and not any(one["left_out"] for one in entries)
    thread = await ThreadDesk(database, planner, CITY, clock).create(client.member.id, campaign.draft)
    shown = (await client.get(f"/campaigns/{thread.first.id}")).json()
    assert shown["series"] == thread.series and shown["onward"] == {
        "key": "e1", "next": "e2", "days": 7, "pace": thread.onwards[0].pace, "answers": [], "joining": 1
    }  # fmt: skip


async def test_results_by_group_are_those_of_the_page(desk: Desk) -> None:
    client = await desk.client(Role.OFFICER)
    made = await client.make(desk.body())
    campaign, started = await desk.services.campaigns.get(made["id"]), desk.clock.now - timedelta(days=30)
    async with desk.services.database.begin() as session:
        values = {"scheduled_for": started, "expires_at": started, "started_at": started, "finished_at": started, "counted_at": started}
        session.add(OccurrenceRow(id=1, campaign_id=campaign.id, state="done", total=43, results='{"sent": {"": 43}}', **values))
        await session.flush()
        for key, number in (("en", 25), ("fr", 15), ("it", 3)):
            session.add(GroupCountRow(occurrence_id=1, dimension="language", key=key, event="sent", number=number))
    assert (await client.get(f"/campaigns/{campaign.id}/results")).json()["by_group"] == [
        {"dimension": "language", "columns": ["sent"], "total": [43],
         "groups": [{"key": "en", "counts": [25]}, {"key": "fr", "counts": [None]}, {"key": "it", "counts": [None]}]}
    ]  # fmt: skip
