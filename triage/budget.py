"""The month's budget for X: how much of it may go into looking stored posts up again."""

import calendar
from datetime import UTC, datetime, timedelta

# A tenth: deletions have to be followed, but never at the price of new mentions (docs/adr/0008).
RECHECK_SHARE = 0.1


def left_for_rechecks(budget: float, read: float, rechecked: float, now: datetime) -> float:
    """US dollars that rechecks may spend at `now`; `read` is all of the month's reading, `rechecked` the part of it.

    Both limits grow with the month, so what is not used is carried over until its end. One is the rechecks' own
    tenth. The other is the whole budget: what is left after a recheck always lasts until the month's end at the pace
    that the budget allows. Where new mentions need all of it, nothing is left for rechecks.
    """
    passed = month_passed(now)
    return max(0.0, min(budget * RECHECK_SHARE * passed - rechecked, budget * passed - read))


def month_passed(now: datetime) -> float:
    """The part of its UTC month that has passed: 0 at the start, below 1 until the end."""
    now = now.astimezone(UTC)
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    return (now - start) / timedelta(days=calendar.monthrange(now.year, now.month)[1])
