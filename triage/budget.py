"""The month's budget for reading, and the share of it for looking up stored posts again."""

import calendar
from datetime import UTC, datetime, timedelta

# A tenth: deletions have to be followed, but never at the price of new mentions (docs/adr/0008).
RECHECK_SHARE = 0.1


def left_for_rechecks(budget: float, read: float, rechecked: float, now: datetime) -> float:
    """US dollars that rechecks may still spend at `now`.

    `read` is the month's cost of all reading, rechecks included; `rechecked` is the cost of the rechecks alone.

    Both limits grow with the month, so unspent money carries over until the month ends. One limit is the rechecks'
    own tenth. The other is the whole budget: after a recheck, enough is left to read until the month's end at the
    pace that the budget allows. If new mentions need the whole budget, rechecks get nothing.
    """
    passed = month_passed(now)
    return max(0.0, min(budget * RECHECK_SHARE * passed - rechecked, budget * passed - read))


def month_passed(now: datetime) -> float:
    """The part of the UTC month that has passed: 0 at its start, below 1 until its end."""
    now = now.astimezone(UTC)
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    return (now - start) / timedelta(days=calendar.monthrange(now.year, now.month)[1])
