"""Rate limits of methods, counted in real time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BURST = 3.0


@dataclass(slots=True)
class Bucket:
    """A token bucket: `per_second` tokens flow in, `burst` fit."""

    per_second: float
    burst: float
    real_time: Callable[[], float] = time.monotonic
    _tokens: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._at = self.burst, self.real_time()

    def wait(self) -> int:
        """Take a token and return 0, or return the whole seconds until there is one."""
        now = self.real_time()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.per_second)
        self._at = now
        if self._tokens < 1:
            return math.ceil((1 - self._tokens) / self.per_second)
        self._tokens -= 1
        return 0


@dataclass(slots=True)
class Rates:
    """post_rate: chat.postMessage per second and channel. tiers: calls a minute by method. None: no limit."""

    post_rate: float | None
    tiers: dict[str, float] | None = None
    _buckets: dict[str, Bucket] = field(default_factory=dict)

    def wait(self, method: str, channel: str) -> int:
        """Seconds to hold back, 0 to go ahead."""
        if method == "chat.postMessage" and self.post_rate is not None:
            return self._bucket(f"{method} {channel}", self.post_rate, BURST).wait()
        per_minute = (self.tiers or {}).get(method)
        if per_minute is None:
            return 0
        return self._bucket(method, per_minute / 60, max(1.0, per_minute)).wait()

    def _bucket(self, name: str, per_second: float, burst: float) -> Bucket:
        bucket = self._buckets.get(name)
        if bucket is None or bucket.per_second != per_second:
            bucket = self._buckets[name] = Bucket(per_second, burst)
        return bucket
