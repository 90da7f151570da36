"""Officers write, publish and withdraw articles; citizens read the published ones, in every process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import Conflict, Invalid, NotFound
from bot.knowledge.desk import Desk, State
from bot.knowledge.library import Library
from bot.knowledge.shelf import Deed
from bot.storage import Database
from tests.unit.knowledge.kit import EN, FR, Hands, SmallCity, draft, part


class Office:
    """A desk, the library of the same process, and that of another one."""

    def __init__(self, database: Database, other: Database) -> None:
        self.clock, city = Hands(), SmallCity()
        self.library, self.elsewhere = Library(database, city), Library(other, city)
        self.desk = Desk(database, city, self.clock, self._changed)

    async def _changed(self) -> None:
        await self.library.refresh()

    def title(self, slug: str) -> str | None:
        article = self.library.articles.get(slug)
        return article.texts[EN].title if article else None


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    other = Database(database.url)
    yield Office(database, other)
    await other.close()


async def test_a_draft_is_not_read_and_a_published_one_is(office: Office) -> None:
    written = await office.desk.create("o1", draft())
    assert (written.slug, written.state, office.title("helmet-on")) == ("helmet-on", State.DRAFT, None)
    published = await office.desk.publish("o2", "helmet-on", written.version)
    assert (published.state, office.title("helmet-on")) == (State.PUBLISHED, "Helmet on")
    assert [article.slug for article in office.library.of_topic("bikes")] == ["helmet-on", "two-locks", "used-bike"]


async def test_an_article_can_be_written_and_published_at_once(office: Office) -> None:
    assert (await office.desk.create("o1", draft(), publish=True)).state is State.PUBLISHED
    assert [happening.done.deed for happening in await office.desk.history("helmet-on")] == [Deed.PUBLISHED, Deed.CREATED]


async def test_an_incomplete_draft_is_kept_but_not_published(office: Office) -> None:
    written = await office.desk.create("o1", draft(texts={EN: part("Half", [], "")}))
    with pytest.raises(Invalid):
        await office.desk.publish("o1", written.slug, written.version)
    with pytest.raises(Invalid):
        await office.desk.create("o1", draft(texts={EN: part("Half", [], "")}), publish=True)
    with pytest.raises(Invalid):
        await office.desk.create("o1", draft(texts={}))
    assert (await office.desk.get(written.slug)).state is State.DRAFT


async def test_what_officers_publish_stands_before_the_folders_article(office: Office) -> None:
    await office.library.refresh()
    assert office.title("two-locks") == "Locking a bike"
    edited = await office.desk.edit("o1", "two-locks", 0, draft())
    assert (edited.state, office.title("two-locks")) == (State.CHANGED, "Locking a bike")
    await office.desk.publish("o1", "two-locks", edited.version)
    assert office.title("two-locks") == "Helmet on"
    second = await office.desk.edit("o1", "two-locks", 1, draft(topic="street"))
    assert (second.state, office.library.articles["two-locks"].topic) == (State.CHANGED, "bikes")


async def test_an_article_is_withdrawn_and_brought_back(office: Office) -> None:
    hidden = await office.desk.hide("o1", "loose-dog", 0)
    assert (hidden.state, office.title("loose-dog")) == (State.HIDDEN, None)
    restored = await office.desk.restore("o1", "loose-dog", hidden.version)
    assert (restored.state, office.title("loose-dog")) == (State.PUBLISHED, "A loose dog")
    assert [happening.done.deed for happening in await office.desk.history("loose-dog")] == [Deed.RESTORED, Deed.HIDDEN]


async def test_another_process_sees_it_with_one_question(office: Office) -> None:
    assert await office.elsewhere.refresh() and not await office.elsewhere.refresh()
    await office.desk.create("o1", draft(), publish=True)
    assert await office.elsewhere.refresh()
    assert "helmet-on" in office.elsewhere.articles


async def test_two_officers_do_not_overwrite_each_other(office: Office) -> None:
    first = await office.desk.create("o1", draft())
    await office.desk.edit("o2", first.slug, 1, draft(topic="street"))
    desk, slug = office.desk, first.slug
    for attempt in (desk.edit("o1", slug, 1, draft()), desk.publish("o1", slug, 1), desk.hide("o1", slug, 1)):
        with pytest.raises(Conflict):
            await attempt


async def test_equal_titles_get_names_of_their_own(office: Office) -> None:
    names = [(await office.desk.create("o1", draft())).slug for _ in range(3)]
    assert names == ["helmet-on", "helmet-on-2", "helmet-on-3"]
    assert (await office.desk.create("o1", draft(texts={EN: part("Two locks", ["q"], "t")}))).slug == "two-locks-2"


async def test_the_history_says_who_when_and_what_changed(office: Office) -> None:
    await office.desk.create("o1", draft())
    office.clock.move(hours=1)
    await office.desk.edit("o2", "helmet-on", 1, draft(topic="street", texts={EN: draft().texts[EN], FR: part("Autre", ["q"], "t")}))
    edited, created = await office.desk.history("helmet-on")
    assert (edited.done.staff_id, edited.done.at, edited.changed) == ("o2", office.clock.now, ("topic", "texts.fr"))
    assert (created.done.staff_id, created.done.deed, created.changed) == ("o1", Deed.CREATED, ())


async def test_the_list_holds_the_folders_and_the_officers_articles(office: Office) -> None:
    await office.desk.create("o1", draft())
    office.clock.move(days=401)
    found = {entry.slug: entry for entry in await office.desk.list()}
    assert set(found) == {"helmet-on", "two-locks", "used-bike", "loose-dog", "night-walk"}
    assert found["two-locks"].stale and found["two-locks"].version == 0
    assert found["helmet-on"].last is not None and found["helmet-on"].last.staff_id == "o1"


async def test_what_does_not_exist_is_not_found(office: Office) -> None:
    assert await office.desk.history("nothing") == ()
    for attempt in (office.desk.get("nothing"), office.desk.publish("o1", "nothing", 0), office.desk.edit("o1", "nothing", 0, draft())):
        with pytest.raises(NotFound):
            await attempt


async def test_an_article_that_lacks_a_new_language_of_the_city_is_not_read(database: Database) -> None:
    clock, small = Hands(), SmallCity(languages=(EN,))

    async def nothing() -> None: ...

    await Desk(database, small, clock, nothing).create("o1", draft(texts={EN: draft().texts[EN]}), publish=True)
    library = Library(database, SmallCity())
    await library.refresh()
    assert "helmet-on" not in library.articles
