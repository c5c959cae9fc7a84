"""A tenth of the month's budget for looking stored posts up again, and never what new mentions need."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.budget import left_for_rechecks, month_passed

START = datetime(2026, 11, 1, tzinfo=UTC)  # a month of thirty days
BUDGET = 200.0
STEP = timedelta(hours=6)


@pytest.mark.parametrize(
    ("day", "read", "rechecked", "left"),
    [
        (0, 0, 0, 0),  # a month begins with nothing, and earns a thirtieth of the tenth a day
        (3, 5, 0, 2),
        (15, 50, 0, 10),  # what was not used is carried over
        (15, 50, 4, 6),
        (15, 50, 10, 0),
        (15, 50, 12, 0),  # one look found more than expected: the next ones wait
        (15, 97, 4, 3),  # new mentions need nearly all
        (15, 100, 4, 0),  # new mentions need all
        (15, 180, 4, 0),  # there was a storm
        (29.999, 20, 19.9, 0.1),
    ],
)
def test_what_is_left_for_rechecks(day: float, read: float, rechecked: float, left: float) -> None:
    now = START + timedelta(days=day)
    assert left_for_rechecks(BUDGET, read, rechecked, now) == pytest.approx(left, abs=0.001)


def test_a_budget_of_nothing_leaves_nothing() -> None:
    assert left_for_rechecks(0, 0, 0, START + timedelta(days=20)) == 0


def test_the_month_is_that_of_the_bill_in_utc() -> None:
    in_rome = datetime(2026, 12, 1, 0, 30, tzinfo=ZoneInfo("Europe/Rome"))
    assert 0.99 < month_passed(in_rome) < 1
    assert month_passed(datetime(2026, 12, 1, tzinfo=UTC)) == 0
    assert month_passed(datetime(2028, 2, 29, 12, tzinfo=UTC)) == pytest.approx(28.5 / 29)


def month_of(pace: float) -> tuple[float, float]:
    """Play a month: new mentions cost `pace` budgets, rechecks take all they may. What both have cost at its end."""
    mentions, rechecks = 0.0, 0.0
    for number in range(30 * 4):
        mentions += pace * BUDGET / (30 * 4)
        rechecks += left_for_rechecks(BUDGET, mentions + rechecks, rechecks, START + number * STEP)
    return mentions, rechecks


@given(st.floats(0, 3))
def test_rechecks_take_a_tenth_at_most_whatever_new_mentions_cost(pace: float) -> None:
    assert month_of(pace)[1] <= BUDGET / 10 + 0.001


@given(st.floats(0, 1))
def test_mentions_that_the_budget_can_pay_are_all_read(pace: float) -> None:
    mentions, rechecks = month_of(pace)
    assert mentions + rechecks <= BUDGET + 0.001


@given(st.floats(1, 3))
def test_where_mentions_need_the_whole_budget_nothing_is_looked_up_again(pace: float) -> None:
    assert month_of(pace)[1] == 0


@given(st.lists(st.floats(0, 40), max_size=29))
def test_a_recheck_leaves_the_rest_of_the_months_pace(costs: list[float]) -> None:
    """One cost of new mentions a day: after each recheck the days to come have their share of the budget."""
    read, rechecked = 0.0, 0.0
    for day, cost in enumerate(costs, start=1):
        read += cost
        left = left_for_rechecks(BUDGET, read, rechecked, START + timedelta(days=day))
        read, rechecked = read + left, rechecked + left
        assert left == 0 or BUDGET - read >= BUDGET * (30 - day) / 30 - 0.001
