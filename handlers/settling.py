"""How long something that may be on its way is looked for before it is sent again."""

import time
from dataclasses import dataclass, field
from datetime import datetime

from db.deliveries import Delivery

# What a dead process had asked of Slack or X is done, and shown, by then, or never.
SETTLE_SECONDS = 12.0
MOST_KEPT = 10_000


@dataclass(slots=True)
class Settling:
    """Counts from the first look of this process, by a stopwatch: the clock may be set meanwhile.

    A second process that takes over counts anew, which is later, never sooner.
    """

    seconds: float = SETTLE_SECONDS
    _looked_at: dict[tuple[int, datetime | None], float] = field(default_factory=dict)

    def left(self, delivery: Delivery) -> float:
        """Seconds until it may be sent again; 0.0 when it may."""
        if len(self._looked_at) >= MOST_KEPT:
            self._looked_at.clear()
        first = self._looked_at.setdefault((delivery.id, delivery.tried_at), time.monotonic())
        return max(0.0, self.seconds - (time.monotonic() - first))
