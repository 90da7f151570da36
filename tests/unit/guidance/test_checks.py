"""What a guide's files may not hold: each mistake is named with file, key and reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.errors import SettingsError
from bot.guidance import read_guides
from bot.guidance.__main__ import main
from bot.guidance.reading import read_guide
from bot.messages import Language

EN, FR = Language("en"), Language("fr")


class Files:
    """A small guide in two languages, right until a test spoils it."""

    def __init__(self, folder: Path) -> None:
        self.structures, self.texts = folder / "guides", folder / "texts"
        self.structure: dict[str, Any] = {
            "needs": "hate",
            "nodes": {
                "start": {"choices": ["me", {"lines": "help:lines:hate"}, "menu:open"]},
                "me": {"done": "stop", "cannot": "stop"},
                "stop": {"end": True},
            },
        }
        start = {"text": "Hi.", "choices": {"lines": "Lines"}}
        said = {"title": "T", "start": start, "me": {"text": "Do {city}."}, "stop": {"text": "End."}}
        self.said: dict[str, Any] = {"en": said, "fr": yaml.safe_load(yaml.safe_dump(said))}

    def write(self, harm: str = "hate") -> None:
        self.structures.mkdir(exist_ok=True)
        (self.structures / f"{harm}.yml").write_text(yaml.safe_dump(self.structure))
        for language, said in self.said.items():
            (self.texts / language).mkdir(parents=True, exist_ok=True)
            (self.texts / language / f"{harm}.yml").write_text(yaml.safe_dump(said))

    def mistakes(self, harm: str = "hate") -> str:
        self.write(harm)
        return "\n".join(read_guide(harm, self.texts, [EN, FR], self.structures)[1])


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_a_right_guide_has_no_mistakes(files: Files) -> None:
    assert files.mistakes() == ""


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ({"start": None}, "nodes: has no start"),
        ({"me": {"done": "gone"}}, "nodes.me: leads to gone, which does not exist"),
        ({"me": {}}, "nodes.me: leads nowhere"),
        ({"me": {"done": "start"}}, "nodes.start: never comes to an end"),
        ({"other": {"done": "stop"}}, "nodes.other: is never reached"),
        ({"stop": {"end": True, "done": "me"}}, "nodes.stop: is an end"),
        ({"me": {"done": "stop", "choices": ["help lines:"]}}, "is not a button's payload"),
        ({"me": {"done": "stop", "choices": [f"help:{'x' * 70}"]}}, "longer than 64 bytes"),
        ({"me": {"done": "stop", "safety": True, "choices": [{"yes": "stop"}]}}, "cannot ask another yes or no"),
        ({"me": {"done": "stop", "choices": "stop"}}, "nodes.me.choices: must be a list"),
        ({"me": {"done": "stop", "choices": [{True: "stop"}]}}, "put yes and no in quotes"),
        ({"me": {"next": "stop"}}, "nodes.me.next: is not a known key"),
        ({"Me": {"done": "stop"}}, "is not a name of small letters"),
        ({"title": {"done": "stop"}, "me": {"done": "title"}}, "cannot be called title"),
    ],
)
def test_a_structure_that_leads_astray_is_named(files: Files, nodes: dict[str, Any], reason: str) -> None:
    files.structure["nodes"] |= nodes
    files.structure["nodes"] = {name: node for name, node in files.structure["nodes"].items() if node is not None}
    assert reason in files.mistakes()


def test_an_unknown_need_and_a_reserved_name_are_named(files: Files) -> None:
    assert "a guide cannot be called back" in files.mistakes("back")
    files.structure["needs"] = "money"
    assert "needs: Input should be" in files.mistakes()


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("me", {"text": " ".join(["word"] * 61)}, "me.text: has 61 words, at most 60"),
        ("start", {"text": " ".join(["word"] * 46)}, "start.text: has 46 words, at most 45"),
        ("start", {"text": "Hi."}, "start.choices.lines: is missing"),
        ("start", {"text": "Hi.", "choices": {"lines": "x" * 29}}, "start.choices.lines: has 29 characters, at most 28"),
        ("me", {"text": "Do.", "choices": {"odd": "Odd"}}, "me.choices.odd: is no choice of this node"),
        ("title", "x" * 41, "title: has 41 characters, at most 40"),
        ("title", " ", "title: is empty"),
        ("me", {"text": "Do it!"}, "exclamation mark"),
        ("me", {"text": "**Do it."}, "a ** that is not closed"),
        ("me", {"text": "Ring 3018."}, "holds a number"),
        ("me", {"text": "{name}, do it."}, "knows no {name}"),
        ("me", {"text": "See https://example.org."}, "an address that is not [words](https://address)"),
        ("me", {"text": "**"}, "is empty"),
        ("me", None, "me: is missing"),
        ("more", {"text": "More."}, "more: is no node of this guide"),
    ],
)
def test_a_text_that_a_frightened_person_should_not_get_is_named(files: Files, key: str, value: Any, reason: str) -> None:
    files.said["fr"] = {name: said for name, said in (files.said["fr"] | {key: value}).items() if said is not None}
    mistakes = files.mistakes()
    assert reason in mistakes
    assert str(files.texts / "fr" / "hate.yml") in mistakes


def test_languages_must_offer_the_same_labels_and_placeholders(files: Files) -> None:
    files.said["fr"]["me"]["text"] = "Fais {emergency}."
    files.said["fr"]["start"]["choices"]["me"] = "Moi"
    mistakes = files.mistakes()
    assert "me.text: differs from en in: {city}, {emergency}" in mistakes
    assert "differs from en in: me" in mistakes


def test_a_language_without_its_file_is_named(files: Files) -> None:
    del files.said["fr"]
    assert files.mistakes() == f"{files.texts / 'fr' / 'hate.yml'}: is missing"


def test_every_mistake_of_every_guide_stops_faro(files: Files) -> None:
    files.write("hate")
    del files.said["en"]["me"], files.said["fr"]["me"]
    files.write("scam")
    with pytest.raises(SettingsError, match=r"en/scam\.yml: me: is missing\n.*fr/scam\.yml: me: is missing"):
        read_guides(files.texts, [EN, FR], files.structures)


def test_a_button_to_a_guide_that_is_not_there_is_not_shown(files: Files) -> None:
    files.structure["nodes"]["stop"]["choices"] = ["guide:scam", "guide:hate"]
    files.write()
    (hate,) = read_guides(files.texts, [EN, FR], files.structures).values()
    assert [choice.payload for choice in hate.nodes["stop"].choices] == ["guide:hate"]


def test_the_command_prints_mistakes_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no_such_guide"]) == 1
    assert "no_such_guide.yml" in capsys.readouterr().out
