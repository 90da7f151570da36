"""The city's answers: the list, one article with its history, writing, and what nobody could answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from starlette.responses import HTMLResponse, Response

from bot.city.articles import TEXT_LIMIT, TITLE_LIMIT
from bot.console.article_form import STALE, ArticleForm, chosen
from bot.console.visit import Visit
from bot.errors import Conflict, Invalid
from bot.knowledge.desk import Entry, State
from bot.knowledge.drafts import Problem
from bot.markup import to_html
from bot.messages import Language
from bot.staff.roles import Permission

_STATES = (*State, STALE)


async def listing(visit: Visit) -> Response:
    """All articles by topic, or those that a search leaves."""
    words, topic, state = visit.query("q")[:100], visit.query("topic"), visit.query("state")
    entries = await visit.services.articles.list()
    found = chosen(entries, words, topic, state)
    context: dict[str, Any] = {"entries": found, "any": bool(entries), "words": words, "topic": topic, "state": state, "states": _STATES}
    context |= {"title_of": lambda entry: _title(visit, entry), "topic_of": lambda entry: _topic(visit, entry)}
    return visit.render("articles.html", authors=await _names(visit), **context)


async def new(visit: Visit) -> Response:
    """An empty form, or one with questions that nobody could answer."""
    asked = visit.query("from")
    cluster = await visit.services.wondering.cluster(asked) if asked else None
    return _form(visit, ArticleForm.empty(visit.services.city, _today(visit), cluster))


async def create(visit: Visit) -> Response:
    """Keep a draft, or publish it at once; an unusable one comes back with what to mend."""
    form, publish = ArticleForm.read(visit.form, visit.services.city), _publishes(visit)
    try:
        entry = await visit.services.articles.create(visit.member.id, form.draft, publish=publish)
    except Invalid:
        return _form(visit, form, status=422)
    return await _kept(visit, entry.slug, publish=publish)


async def edit_page(visit: Visit) -> Response:
    """The form of an existing article."""
    entry = await _entry(visit)
    return _form(visit, ArticleForm.of(entry.draft, visit.services.city), entry)


async def edit(visit: Visit) -> Response:
    """Keep a new version, or publish it at once."""
    entry, form, publish = await _entry(visit), ArticleForm.read(visit.form, visit.services.city), _publishes(visit)
    try:
        await visit.services.articles.edit(visit.member.id, entry.slug, _version(visit), form.draft, publish=publish)
    except Invalid:
        return _form(visit, form, entry, status=422)
    except Conflict:
        # What was typed must not be lost: the form comes back with it, and says so.
        return _form(visit, form, entry, status=409, conflict=True)
    return await _kept(visit, entry.slug, publish=publish)


async def check(visit: Visit) -> Response:
    """The form as typed, with its preview, for browsers without script. Nothing is kept."""
    slug = visit.form["article"]
    entry = await visit.services.articles.get(slug) if slug else None
    return _form(visit, ArticleForm.read(visit.form, visit.services.city), entry, checked=True)


async def preview(visit: Visit) -> Response:
    """One text as people will see it, for the live preview: HTML of the small markup only."""
    return HTMLResponse(to_html(_filled_in(visit, visit.form["text"], Language(visit.form["language"]))))


async def show(visit: Visit) -> Response:
    """One article, all languages side by side, and what happened to it."""
    return await _page(visit, await _entry(visit))


async def publish(visit: Visit) -> Response:
    """Let citizens read the last version."""
    entry = await _entry(visit)
    try:
        await visit.services.articles.publish(visit.member.id, entry.slug, _version(visit))
    except Invalid:
        return await _page(visit, entry, status=422)
    return visit.go(f"/knowledge/{entry.slug}", "article_published")


async def hide(visit: Visit) -> Response:
    """Withdraw it."""
    entry = await visit.services.articles.hide(visit.member.id, visit.path_of("id"), _version(visit))
    return visit.go(f"/knowledge/{entry.slug}", "article_hidden")


async def restore(visit: Visit) -> Response:
    """Bring it back."""
    entry = await visit.services.articles.restore(visit.member.id, visit.path_of("id"), _version(visit))
    return visit.go(f"/knowledge/{entry.slug}", "article_restored")


async def questions(visit: Visit) -> Response:
    """What nobody could answer, put together by meaning."""
    titles = {entry.slug: _title(visit, entry) for entry in await visit.services.articles.list()}
    return visit.render("questions.html", wonders=await visit.services.wondering.read(), titles=titles)


async def settle(visit: Visit) -> Response:
    """Delete the questions of a cluster."""
    await visit.services.wondering.settle(visit.path_of("id"))
    return visit.go("/knowledge/questions", "questions_settled")


async def _page(visit: Visit, entry: Entry, status: int = 200) -> Response:
    languages = visit.services.city.languages
    texts = [(one, entry.draft.texts.get(one)) for one in languages]
    open_ = entry.state in (State.DRAFT, State.CHANGED)
    return visit.render(
        "article.html",
        status,
        entry=entry,
        title=_title(visit, entry),
        topic=_topic(visit, entry),
        texts=[(one, part, _filled_in(visit, part.text, one) if part else "") for one, part in texts],
        problems=_explained(visit, visit.services.articles.check(entry.draft)) if open_ else [],
        history=await visit.services.articles.history(entry.slug),
        authors=await _names(visit),
        may_edit=visit.member.may(Permission.EDIT_KNOWLEDGE),
        may_publish=visit.member.may(Permission.EDIT_KNOWLEDGE) and open_,
    )


def _form(
    visit: Visit, form: ArticleForm, entry: Entry | None = None, *, status: int = 200, conflict: bool = False, checked: bool = False
) -> Response:
    problems = _explained(visit, visit.services.articles.check(form.draft)) if checked or status >= 400 else []
    previews = {one: _filled_in(visit, part.text, one) for one, part in form.parts.items()}
    context: dict[str, Any] = {"form": form, "entry": entry, "previews": previews, "conflict": conflict, "failed": status >= 400}
    limits = {"title_limit": TITLE_LIMIT, "text_limit": TEXT_LIMIT, "today": _today(visit).isoformat()}
    return visit.render(
        "article_form.html", status, problems=problems, title=_title(visit, entry) if entry else "", **context, **limits
    )


async def _kept(visit: Visit, slug: str, *, publish: bool) -> Response:
    visit.subject = slug
    if publish:
        await visit.services.audit.record(visit.member.id, "article.publish", slug)
    return visit.go(f"/knowledge/{slug}", "article_published" if publish else "article_saved")


def _explained(visit: Visit, problems: Sequence[Problem]) -> list[tuple[str, str]]:
    """The names of the problems' fields in the form, and their words."""
    explained = []
    for problem in problems:
        params = dict(problem.params)
        if "language" in params:
            params["language"] = visit.dates.language(str(params["language"]))
        explained.append((problem.field.replace(".", "_"), visit.say(f"article.problem.{problem.code}", **params)))
    return explained


def _title(visit: Visit, entry: Entry) -> str:
    """In the visitor's language, else in the city's first."""
    texts = entry.draft.texts
    part = texts.get(visit.language) or texts.get(visit.services.city.languages[0])
    return part.title if part and part.title else entry.slug


def _topic(visit: Visit, entry: Entry) -> str:
    """The topic's name; its code where the city has given it up."""
    known = entry.draft.topic in visit.services.city.article_topics
    return visit.services.city.label("article_topic", entry.draft.topic, visit.language) if known else entry.draft.topic


def _filled_in(visit: Visit, text: str, language: Language) -> str:
    return visit.services.speech.filled_in(text, language, visit.services.clock())


def _publishes(visit: Visit) -> bool:
    return visit.form["deed"] == "publish"


def _version(visit: Visit) -> int:
    """What is no number fits no version."""
    value = visit.form["version"]
    return int(value) if value.isdecimal() and len(value) < 10 else -1


def _today(visit: Visit) -> date:
    return visit.services.city.local(visit.services.clock()).date()


async def _entry(visit: Visit) -> Entry:
    return await visit.services.articles.get(visit.path_of("id"))


async def _names(visit: Visit) -> dict[str, str]:
    return {member.id: member.name for member in await visit.services.accounts.list()}
