"""Planned faults of a call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

KINDS = ("ratelimited", "5xx", "delay", "lost", "cut")


@dataclass(slots=True)
class Fault:
    """One planned mishap of `method` ("*": any; "response_url" is a method here).

    kind: ratelimited (429, Retry-After `seconds` or, if given, `retry_after`; "" for no such header) |
    5xx (503, HTML) | delay (by `seconds`, then do it) |
    lost (do it, then cut the connection) | cut (cut it before) | refuse:<Slack's error>.
    It strikes `times` calls; with `every` it strikes for ever, at most once in so many seconds.
    """

    method: str
    kind: str
    times: int = 1
    every: float | None = None
    seconds: float = 0.0
    retry_after: str | None = None
    match: Callable[[dict[str, Any]], bool] | None = None
    struck: int = field(default=0, init=False)
    _last: float = field(default=float("-inf"), init=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS and not self.kind.startswith("refuse:"):
            raise ValueError(f"unknown kind of fault: {self.kind}")

    def strikes(self, method: str, args: dict[str, Any]) -> bool:
        """True if this call is hit; that counts as one of `times`."""
        if self.method not in ("*", method) or not self._is_ready():
            return False
        if self.match is not None and not self.match(args):
            return False
        self.struck += 1
        self._last = time.monotonic()
        return True

    def _is_ready(self) -> bool:
        if self.every is None:
            return self.struck < self.times
        return time.monotonic() - self._last >= self.every


def striking(faults: list[Fault], method: str, args: dict[str, Any]) -> Fault | None:
    """The first fault that hits this call."""
    return next((fault for fault in faults if fault.strikes(method, args)), None)
