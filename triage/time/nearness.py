"""How near a due time is, in words that need redrawing a few times and not every minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta

BEFORE = (5, 10, 15, 30, 60)
AFTER = (10, 30, 60, 120, 240, 480, 1440)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Nearness:
    """`minutes` is the least of the steps that still holds: under so many left, or over so many late; None: no step."""

    is_late: bool
    minutes: int | None


def nearness(now: datetime, due_at: datetime) -> Nearness:
    left = (due_at - now) / _MINUTE
    if left > 0:
        return Nearness(False, next((step for step in BEFORE if left <= step), None))
    return Nearness(True, next((step for step in reversed(AFTER) if -left >= step), None))


def next_change(now: datetime, due_at: datetime) -> datetime | None:
    """When the wording changes next; None when it does not any more. The due time itself is a breach's."""
    steps = [
        *(due_at - step * _MINUTE for step in reversed(BEFORE)),
        *(due_at + step * _MINUTE for step in AFTER),
    ]
    return next((step for step in steps if step > now), None)
