"""A secret in memory for as little as Python allows.

What is done: core dumps are switched off for the process, and the bytes of the key are overwritten when the work is over.
What cannot be: words that were typed, copies that the interpreter or a library made on the way, and pages that the system
had written to swap stay until the process ends, or longer. Hence the escrow is only opened by a command that does this
one thing and ends, never in the running Faro.
"""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys
from collections.abc import Iterator

_HEADER = bytes.__basicsize__ - 1
"""CPython keeps a bytes object's content behind its header, followed by one zero byte."""


def wipe(secret: bytes) -> None:
    """Overwrite bytes in place, also for whoever else refers to them. Only for secrets: never for a literal or shared value.

    Does nothing outside CPython, where nobody knows the place.
    """
    if sys.implementation.name == "cpython" and len(secret) > 1:  # shorter ones are shared by the interpreter
        ctypes.memset(id(secret) + _HEADER, 0, len(secret))


@contextlib.contextmanager
def held(secret: bytes) -> Iterator[bytes]:
    """Use a secret and overwrite it afterwards, whatever happens. No core dump of this process is written from here on."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    try:
        yield secret
    finally:
        wipe(secret)
