"""The nearness of a due time, in steps, so that a card is redrawn a few times and not every minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

BEFORE = (5, 10, 15, 30, 60)
AFTER = (10, 30, 60, 120, 240, 480, 1440)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Nearness:
    """Time left or time late, rounded to a step.

    `minutes` is the nearest step: at most so many minutes left, or at least so many late. None means no step yet.
    """

    is_late: bool
    minutes: int | None


def nearness(now: datetime, due_at: datetime) -> Nearness:
    left = (due_at - now) / _MINUTE
    if left > 0:
        return Nearness(False, next((step for step in BEFORE if left <= step), None))
    return Nearness(True, next((step for step in reversed(AFTER) if -left >= step), None))


def next_change(now: datetime, due_at: datetime) -> datetime | None:
    """The next time at which the wording changes, or None after the last. The breach timer covers `due_at` itself."""
    steps = [
        *(due_at - step * _MINUTE for step in reversed(BEFORE)),
        *(due_at + step * _MINUTE for step in AFTER),
    ]
    return next((step for step in steps if step > now), None)
