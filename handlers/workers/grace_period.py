"""The grace period: the time in which we look for a delivery that may be under way, before we send it again."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime

from db.rows import Delivery

# What a dead process had asked of Slack or a network is done, and shown, by then, or never.
SETTLE_SECONDS = 12.0
MOST_KEPT = 10_000


@dataclass(slots=True)
class Settling:
    """Counts from this process's first look, by a stopwatch, because the clock may be set meanwhile.

    A second process that takes over starts its own count, which ends later, never sooner.
    """

    seconds: float = SETTLE_SECONDS
    _looked_at: dict[tuple[int, datetime | None], float] = field(default_factory=dict)

    async def postponed_by(self, delivery: Delivery) -> float:
        """The seconds to wait with a delivery, at the first look; 0.0 once it has settled."""
        if len(self._looked_at) >= MOST_KEPT:
            self._looked_at.clear()
        key, now = (delivery.id, delivery.tried_at), time.monotonic()
        first = self._looked_at.setdefault(key, now)
        if first == now:
            return self.seconds
        # Looked at too early, for the clock was set forward: the lane waits.
        await asyncio.sleep(max(0.0, first + self.seconds - now))
        return 0.0
