"""Reading CLINC150, and the project that Faro's pipeline is trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from benchmarks.understanding.clinc import BadData, read, write_project

ROOT = Path(__file__).parents[3]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    parts = {name: [[f"pay {name} {number}", "pay"] for number in range(4)] for name in ("train", "val", "test")}
    outside = {f"oos_{name}": [[f"moon {name}", "oos"]] for name in parts}
    (tmp_path / "clinc.json").write_text(json.dumps(parts | outside))
    return tmp_path / "clinc.json"


def test_each_part_has_its_examples_out_of_scope_under_faros_name(file: Path) -> None:
    data = read(file)
    assert data.validation == (*((f"pay val {number}", "pay") for number in range(4)), ("moon val", "out_of_scope"))


def test_a_share_is_taken_of_every_intent(file: Path) -> None:
    assert read(file, share=2).train == (("pay train 0", "pay"), ("pay train 2", "pay"), ("moon train", "out_of_scope"))


@pytest.mark.parametrize("content", ["no json", "[]", '{"train": []}'])
def test_another_file_is_refused_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "other.json").write_text(content)
    with pytest.raises(BadData, match=r"other\.json"):
        read(tmp_path / "other.json")


def test_the_pipeline_is_faros_own_but_for_its_threshold(file: Path, tmp_path: Path) -> None:
    root, folder = tmp_path / "root", tmp_path / "project"
    root.mkdir()
    folder.mkdir()
    (root / "config.yml").write_text((ROOT / "config.yml").read_text())
    write_project(root, folder, read(file).train)
    ours, theirs = (yaml.safe_load((place / "config.yml").read_text()) for place in (root, folder))
    assert theirs["pipeline"] == [component for component in ours["pipeline"] if component["name"] != "FallbackClassifier"]
    assert "policies" not in theirs
    assert yaml.safe_load((folder / "nlu.yml").read_text())["nlu"][1] == {"intent": "out_of_scope", "examples": "- moon train\n"}
    assert (folder / ".rasa" / "encoders").resolve() == root / ".rasa" / "encoders"
