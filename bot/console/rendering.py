"""Templates: everything is escaped, dates are the city's, texts are the catalogue's."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.console.navigation import entries
from bot.console.security import PREFIX
from bot.console.titles import Titles
from bot.markup import to_html
from bot.messages import Clock
from bot.staff.roles import Permission
from bot.suppression import suppress

if TYPE_CHECKING:
    from bot.console.services import Services
    from bot.console.visit import Visit

Unit = Literal["second", "hour"]

NOTICES = frozenset(
    {"signed_out", "bye", "password_changed", "tip_status", "tip_answered", "campaign_saved", "campaign_submitted", "campaign_approved",
     "campaign_sent_back", "campaign_moved", "campaign_paused", "campaign_resumed", "campaign_cancelled", "campaign_imported",
     "campaign_started", "date_moved", "date_skipped", "date_restored", "series_started", "quiz_saved", "trial_saved", "picture_saved",
     "version_restored", "test_sent",
     "thread_started", "places_saved", "place_decided", "post_deleted",
     "staff_roles", "staff_disabled", "staff_enabled", "staff_second_factor", "staff_sessions",
     "article_saved", "article_published", "article_hidden", "article_restored", "questions_settled",
     "tip_assigned", "tip_noted", "tip_labelled", "tip_linked", "tip_unlinked", "tip_held", "tip_released", "tip_deletion_asked",
     "tip_kept", "tips_changed", "tips_partly", "view_saved", "view_forgotten", "tip_deleted", "tip_granted", "tip_revoked",
     "tip_masked", "tip_lifted", "tip_redacted", "tip_sealed_off", "keys_sharing", "keys_revoked", "keys_kept", "recovery_key",
     "keys_renewing", "escrow_asked", "escrow_agreed", "escrow_dropped", "escrow_lost",
     "audit_holds", "audit_broken", "language", "sessions_ended", "chat_unlinked", "token_removed",
     "keys_saved", "search_over", "emergency_prepared", "emergency_waits", "emergency_sent", "emergency_cancelled",
     "reach_saved", "reach_tested", "reach_failed", "duty_changed", "page_taken", "page_settled"}
)  # fmt: skip
"""What the page before may leave to be said; anything else in the cookie is ignored."""

HERE = Path(__file__).parent
STATIC = HERE / "static"


class Renderer:
    """Renders templates for one visit: with its language, time zone and member."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.titles = Titles(services.library, services.emergency_templates, services.languages)
        # Not read again while running: after an update the program still runs with the texts and the code from before.
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            auto_reload=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._assets = {path.name: fingerprint(path) for path in STATIC.iterdir() if path.is_file()}

    def render(self, template: str, visit: Visit, context: dict[str, Any]) -> str:
        """The template as HTML."""
        names = Locale.parse(visit.language)
        helpers: dict[str, Any] = {
            "t": visit.say,
            "url": lambda path: PREFIX + path,
            "asset": self.asset,
            "icon": self.icon,
            "nav": entries(visit),
            "city": self._services.city,
            "languages": self._services.languages,
            "goals": {one.code: one.answer_within_hours for one in self._services.city.tip_categories},
            "known_notices": NOTICES,
            "dates": visit.dates,
            "may": lambda permission: visit.session is not None and visit.member.may(Permission(permission)),
            "deed": lambda action: self.deed(visit, action),
            "unhidden": lambda counts: suppress(counts, self._services.city.statistics_minimum).cells,
            "language_name": lambda code: names.languages.get(code, code),
            "place_name": lambda code: names.territories.get("001" if code == "world" else code, code),
            "number": lambda value: format_decimal(value, locale=visit.language),
            "titled": lambda title: self.titles.of(title, visit.language),
            "filled": self._services.placeholders.fill,
            "telegram": lambda text: Markup(to_html(text)),  # noqa: S704  to_html escapes everything but its own tags
        }
        return self._environment.get_template(template).render(helpers | context)

    def deed(self, visit: Visit, action: str) -> str:
        """An audit action in words; by its name when a later version recorded it."""
        try:
            return visit.say(f"audit.did.{action}")
        except KeyError:
            return action

    def asset(self, name: str) -> str:
        """The address of a static file; it changes with its content, so that browsers may keep it."""
        return f"{PREFIX}/static/{name}?v={self._assets[name]}"

    def icon(self, name: str) -> Markup:
        """An icon of the sprite, hidden from screen readers: the words beside it say the same."""
        return Markup('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>').format(
            self.asset("icons.svg"), name
        )


_LOCALES = {"en": "en_150"}
"""CLDR's plain "en" writes dates as in the United States; Faro's cities are European."""


class Dates:
    """Dates and times in the visitor's language and the city's time zone."""

    def __init__(self, language: str, services: Services) -> None:
        self._locale = Locale.parse(_LOCALES.get(language, language))
        self._zone = services.city.time_zone
        self._clock: Clock = services.clock

    def moment(self, value: datetime) -> str:
        """Day and time to the minute, such as "21 Nov 2026, 09:00"."""
        local = value.astimezone(self._zone)
        return f"{self.day(local.date())}, {format_time(local.time(), 'short', locale=self._locale)}"

    def short(self, value: datetime) -> str:
        """The time today, the day otherwise."""
        local, today = value.astimezone(self._zone), self._clock().astimezone(self._zone)
        if local.date() == today.date():
            return format_time(local, "short", tzinfo=self._zone, locale=self._locale)
        return format_date(local.date(), "d MMM y" if local.year != today.year else "d MMM", locale=self._locale)

    def language(self, code: str) -> str:
        """The name of a language."""
        return Locale.parse(code).get_display_name(self._locale) or code

    def day(self, value: date) -> str:
        """A day, such as "21 Nov 2026"."""
        return format_date(value, "medium", locale=self._locale)

    @property
    def first_weekday(self) -> int:
        """On which day weeks begin in the visitor's language; Monday is 0."""
        return self._locale.first_week_day

    def month(self, value: date) -> str:
        """A month, such as "November 2026"."""
        return format_skeleton("yMMMM", value, locale=self._locale)

    def span(self, first: date, last: date) -> str:
        """Days from first to last, such as "30 Nov – 6 Dec 2026"."""
        return f"{format_skeleton('MMMd', first, locale=self._locale)} – {self.day(last)}"

    def long_day(self, value: date) -> str:
        """A day with its day of the week, such as "Friday, 27 November 2026"."""
        return format_date(value, "full", locale=self._locale)

    def day_of_week(self, value: date) -> str:
        """The same in few letters and without the year, such as "Fri, 27 Nov"."""
        return format_skeleton("MMMEd", value, locale=self._locale)

    def short_weekday(self, value: date) -> str:
        """The day of the week in few letters."""
        return format_date(value, "EEE", locale=self._locale)

    def hour(self, number: int) -> str:
        """The beginning of an hour of the day, such as "17:00"."""
        return format_time(time(number), "short", locale=self._locale)

    def weekday(self, number: int) -> str:
        """The name of a day of the week; Monday is 0."""
        return format_date(date(2026, 11, 2) + timedelta(days=number), "EEEE", locale=self._locale)

    def full(self, value: datetime) -> str:
        """Day of the week, day and time of a moment on the city's clock."""
        return self.wall(value.astimezone(self._zone))

    def time(self, value: datetime) -> str:
        """The time of a moment on the city's clock."""
        return format_time(value.astimezone(self._zone).time(), "short", locale=self._locale)

    def wall(self, value: datetime) -> str:
        """A wall-clock time of the city, with its day of the week."""
        return f"{format_date(value.date(), 'full', locale=self._locale)}, {format_time(value.time(), 'short', locale=self._locale)}"

    def length(self, value: timedelta) -> str:
        """How long something takes, in one unit, such as "3 minutes"."""
        return format_timedelta(value, threshold=1.5, locale=self._locale)

    def ago(self, value: datetime, unit: Unit = "second") -> str:
        """How long ago, in one unit; ``unit`` is the smallest one: tips are dated to the hour only."""
        passed = min(value - self._clock(), timedelta(seconds=-1))
        return format_timedelta(passed, granularity=unit, add_direction=True, locale=self._locale, threshold=0.95)

    def iso(self, value: datetime) -> str:
        """For ``<time datetime>``."""
        return value.isoformat(timespec="seconds")


def fingerprint(path: Path) -> str:
    """A short hash of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
