"""What can be wrong with a guide although its files have the right shape. Pure: every function yields ``(key, reason)``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain

from bot.guidance.guide import START, payload_of
from bot.guidance.schema import NodeTexts, StructureFile, TextsFile

COMMON_LABELS = frozenset({"me", "child", "friend", "pupil", "under18", "adult", "yes", "no", "unsure"})
"""Labels that the catalogue has under ``guide.common``, so that a guide need not."""
RESERVED = frozenset({"back", "cancel", "common"})
"""Names that no guide may have: they mean something else in payloads or in the catalogue."""

START_WORDS = 45
"""Most words of a first screen: it is read in panic."""
TEXT_WORDS = 60
LABEL_CHARACTERS = 28
TITLE_CHARACTERS = 40
_PAYLOAD_BYTES = 64
_PAYLOAD = re.compile(r"[a-z]+(:[a-zA-Z0-9_]+)+")
_PLACEHOLDERS = frozenset({"emergency", "city", "crisis_lines"})
_LINK = re.compile(r"\[([^\]\n]+)\]\((https://[^\s()]+)\)")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")

Mistake = tuple[str, str]


def wrong_in_structure(harm: str, file: StructureFile) -> Iterator[Mistake]:
    """Targets that do not exist, steps that nobody reaches or that never end, payloads that are too long."""
    if harm in RESERVED:
        yield "", f"a guide cannot be called {harm}"
    if START not in file.nodes:
        yield "nodes", "has no start"
        return
    missing = list(_missing_targets(file))
    yield from missing
    yield from chain.from_iterable(_wrong_in_node(harm, name, file) for name in file.nodes)
    if not missing:
        yield from _wrong_ways(file)


def _missing_targets(file: StructureFile) -> Iterator[Mistake]:
    for name, node in file.nodes.items():
        for target in node.targets():
            if target not in file.nodes:
                yield f"nodes.{name}", f"leads to {target}, which does not exist"


def _wrong_in_node(harm: str, name: str, file: StructureFile) -> Iterator[Mistake]:
    key, node = f"nodes.{name}", file.nodes[name]
    if name == "title":
        yield key, "a node cannot be called title"
    if node.end and (node.done or node.cannot):
        yield key, "is an end, so it cannot ask for done or cannot"
    if node.safety and {"yes", "no"} & {link.label for link in node.choices}:
        yield key, "asks whether the person is safe, so it cannot ask another yes or no"
    if not node.end and not node.targets():
        yield key, "leads nowhere: give it done or choices, or end: true"
    for payload in (payload_of(harm, name), *(link.target for link in node.choices if link.leaves)):
        if not _PAYLOAD.fullmatch(payload):
            yield key, f"{payload!r} is not a button's payload, such as help:lines:scam"
        if len(payload.encode()) > _PAYLOAD_BYTES:
            yield key, f"{payload!r} is longer than {_PAYLOAD_BYTES} bytes; shorten the name"


def _wrong_ways(file: StructureFile) -> Iterator[Mistake]:
    reached = _closure({START}, {name: node.targets() for name, node in file.nodes.items()})
    back: dict[str, list[str]] = {name: [] for name in file.nodes}
    for name, node in file.nodes.items():
        for target in node.targets():
            back[target].append(name)
    ending = _closure({name for name, node in file.nodes.items() if node.end}, back)
    yield from ((f"nodes.{name}", "is never reached") for name in file.nodes if name not in reached)
    yield from ((f"nodes.{name}", "never comes to an end; lead it to a node with end: true") for name in file.nodes if name not in ending)


def _closure(begin: Set[str], leads: Mapping[str, Iterable[str]]) -> set[str]:
    """Everything that can be reached from ``begin``."""
    found, waiting = set(begin), list(begin)
    while waiting:
        fresh = set(leads[waiting.pop()]) - found
        found |= fresh
        waiting += fresh
    return found


def wrong_in_texts(structure: StructureFile, texts: TextsFile) -> Iterator[Mistake]:
    """Texts and labels that are missing, left over, too long, or hold what no text may hold."""
    yield from _wrong_in_label("title", texts.title, TITLE_CHARACTERS)
    for name in structure.nodes.keys() - texts.nodes.keys():
        yield name, "is missing"
    for name, node in texts.nodes.items():
        if name not in structure.nodes:
            yield name, "is no node of this guide"
            continue
        limit = START_WORDS if name == START else TEXT_WORDS
        yield from ((f"{name}.text", reason) for reason in _wrong_in_text(node.text, limit))
        yield from _wrong_in_labels(name, {link.label for link in structure.nodes[name].choices if link.label}, node)


def _wrong_in_labels(name: str, wanted: Set[str], node: NodeTexts) -> Iterator[Mistake]:
    for label in sorted(wanted - node.choices.keys() - COMMON_LABELS):
        yield f"{name}.choices.{label}", "is missing"
    for label, words in node.choices.items():
        if label not in wanted:
            yield f"{name}.choices.{label}", "is no choice of this node"
        yield from _wrong_in_label(f"{name}.choices.{label}", words, LABEL_CHARACTERS)


def _wrong_in_label(key: str, words: str, limit: int) -> Iterator[Mistake]:
    if not words.strip():
        yield key, "is empty"
    if len(words) > limit:
        yield key, f"has {len(words)} characters, at most {limit}"
    if set("{}*[]!") & set(words):
        yield key, "holds a sign that a label may not have"


def _wrong_in_text(text: str, limit: int) -> Iterator[str]:
    if not (words := len(_WORD.findall(spoken(text)))):
        yield "is empty"
    if words > limit:
        yield f"has {words} words, at most {limit}"
    if "!" in text:
        yield "has an exclamation mark"
    if text.count("**") % 2:
        yield "has a ** that is not closed"
    if re.search(r"\d{3}", spoken(text)):
        yield "holds a number: helplines never stand in texts; use {emergency}, {crisis_lines} or a button"
    for name in re.findall(r"{([^}]*)}", text):
        if name not in _PLACEHOLDERS:
            yield f"knows no {{{name}}}; there are {', '.join(sorted(_PLACEHOLDERS))}"
    if re.search(r"[{}\[\]]|https?:", re.sub(r"{\w+}", "", _LINK.sub("", text))):
        yield "has a bracket or an address that is not [words](https://address)"


def spoken(text: str) -> str:
    """A text without its markup and addresses."""
    return _LINK.sub(r"\1", text).replace("**", "")


def unequal(texts: Mapping[str, TextsFile]) -> Iterator[tuple[str, str, str]]:
    """``(language, key, reason)`` where a language's labels or placeholders differ from those of the first one."""
    first, *others = texts
    wanted = _parts(texts[first])
    for language in others:
        found = _parts(texts[language])
        for key in sorted(wanted.keys() & found.keys()):
            if wanted[key] != found[key]:
                odd = ", ".join(sorted(wanted[key] ^ found[key]))
                yield language, key, f"differs from {first} in: {odd}"


def _parts(texts: TextsFile) -> dict[str, set[str]]:
    parts = {f"{name}.choices": set(node.choices) for name, node in texts.nodes.items()}
    return parts | {f"{name}.text": set(re.findall(r"{\w+}", node.text)) for name, node in texts.nodes.items()}
