"""Lays the packed model out for CTranslate2, with 8-bit weights. Imports no Rasa.

The network is BERT's: embeddings of piece and place, normalised; then in each layer attention and two dense steps with GELU between
them, each added to what came in and normalised.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rasa_side.encoders.packed import PackedModel

_ROWS_AT_ONCE = 16_384
"""Of the table of pieces: as 32-bit numbers it would take 384 MB at once."""


def convert(packed: PackedModel, pieces: Sequence[int], folder: Path) -> None:
    """Write the model into an existing, empty folder.

    Args:
        pieces: numbers of the pieces that it shall know; the first of them becomes number 0, and so on.

    Raises:
        ImportError: CTranslate2 is missing.
        OSError: the folder cannot be written.
    """
    from ctranslate2.specs import common_spec
    from ctranslate2.specs.transformer_spec import TransformerEncoderModelSpec, TransformerEncoderSpec

    shape = packed.shape
    encoder = TransformerEncoderSpec(
        shape.layers, shape.heads, pre_norm=False, activation=common_spec.Activation.GELU, layernorm_embedding=True
    )
    encoder.scale_embeddings = False
    _table(packed, pieces, encoder)
    for index, layer in enumerate(encoder.layer):
        _layer(packed, layer, f"l{index}.")
    spec = TransformerEncoderModelSpec(encoder)
    spec.register_vocabulary([str(number) for number in range(len(pieces))])  # as many as there are rows, or it refuses
    spec.config.layer_norm_epsilon = shape.epsilon
    spec.validate()
    spec.save(str(folder))
    # The engine wants a vocabulary with the mark for unknown words, but gets texts as numbers: 31 MB of memory for nothing.
    (folder / "vocabulary.json").write_text(json.dumps([spec.config.unk_token]))


def _table(packed: PackedModel, pieces: Sequence[int], encoder: Any) -> None:
    """Pieces and places. A text is always of the first kind of two, so that kind's row goes into the places."""
    wanted = np.asarray(pieces)
    parts = []
    for start in range(0, len(packed.pieces.words), _ROWS_AT_ONCE):
        stop = min(start + _ROWS_AT_ONCE, len(packed.pieces.words))
        rows = packed.rows("emb.word", start, stop)
        parts.append(_eight_bits(rows[wanted[(wanted >= start) & (wanted < stop)] - start]))
    encoder.embeddings[0].weight, encoder.embeddings[0].weight_scale = (np.concatenate(part) for part in zip(*parts, strict=True))
    encoder.position_encodings.encodings = packed.rows("emb.pos") + packed.rows("emb.type")[:1]
    _norm(packed, encoder.layernorm_embedding, "emb.ln")


def _layer(packed: PackedModel, layer: Any, prefix: str) -> None:
    attention = layer.self_attention
    _linear(packed, attention.linear[0], *(prefix + name for name in "qkv"))
    _linear(packed, attention.linear[1], prefix + "ao")
    _norm(packed, attention.layer_norm, prefix + "aln")
    _linear(packed, layer.ffn.linear_0, prefix + "fi")
    _linear(packed, layer.ffn.linear_1, prefix + "fo")
    _norm(packed, layer.ffn.layer_norm, prefix + "oln")


def _linear(packed: PackedModel, linear: Any, *names: str) -> None:
    """One dense step; several that share their input become one."""
    linear.weight, linear.weight_scale = _eight_bits(np.concatenate([packed.rows(f"{name}.w") for name in names]))
    linear.bias = np.concatenate([packed.rows(f"{name}.b")[0] for name in names])


def _norm(packed: PackedModel, norm: Any, name: str) -> None:
    norm.gamma, norm.beta = packed.rows(f"{name}.w")[0], packed.rows(f"{name}.b")[0]


def _eight_bits(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each row as whole numbers from -127 to 127, and what it was multiplied by."""
    largest = np.abs(rows).max(axis=1)
    scale = (127 / np.where(largest > 0, largest, 127)).astype(np.float32)
    return np.rint(rows * scale[:, np.newaxis]).astype(np.int8), scale
