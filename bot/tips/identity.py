"""Points out what may show who wrote a tip: numbers, addresses, names, "my brother", "only I know". Pure.

It only points; the person decides. Patterns are written for English, French, Spanish and Italian and all of them are
tried on every text, since people mix languages. A further language adds its words to the tables below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

STRUCK = "[…]"
"""Stands where words were taken out."""


class Clue(StrEnum):
    """What kind of thing may identify the writer. Each has a line in the catalogue (``tip.clue.<clue>``)."""

    PHONE = "phone"
    EMAIL = "email"
    PROFILE = "profile"
    HANDLE = "handle"
    RELATION = "relation"
    NAME = "name"
    WHEREABOUTS = "whereabouts"
    UNIQUE = "unique"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in the text worth a second look."""

    clue: Clue
    excerpt: str = field(repr=False)


_RELATIVES = (
    # en
    "brother|sister|mother|mum|mom|father|dad|son|daughter|cousin|uncle|aunt|husband|wife|boyfriend|girlfriend|ex|stepfather|stepmother|"
    "grandmother|grandfather|grandma|grandpa|neighbour|neighbor|flatmate|roommate|boss|teacher|classmate|colleague|coworker|"
    "(?:best )?friend|mate|coach|landlord|landlady|"
    # fr
    "frère|soeur|sœur|mère|père|fils|fille|cousine?|oncle|tante|mari|femme|copain|copine|beau-père|belle-mère|grand-mère|grand-père|"
    "voisine?|coloc(?:ataire)?|patronn?e?|prof(?:esseure?)?|collègue|"
    "(?:meilleure? )?amie?|pote|chef(?:fe)?|entraîneu(?:r|se)|proprio|propriétaire|"
    # es
    "herman[oa]|madre|padre|mamá|papá|hij[oa]|prim[oa]|tí[oa]|marido|mujer|espos[oa]|novi[oa]|padrastro|madrastra|abuel[oa]|"
    "vecin[oa]|compañer[oa](?: de piso| de clase| de trabajo)?|jef[ea]|profesora?|"
    "(?:mejor )?amig[oa]|entrenadora?|caser[oa]|"
    # it
    "fratello|sorella|madre|padre|mamma|papà|figli[oa]|cugin[oa]|zi[oa]|marito|moglie|fidanzat[oa]|ragazz[oa]|patrigno|matrigna|"
    "nonn[oa]|vicin[oa](?: di casa)?|coinquilin[oa]|capo|professore(?:ssa)?|prof|compagn[oa](?: di classe)?|collega|"
    "(?:migliore? )?amic[oa]|allenat(?:ore|rice)|padron[ea] di casa"
)
_MY = r"my|our|mon|ma|mes|notre|mi|mis|nuestr[oa]|mi[oa]|il mio|la mia|nostr[oa]"
_NAME_AFTER = r"my name is|i am called|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è"
_PLACES = (
    "house|home|flat|apartment|street|school|class|workplace|office|maison|appart(?:ement)?|immeuble|rue|école|lycée|collège|classe|bureau|"
    "casa|piso|calle|escuela|instituto|clase|trabajo|oficina|edificio|appartamento|scuola|lavoro|ufficio|palazzo"
)

_WE_LIVE = (
    r"(?:i|we) (?:live|work) (?:in|at|on|near|next|above|below|opposite|across)|i go to (?:\w+ ){0,2}(?:school|college)|"
    r"(?:j'|on |nous )habit(?:e|ons)|je travaille|je vais (?:à|au) (?:l'école|lycée|collège)|"
    r"(?:vivo|vivimos|trabajo) (?:en|al|cerca|con|encima|enfrente)|voy al (?:instituto|colegio)|"
    r"(?:abito|abitiamo|viviamo|lavoro) (?:in|a|al|alla|nel|nella|sopra|sotto|vicino|di fronte)|vado (?:a scuola|al liceo)"
)
_TITLES = (
    r"teacher|coach|neighbou?r|friend|mate|boss|brother|sister|cousin|mrs?|ms|miss|"
    r"mme|mlle|monsieur|madame|prof|voisine?|amie?|pote|copain|copine|frère|soeur|sœur|cousine?|collègue|"
    r"sra?|señora?|profesora?|vecin[oa]|amig[oa]|herman[oa]|prim[oa]|"
    r"signora?|sig|dott|professore(?:ssa)?|vicin[oa]|amic[oa]|fratello|sorella|cugin[oa]|collega"
)
_ONLY_I = (
    r"only (?:i|me|we|the two of us)\b|(?:i am|i'm|i was|we are|we're|we were) the only|nobody else|no one else|just the two of us|"
    r"je suis (?:le|la) seule?|j'étais (?:le|la) seule?|moi seule?|personne d'autre|que (?:moi|nous|nous deux)\b|"
    r"(?:soy|era) (?:el|la) únic[oa]|s[oó]lo (?:yo|nosotr[oa]s)|nadie más|"
    r"(?:sono|ero) l'unic[oa]|sol(?:o|tanto) (?:io|noi)|nessun altro"
)

_PATTERNS: tuple[tuple[Clue, re.Pattern[str]], ...] = (
    (Clue.EMAIL, re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
    (
        Clue.PROFILE,
        re.compile(
            r"(?<![\w.])(?:https?://)?(?:www\.|m\.)?(?:(?:facebook|instagram|tiktok|snapchat|linkedin|twitter|x|threads|youtube|reddit|twitch)"
            r"\.(?:com|net|tv)|wa\.me|discord\.gg)/[\w@./?=&%-]{2,80}",
            re.IGNORECASE,
        ),
    ),
    (Clue.HANDLE, re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{3,32}|\bt\.me/\w{3,32}")),
    (Clue.PHONE, re.compile(r"(?<![\w/])(?:\+|00)?\d(?:[\s./()-]?\d){7,14}(?!\w)")),
    (Clue.NAME, re.compile(rf"\b(?:{_NAME_AFTER})\s+\w[\w'-]*", re.IGNORECASE)),
    (Clue.RELATION, re.compile(rf"\b(?:{_MY})\s+(?:\w+\s)?(?:{_RELATIVES})\b", re.IGNORECASE)),
    (Clue.NAME, re.compile(rf"\b(?i:{_TITLES})\.?\s+(?:(?i:called|named|qui s'appelle|que se llama|che si chiama)\s+)?[A-ZÀ-ÖØ-Þ][\w'-]+")),
    (Clue.WHEREABOUTS, re.compile(rf"\b(?:{_MY})\s+(?:{_PLACES})\b", re.IGNORECASE)),
    (Clue.WHEREABOUTS, re.compile(rf"\b(?:{_WE_LIVE})\b(?:\s+\w[\w'-]{{0,30}}){{0,4}}", re.IGNORECASE)),
    (Clue.UNIQUE, re.compile(rf"\b(?:{_ONLY_I})(?:\s+\w[\w'-]{{0,30}}){{0,2}}", re.IGNORECASE)),
)
_DATE = re.compile(r"(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{2}-\d{2})(?:\s+\d{1,2}(?:[.:]\d{2})?)?")


def clues(text: str, limit: int = 6) -> tuple[Finding, ...]:
    """What may identify the writer, each excerpt once, in the order of :class:`Clue`'s patterns; at most ``limit``."""
    straight = text.replace("’", "'")
    found: dict[str, Finding] = {}
    for clue, pattern in _PATTERNS:
        for match in pattern.finditer(straight):
            excerpt = match.group().strip()
            if not (clue is Clue.PHONE and _DATE.fullmatch(excerpt)):
                found.setdefault(excerpt.casefold(), Finding(clue, excerpt))
    return tuple(found.values())[:limit]


def without(text: str, found: Sequence[Finding]) -> str:
    """The text with "[…]" in place of each excerpt."""
    for finding in sorted(found, key=lambda each: -len(each.excerpt)):
        pattern = re.escape(finding.excerpt).replace("'", "['’]")
        text = re.sub(pattern, STRUCK, text, flags=re.IGNORECASE)
    return text
