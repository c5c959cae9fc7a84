"""How long everybody waited, told from histories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from event_samples import named
from hypothesis import given
from hypothesis import strategies as st

from triage.cases.case import Move
from triage.cases.clocks import Clock, Kind, clocks_of
from triage.events import CustomerWrote, Recorded
from triage.time.hours import Hours
from triage.time.working_time import WorkingTime

NINE = datetime(2026, 11, 20, 9, tzinfo=UTC)  # a Friday
ALWAYS = WorkingTime.of(None, "UTC")
OFFICE = WorkingTime.of(Hours(mon=["09:00-17:00"], fri=["09:00-17:00"]), "UTC")  # type: ignore[arg-type]


def history(*lines: tuple[int, str]) -> list[Recorded]:
    """(minutes after nine, what) of each event; customers write when it is read."""
    return [_line(NINE + timedelta(minutes=minutes), what) for minutes, what in lines]


def _line(at: datetime, what: str) -> Recorded:
    event = named(what)
    return Recorded(1, at, None, replace(event, posted=at) if isinstance(event, CustomerWrote) else event)


def told(*lines: tuple[int, str]) -> dict[Kind, list[Clock]]:
    found: dict[Kind, list[Clock]] = {}
    for clock in clocks_of(NINE, history((0, "opened"), *lines)):
        found.setdefault(clock.kind, []).append(clock)
    return found


def minutes(clocks: list[Clock], now: int = 600) -> list[float]:
    return [clock.wall_minutes(NINE + timedelta(minutes=now)) for clock in clocks]


def test_the_first_reply_counts_from_the_post_to_the_public_answer() -> None:
    clocks = told((5, "claim"), (6, "note"), (20, "reply"), (21, "sent"), (30, "resolve"))
    assert minutes(clocks[Kind.FIRST_REPLY]) == [21]


@pytest.mark.parametrize("what", ["claim", "note", "release", "transfer", "escalate", "thanks", "priority"])
def test_nothing_but_an_answer_stops_it(what: str) -> None:
    (clock,) = told((5, what))[Kind.FIRST_REPLY]
    assert clock.runs


def test_a_reply_that_is_taken_back_stops_nothing() -> None:
    (clock,) = told((20, "reply"), (21, "undo"))[Kind.FIRST_REPLY]
    assert clock.runs


def test_who_writes_again_after_an_answer_starts_the_next_reply() -> None:
    clocks = told((20, "reply"), (21, "sent"), (50, "customer_wrote"), (60, "reply"), (61, "sent"))
    assert minutes(clocks[Kind.NEXT_REPLY]) == [11]
    assert len(clocks[Kind.FIRST_REPLY]) == 1


def test_a_customers_clock_starts_when_they_wrote_not_when_it_was_read() -> None:
    events = history((0, "opened"), (20, "reply"), (21, "sent"))
    posted = NINE + timedelta(minutes=40)
    events.append(Recorded(5, NINE + timedelta(minutes=50), None, CustomerWrote("waiting", posted)))
    assert clocks_of(NINE, events)[-1].started_at == posted


def test_waiting_for_the_customer_and_for_the_expert_does_not_count_as_ours() -> None:
    clocks = told(
        (10, "escalate"),
        (40, "answer"),
        (50, "reply"),
        (51, "sent"),
        (200, "customer_wrote"),
        (210, "resolve"),
    )
    assert minutes(clocks[Kind.RESOLUTION]) == [10 + 10 + 10]
    assert minutes(clocks[Kind.EXPERT]) == [30]


def test_an_expert_who_passes_is_counted_apart_from_the_next() -> None:
    clocks = told((10, "escalate"), (25, "pass"), (40, "answer"))
    assert minutes(clocks[Kind.EXPERT]) == [15, 15]


def test_a_case_opened_again_is_resolved_anew() -> None:
    clocks = told((10, "resolve"), (100, "reopen"), (130, "resolve"))
    assert minutes(clocks[Kind.RESOLUTION]) == [10, 30]


def test_working_time_is_counted_beside_the_wall_clock() -> None:
    weekend = 3 * 24 * 60
    (clock,) = told((weekend, "sent"))[Kind.FIRST_REPLY]
    assert clock.wall_minutes(NINE) == weekend
    assert clock.working_minutes(NINE, OFFICE) == 8 * 60
    assert clock.working_minutes(NINE, ALWAYS) == weekend


@given(
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from([*Move, "sent", "note", "thanks"])), max_size=30)
)
def test_no_history_breaks_it_and_no_clock_runs_backwards(steps: list[tuple[int, str]]) -> None:
    at, lines = 0, []
    for pause, what in steps:
        at += pause
        lines.append((at, str(what)))
    for clocks in told(*lines).values():
        for clock in clocks:
            assert all(end is None or start <= end for start, end in clock.spans)
            assert 0 <= clock.wall_minutes(NINE + timedelta(minutes=at)) <= at
        assert all(earlier.stopped for earlier in clocks[:-1])
