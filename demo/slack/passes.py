"""Short-lived passes for the bot: trigger ids and response URLs. Their time is real time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Generic, TypeVar

from demo.slack.values import Message, SlackError

MOST_KEPT = 5000
Stub = TypeVar("Stub")


@dataclass(slots=True)
class Issued(Generic[Stub]):
    """A pass: its meaning, its end, and the number of its uses."""

    stub: Stub
    expires: float
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Gesture:
    """The meaning of a trigger id: the person who clicked, and the view, if they clicked in one."""

    user: str
    view_id: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The meaning of a response URL: the place for its answers."""

    user: str
    channel: str
    message: Message | None = None  # the message that was clicked; a command has none


@dataclass(slots=True)
class Passes(Generic[Stub]):
    """Hands out secrets and remembers the newest MOST_KEPT of them."""

    real_time: Callable[[], float] = time.monotonic
    _issued: OrderedDict[str, Issued[Stub]] = field(default_factory=OrderedDict)

    def issue(self, stub: Stub, seconds: float) -> str:
        """Good for so many seconds."""
        secret = f"{len(self._issued)}.{int(self.real_time() * 1000)}.{token_hex(16)}"
        self._issued[secret] = Issued(stub, self.real_time() + seconds)
        while len(self._issued) > MOST_KEPT:
            self._issued.popitem(last=False)
        return secret

    def find(self, secret: str) -> Issued[Stub] | None:
        return self._issued.get(secret)

    def is_over(self, issued: Issued[Stub]) -> bool:
        return self.real_time() > issued.expires


def exchange(triggers: Passes[Gesture], trigger_id: str) -> Gesture:
    """Use a trigger id: once, and within its time."""
    issued = triggers.find(trigger_id)
    if issued is None:
        raise SlackError("invalid_trigger_id")
    if issued.uses:
        raise SlackError("exchanged_trigger_id")
    if triggers.is_over(issued):
        raise SlackError("expired_trigger_id")
    issued.uses += 1
    return issued.stub
