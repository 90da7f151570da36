"""The document of a case package, in the language of whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.city import City
from bot.console.rendering import Dates
from bot.messages import Language
from bot.staff.audit import AuditEntry
from bot.tips.book import Entry
from bot.tips.case.desk import CaseFile, Documents
from bot.tips.case.manifest import Kind
from bot.tips.masking import BLOCK
from bot.tips.review import TipView

if TYPE_CHECKING:
    from bot.paper import Paper, PlainPaper


@dataclass(frozen=True)
class CasePaper:
    """Writes the document.

    Attributes:
        say: texts of the console in ``language``.
        names: a member of staff by id.
        history: deeds on this tip, oldest first.
        deed: an action of the audit trail in words.
        by: who exports. key: the public key, for whoever checks the package.
    """

    say: Callable[..., str]
    dates: Dates
    city: City
    language: Language
    names: Callable[[str], str]
    history: Sequence[AuditEntry]
    deed: Callable[[str], str]
    by: str
    now: datetime
    key: str

    def write(self, case: CaseFile) -> Documents:
        """The PDF, and the same words as text."""
        from bot.paper import Paper, PlainPaper  # its libraries take a second and 15 MB, which only exports need

        title = f"{self.say('case.title')} {case.tip.summary.locator}"
        foot = f"{self.city.name}  ·  {title}"
        written = Paper(title, foot, self.language, self.now), PlainPaper(foot)
        return Documents(*(self._written(paper, title, case) for paper in written))

    def _written(self, paper: Paper | PlainPaper, title: str, case: CaseFile) -> bytes:
        say = self.say
        paper.headline(title)
        paper.paragraph(say("case.as_text"), muted=True)
        paper.pairs(self._made(case))
        paper.section(say("tip.facts"))
        paper.pairs(self._facts(case))
        paper.section(say("tip.dialogue"))
        for entry in case.tip.entries:
            self._entry(paper, entry)
        self._notes(paper, case)
        self._history(paper)
        self._files(paper, case)
        return paper.finished()

    def _made(self, case: CaseFile) -> Iterator[tuple[str, str]]:
        say = self.say
        yield say("case.made"), say("case.made_by", time=self.dates.moment(self.now), name=self.by)
        yield say("case.purpose_label"), say(f"case.purpose.{case.wanted.purpose}")
        yield say("case.reason"), self._plain(case.wanted.reason)
        if BLOCK in "".join([case.tip.where, case.tip.when, *case.tip.answers.values(), *(entry.text for entry in case.tip.entries)]):
            yield say("tip.masked"), say("case.some_masked", sign=say("case.masked"))

    def _facts(self, case: CaseFile) -> Iterator[tuple[str, str]]:
        say, tip, summary = self.say, case.tip, case.tip.summary
        yield say("tip.category"), self.city.label("category", summary.category, self.language)
        yield say("tip.state"), say(f"tip.status.{summary.status}")
        yield say("tip.where"), self._plain(tip.where) or say("tip.not_told")
        district = self.city.label("district", summary.district, self.language) if summary.district else say("tip.no_district")
        yield say("tip.district"), district
        yield say("tip.when"), self._when(tip)
        for question, choice in tip.choices.items():
            yield say(f"tip.asked.{question}"), say(f"tip.choice.{question}.{choice}")
        for question, words in tip.answers.items():
            yield say(f"tip.asked.{question}"), self._plain(words)
        yield say("tip.language"), say(f"language.{tip.language}")
        yield say("tip.came"), self.dates.moment(summary.created_at)
        labels = [label.text or self.city.label("tip_label", label.code, self.language) for label in case.labels]
        yield say("tip.labels"), self._plain(", ".join(labels)) or "–"

    def _when(self, tip: TipView) -> str:
        told = self.say(f"tip.when_code.{tip.when_code}") if tip.when_code else self._plain(tip.when) or self.say("tip.not_told")
        return f"{told} ({self.say('tip.understood')}: {self.dates.day(tip.moment.day)})" if tip.moment else told

    def _entry(self, paper: Paper | PlainPaper, entry: Entry) -> None:
        head = f"{entry.number}. {self.say(f'tip.author.{entry.author}')}, {self.dates.moment(entry.at)}"
        paper.entry(head, self._plain(entry.text))
        if entry.redacted:
            paper.paragraph(self.say("tip.redacted", count=entry.redacted), muted=True)

    def _notes(self, paper: Paper | PlainPaper, case: CaseFile) -> None:
        if case.notes:
            paper.section(self.say("tip.notes"))
        for note in case.notes:
            paper.entry(f"{self.names(note.staff_id)}, {self.dates.moment(note.at)}", self._plain(note.text))

    def _history(self, paper: Paper | PlainPaper) -> None:
        paper.section(self.say("tip.history"))
        for entry in self.history:
            status = entry.detail.get("status")
            what = self.deed(entry.action) + (f" ({self.say(f'tip.status.{status}')})" if status else "")
            paper.entry(f"{self.dates.moment(entry.at)}, {self.names(entry.actor)}", what)

    def _files(self, paper: Paper | PlainPaper, case: CaseFile) -> None:
        paper.section(self.say("case.files"))
        for item in case.files:
            what = self.say("case.original") if item.kind == Kind.ORIGINAL else self.say("case.copy")
            of = self.say("case.sha_original")
            before = f"\n{of}: {item.sha256_original}" if item.sha256_original else ""
            paper.entry(f"{item.name} ({what})", f"SHA-256: {item.sha256}{before}")
        paper.paragraph(self.say("case.check", public=self.key), muted=True)

    def _plain(self, text: str) -> str:
        return text.replace(BLOCK, self.say("case.masked"))
