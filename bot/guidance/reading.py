"""Reading guides from their files, so that nobody has to guess what is wrong: every mistake as ``file: key: reason``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.city.files import Mistakes
from bot.errors import SettingsError
from bot.guidance.checks import COMMON_LABELS, unequal, wrong_in_structure, wrong_in_texts
from bot.guidance.guide import Guide, Node, payload_of
from bot.guidance.schema import Link, NodeFile, StructureFile, TextsFile
from bot.messages import Choice, Language

STRUCTURES = Path(__file__).parent / "guides"
"""Where the guides' structure stands."""


def read_guides(texts: Path, languages: Sequence[Language], structures: Path = STRUCTURES) -> dict[str, Guide]:
    """Every guide of ``structures`` by its harm.

    Args:
        texts: the folder with ``<language>/<harm>.yml``.
        languages: those that must be there; the first one decides about labels.

    Raises:
        SettingsError: one line for every mistake of every guide.
    """
    guides: dict[str, Guide] = {}
    wrong: list[str] = []
    for path in sorted(structures.glob("*.yml")):
        guide, mistakes = read_guide(path.stem, texts, languages, structures)
        wrong += mistakes
        if guide is not None:
            guides[guide.harm] = guide
    if wrong:
        raise SettingsError("\n".join(wrong))
    return {harm: _without_dead_links(guide, guides) for harm, guide in guides.items()}


def read_guide(harm: str, texts: Path, languages: Sequence[Language], structures: Path = STRUCTURES) -> tuple[Guide | None, list[str]]:
    """One guide and its mistakes; None when its structure is wrong."""
    mistakes = Mistakes(structures)
    structure = mistakes.read_yaml(f"{harm}.yml", StructureFile)
    if structure is None:
        return None, mistakes.lines
    for key, reason in wrong_in_structure(harm, structure):
        mistakes.add(f"{harm}.yml", key, reason)
    said, lines = _read_texts(harm, structure, texts, languages)
    guide = None if mistakes.lines else _built(harm, structure, said.get(languages[0]))
    return guide, mistakes.lines + lines


def _read_texts(
    harm: str, structure: StructureFile, folder: Path, languages: Iterable[Language]
) -> tuple[dict[str, TextsFile], list[str]]:
    mistakes = Mistakes(folder)
    said: dict[str, TextsFile] = {}
    for language in languages:
        file = f"{language}/{harm}.yml"
        if not (folder / file).is_file():
            mistakes.add(file, "", "is missing")
        elif (found := mistakes.read_yaml(file, TextsFile)) is not None:
            said[language] = found
            for key, reason in wrong_in_texts(structure, found):
                mistakes.add(file, key, reason)
    for other, key, reason in unequal(said) if said else ():
        mistakes.add(f"{other}/{harm}.yml", key, reason)
    return said, mistakes.lines


def _built(harm: str, structure: StructureFile, texts: TextsFile | None) -> Guide:
    own = {name: set(node.choices) for name, node in texts.nodes.items()} if texts else {}
    nodes = {name: _node(harm, name, node, own.get(name, set())) for name, node in structure.nodes.items()}
    return Guide(harm, structure.needs.value, nodes)


def _node(harm: str, name: str, node: NodeFile, own: set[str]) -> Node:
    choices = tuple(_choice(harm, name, link, own) for link in node.choices)
    flags = node.model_dump(exclude={"choices"})
    return Node(name, choices, **flags)


def _choice(harm: str, name: str, link: Link, own: set[str]) -> Choice:
    payload = link.target if link.leaves else payload_of(harm, link.target)
    if link.label is None:
        return Choice(payload)
    common = link.label in COMMON_LABELS and link.label not in own
    label = f"guide.common.{link.label}" if common else f"guide.{harm}.{name}.choices.{link.label}"
    return Choice(payload, label, answers=link.label if link.label in ("yes", "no") else None)


def _without_dead_links(guide: Guide, guides: Mapping[str, Guide]) -> Guide:
    """The guide without buttons to guides that this Faro does not have."""

    def lives(choice: Choice) -> bool:
        flow, *rest = choice.payload.split(":")
        return flow != "guide" or rest[0] in guides

    nodes = {name: replace(node, choices=tuple(filter(lives, node.choices))) for name, node in guide.nodes.items()}
    return replace(guide, nodes=nodes)
