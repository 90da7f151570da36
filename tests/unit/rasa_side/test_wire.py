"""The shape of the channel's answers."""

from __future__ import annotations

import base64

import pytest

from rasa_side.wire import FALLBACK, MOST_TEXTS, RANKED, answer_of, embeddings_of, said, valid_sender, valid_texts


def test_a_named_response_keeps_its_name_and_parameters_only() -> None:
    message = {"text": "Hello", "utter_action": "utter_greet", "timestamp": 1.0, "model_id": "x", "assistant_id": "faro", "count": 3}
    assert said(message) == {"utter": "utter_greet", "params": {"count": 3}}


def test_an_actions_json_passes_as_it_is() -> None:
    assert said({"custom": {"press": "tip:start"}}) == {"press": "tip:start"}
    assert said({"custom": {"clarify": ["scam"]}}) == {"clarify": ["scam"]}


def test_an_action_may_name_a_text() -> None:
    assert said({"custom": {"utter": "utter_error"}}) == {"utter": "utter_error", "params": {}}


def test_words_without_a_name_are_dropped() -> None:
    assert said({"text": "Hello"}) is None


def test_a_ranking_is_cut() -> None:
    ranking = [{"name": f"i{n}", "confidence": 0.1} for n in range(20)]
    answer = answer_of({"intent": {"name": "scam", "confidence": 0.9}, "intent_ranking": ranking}, [{"press": "tip:start"}])
    assert answer["intent"] == "scam"
    assert len(answer["ranking"]) == RANKED
    assert answer["responses"] == [{"press": "tip:start"}]


def test_nothing_understood_is_a_fallback() -> None:
    assert answer_of({**FALLBACK}, [])["intent"] == "nlu_fallback"
    assert answer_of({"intent": {"name": None}}, [])["intent"] == "nlu_fallback"


@pytest.mark.parametrize("sender", ["", "a b", "a\n", "é", "a" * 129, None, 7, "a/b"])
def test_strange_senders_are_refused(sender: object) -> None:
    assert not valid_sender(sender)


def test_pseudonyms_are_senders() -> None:
    assert valid_sender("0123456789abcdef0123456789abcdef")


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback", None])
def test_where_no_intent_fits_the_vector_goes_along(intent: str | None) -> None:
    answer = answer_of({"intent": {"name": intent}}, [], b"\x00\x00\x80?")
    assert base64.b64decode(answer["vector"]) == b"\x00\x00\x80?"


def test_other_answers_carry_no_vector() -> None:
    assert "vector" not in answer_of({"intent": {"name": "scam"}}, [], b"\x00\x00\x80?")
    assert "vector" not in answer_of({"intent": {"name": "out_of_scope"}}, [], None)


def test_vectors_of_texts_name_their_encoder_and_size() -> None:
    assert embeddings_of("e-1", b"\x00" * 8, 1) == {"encoder": "e-1", "vectors": "AAAAAAAAAAA=", "dimensions": 1}


@pytest.mark.parametrize("texts", [None, [], "text", [7], ["a", None], ["a"] * (MOST_TEXTS + 1), {"a": "b"}])
def test_anything_but_some_texts_is_refused(texts: object) -> None:
    assert not valid_texts(texts)


def test_texts_may_be_odd() -> None:
    assert valid_texts(["", "a" * 10_000] * (MOST_TEXTS // 2))
