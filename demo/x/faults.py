"""Planned faults of X: the kind, the endpoint, and the number of times."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_KINDS = frozenset({"429", "402", "401", "html503", "reset", "lost", "delay", "altered"})


@dataclass(slots=True)
class Fault:
    endpoint: str
    kind: str
    times: int
    seconds: float = 0.0
    headers: Mapping[str, str | None] = field(default_factory=dict)
    change: Callable[[Any], Any] | None = None


class Faults:
    """Faults wait here until a request to their endpoint uses them up, the oldest first."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        if fault.kind not in _KINDS and not fault.kind.startswith("403:"):
            raise ValueError(f"the pretend X knows no fault {fault.kind!r}")
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, endpoint: str) -> Fault | None:
        fault = next((each for each in self._waiting if each.endpoint in (endpoint, "*")), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            self._waiting.remove(fault)
        return fault
