"""What one run is asked to do. All that is drawn by lot is drawn from its seed."""

import random
from dataclasses import dataclass

SABOTAGES = ("no-reconcile", "read-then-write-claim", "timer-after-commit")


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: on which database, for how long, and how roughly.

    The busy part ends when all `mentions` are posted and all `kills` done, at the latest after `minutes`.
    `patience` is how many seconds things may take to settle once the faults have stopped.
    """

    database: str = "sqlite"  # or postgresql
    seed: int = 1
    replicas: int = 1
    mentions: int = 60
    kills: int = 5
    minutes: float = 1.0
    mentions_a_second: float = 4.0
    staff: int = 8
    faults: bool = True
    only: tuple[str, ...] = ()  # what staff do; empty: everything
    lost_answers: int = (
        0  # so many posts at the very start are done and their answers lost, on Slack and on X
    )
    sabotage: str | None = None
    patience: float = 90.0

    @property
    def seconds(self) -> float:
        return self.minutes * 60

    @property
    def kill_every(self) -> float:
        """Seconds between two kills: spread over the time that the mentions take."""
        busy = min(self.seconds, self.mentions / self.mentions_a_second)
        return max(2.0, busy / max(1, self.kills))

    def lot(self, who: str) -> random.Random:
        """Their own die, so that one who throws more often does not change what the others throw."""
        return random.Random(f"{self.seed}/{who}")
