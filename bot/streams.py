"""Sealing files piece by piece: libsodium's secretstream, so that a file is read and written without a second copy in memory.

Each piece is authenticated with the context, and its place is part of that: pieces that are changed, swapped, doubled or missing
do not open, and neither does a file that was cut short, since the last piece is marked as the last.
Source: libsodium documentation, "Encrypted streams and file encryption" (XChaCha20-Poly1305).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError

from bot.crypto import SymmetricKey
from bot.errors import SealBroken

PIECE = 64 * 1024
"""Bytes of plain text in each piece but the last."""

_HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MORE = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_NOT_LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE


def seal_stream(key: SymmetricKey, data: bytes, context: str) -> Iterator[bytes]:
    """The sealed pieces of ``data``, to be written one after the other."""
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    yield bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key.secret)
    view, head = memoryview(data), context.encode()
    for start in range(0, len(data) or 1, PIECE):
        tag = _LAST if start + PIECE >= len(data) else _NOT_LAST
        yield bindings.crypto_secretstream_xchacha20poly1305_push(state, bytes(view[start : start + PIECE]), head, tag)


def open_stream(key: SymmetricKey, sealed: BinaryIO, context: str) -> Iterator[bytes]:
    """The plain pieces of what :func:`seal_stream` sealed. Only after the last one is it certain that nothing is missing.

    Raises:
        SealBroken: wrong key or context, or the file was changed, cut or prolonged.
    """
    state, head, tag = bindings.crypto_secretstream_xchacha20poly1305_state(), context.encode(), _NOT_LAST
    try:
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, sealed.read(_HEADER), key.secret)
        while tag != _LAST:
            piece, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, sealed.read(PIECE + _MORE), head)
            yield piece
    except (CryptoError, ValueError, TypeError) as error:
        raise SealBroken() from error
    if sealed.read(1):
        raise SealBroken("something stands behind the end")
