"""How much one visitor may ask for: token buckets in memory, for this process."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

_BUCKETS_KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Rate:
    """``burst`` at once, then ``per_second``."""

    burst: int
    per_second: float


class Limiter:
    """Counts by key. Keys are kept only as hashes under a key that dies with the process (they may be addresses)."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._key = secrets.token_bytes(32)
        self._buckets: OrderedDict[bytes, tuple[float, datetime]] = OrderedDict()

    def allows(self, key: str, now: datetime) -> bool:
        """Take one token of ``key``; False when there is none."""
        hashed = blake2b(key.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        tokens, since = self._buckets.pop(hashed, (float(self._rate.burst), now))
        tokens = min(self._rate.burst, tokens + max(0.0, (now - since).total_seconds()) * self._rate.per_second)
        allowed = tokens >= 1
        self._buckets[hashed] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _BUCKETS_KEPT:
            self._buckets.popitem(last=False)
        return allowed
