"""Points out what may show who wrote a tip: numbers, addresses, names, "my brother". A pure function.

It only points; the person decides. Patterns are written for English, French, Spanish and Italian and all of them are
tried on every text, since people mix languages. A further language adds its words to the tables below.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum


class Clue(StrEnum):
    """What kind of thing may identify the writer. Each has a line in the catalogue (``tip.identity.<clue>``)."""

    PHONE = "phone"
    EMAIL = "email"
    HANDLE = "handle"
    RELATION = "relation"
    NAME = "name"
    WHEREABOUTS = "whereabouts"


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in the text worth a second look."""

    clue: Clue
    excerpt: str = field(repr=False)


_RELATIVES = (
    # en
    "brother|sister|mother|mum|mom|father|dad|son|daughter|cousin|uncle|aunt|husband|wife|boyfriend|girlfriend|ex|stepfather|stepmother|"
    "grandmother|grandfather|grandma|grandpa|neighbour|neighbor|flatmate|roommate|boss|teacher|classmate|colleague|coworker|best friend|"
    # fr
    "frère|soeur|sœur|mère|père|fils|fille|cousine?|oncle|tante|mari|femme|copain|copine|beau-père|belle-mère|grand-mère|grand-père|"
    "voisine?|coloc(?:ataire)?|patronn?e?|prof(?:esseure?)?|collègue|meilleure? amie?|"
    # es
    "herman[oa]|madre|padre|mamá|papá|hij[oa]|prim[oa]|tí[oa]|marido|mujer|espos[oa]|novi[oa]|padrastro|madrastra|abuel[oa]|"
    "vecin[oa]|compañer[oa](?: de piso| de clase| de trabajo)?|jef[ea]|profesora?|mejor amig[oa]|"
    # it
    "fratello|sorella|madre|padre|mamma|papà|figli[oa]|cugin[oa]|zi[oa]|marito|moglie|fidanzat[oa]|ragazz[oa]|patrigno|matrigna|"
    "nonn[oa]|vicin[oa](?: di casa)?|coinquilin[oa]|capo|professore(?:ssa)?|prof|compagn[oa](?: di classe)?|collega|migliore? amic[oa]"
)
_MY = r"my|our|mon|ma|mes|notre|mi|mis|nuestr[oa]|mi[oa]|il mio|la mia|nostr[oa]"
_NAME_AFTER = r"my name is|i am called|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è"
_PLACES = (
    "house|home|flat|apartment|street|school|class|workplace|office|maison|appart(?:ement)?|immeuble|rue|école|lycée|collège|classe|bureau|"
    "casa|piso|calle|escuela|instituto|clase|trabajo|oficina|edificio|appartamento|scuola|lavoro|ufficio|palazzo"
)

_PATTERNS: tuple[tuple[Clue, re.Pattern[str]], ...] = (
    (Clue.EMAIL, re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")),
    (Clue.HANDLE, re.compile(r"(?<![\w@.])@[A-Za-z0-9_.]{3,32}|\bt\.me/\w{3,32}")),
    (Clue.PHONE, re.compile(r"(?<![\w/])(?:\+|00)?\d(?:[\s./()-]?\d){7,14}(?!\w)")),
    (Clue.NAME, re.compile(rf"\b(?:{_NAME_AFTER})\s+\w[\w'-]*", re.IGNORECASE)),
    (Clue.RELATION, re.compile(rf"\b(?:{_MY})\s+(?:\w+\s)?(?:{_RELATIVES})\b", re.IGNORECASE)),
    (Clue.WHEREABOUTS, re.compile(rf"\b(?:{_MY})\s+(?:{_PLACES})\b", re.IGNORECASE)),
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
