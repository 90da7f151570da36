"""The city folder, read and validated: name, languages, districts, helplines, partners, articles, hours and retention.

A city changes Faro by editing these files, never the code. Everything is checked at start; every mistake is reported
with its file, key and reason, all at once. Imports no other package of Faro.
"""

from bot.city.articles import ArticleText, CityArticle, Source
from bot.city.districts import District
from bot.city.hours import WeeklyHours
from bot.city.model import City, DutyContact, Helpline, LabelKind, Opening, Partner, ReplyTemplate, TipCategory
from bot.city.schema import EmergencyRules, Need, QuietHours, Retention, TipQuestion

__all__ = [
    "ArticleText",
    "City",
    "CityArticle",
    "District",
    "DutyContact",
    "EmergencyRules",
    "Helpline",
    "LabelKind",
    "Need",
    "Opening",
    "Partner",
    "QuietHours",
    "ReplyTemplate",
    "Retention",
    "Source",
    "TipCategory",
    "TipQuestion",
    "WeeklyHours",
]
