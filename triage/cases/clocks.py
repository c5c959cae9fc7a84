"""Waiting times, computed from a case's history: no claim, note or reaction stops a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from triage.cases.case import Move
from triage.time.working_time import WorkingTime

MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """The wait that a clock measures."""

    FIRST_REPLY = "first_reply"  # the customer waits, from the post to the first public answer
    NEXT_REPLY = "next_reply"  # the customer wrote again after an answer, and waits for the next one
    EXPERT = "expert"  # the desk waits for an expert
    RESOLUTION = "resolution"  # open time of the case; paused while we wait for the customer or an expert


class Event(Protocol):
    """A line of the history."""

    @property
    def what(self) -> str: ...

    @property
    def at(self) -> datetime: ...

    @property
    def detail(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Clock:
    """One run of a clock: its spans in order, the last one without an end while the clock runs."""

    kind: Kind
    spans: tuple[tuple[datetime, datetime | None], ...]
    stopped: bool = False

    @property
    def started_at(self) -> datetime:
        return self.spans[0][0]

    @property
    def runs(self) -> bool:
        return self.spans[-1][1] is None

    def wall_minutes(self, now: datetime) -> float:
        """Minutes that it has run by the wall clock."""
        return sum(((end or now) - start) / MINUTE for start, end in self.spans)

    def working_minutes(self, now: datetime, working: WorkingTime) -> float:
        """Minutes that it has run in working time."""
        return sum(working.minutes_between(start, end or now) for start, end in self.spans)

    def pause(self, at: datetime) -> "Clock":
        start, end = self.spans[-1]
        return self if end else replace(self, spans=(*self.spans[:-1], (start, max(start, at))))

    def go_on(self, at: datetime) -> "Clock":
        return self if self.runs else replace(self, spans=(*self.spans, (at, None)))

    def stop(self, at: datetime) -> "Clock":
        return replace(self.pause(at), stopped=True)


@dataclass(slots=True)
class _Telling:
    """The clocks of the history read so far: those still going, and those that are over."""

    going: dict[Kind, Clock] = field(default_factory=dict)
    over: list[Clock] = field(default_factory=list)
    answered: bool = False

    def start(self, kind: Kind, at: datetime) -> None:
        if kind not in self.going:
            self.going[kind] = Clock(kind, ((at, None),))

    def stop(self, kind: Kind, at: datetime) -> None:
        clock = self.going.pop(kind, None)
        if clock:
            self.over.append(clock.stop(at))

    def pause(self, kind: Kind, at: datetime) -> None:
        if kind in self.going:
            self.going[kind] = self.going[kind].pause(at)

    def go_on(self, kind: Kind, at: datetime) -> None:
        if kind in self.going:
            self.going[kind] = self.going[kind].go_on(at)


_ENDS = frozenset({Move.RESOLVE.value, Move.DISMISS.value, Move.VANISH.value})
_OURS_AGAIN = frozenset(
    {Move.ANSWER.value, Move.NO_ANSWER.value, Move.UNDO.value, Move.FALL_DUE.value, Move.CLAIM.value}
    | {Move.RELEASE.value, Move.RETURN.value}
)


def clocks_of(opened_at: datetime, events: Sequence[Event]) -> list[Clock]:
    """Every clock of a case that was posted at `opened_at`, in the order of their starts; `events` as they came."""
    telling = _Telling()
    for event in events:
        _tell(telling, event, opened_at)
    return sorted((*telling.over, *telling.going.values()), key=lambda clock: (clock.started_at, clock.kind))


def _tell(telling: _Telling, event: Event, opened_at: datetime) -> None:
    at, what = event.at, event.what
    if what == "opened":
        telling.start(Kind.FIRST_REPLY, opened_at)
        telling.start(Kind.RESOLUTION, opened_at)
    elif what in (Move.CUSTOMER_WROTE.value, Move.REOPEN.value):
        _turn_is_ours(telling, what, _said_at(event))
    elif what == "sent" or event.detail.get("by_hand"):
        _answered(telling, at)
        telling.pause(Kind.RESOLUTION, at)
    elif what in (Move.REPLY.value, Move.FOLLOW_UP.value):
        telling.pause(Kind.RESOLUTION, at)
    elif what in (Move.ESCALATE.value, Move.PASS.value):
        _experts_turn(telling, at)
    elif what in _OURS_AGAIN:
        telling.stop(Kind.EXPERT, at)
        telling.go_on(Kind.RESOLUTION, at)
    elif what in _ENDS:
        for kind in list(telling.going):
            telling.stop(kind, at)


def _turn_is_ours(telling: _Telling, what: str, at: datetime) -> None:
    """The customer wrote, or a closed case is opened again: it is being resolved, and perhaps answered, anew."""
    if what == Move.CUSTOMER_WROTE.value:
        telling.start(Kind.NEXT_REPLY if telling.answered else Kind.FIRST_REPLY, at)
    telling.start(Kind.RESOLUTION, at)
    if Kind.EXPERT not in telling.going:
        telling.go_on(Kind.RESOLUTION, at)


def _answered(telling: _Telling, at: datetime) -> None:
    telling.answered = True
    telling.stop(Kind.FIRST_REPLY, at)
    telling.stop(Kind.NEXT_REPLY, at)


def _experts_turn(telling: _Telling, at: datetime) -> None:
    telling.stop(Kind.EXPERT, at)  # the previous expert's clock: that expert passed
    telling.start(Kind.EXPERT, at)
    telling.pause(Kind.RESOLUTION, at)


def _said_at(event: Event) -> datetime:
    """When the customer wrote, not when we read it."""
    posted = event.detail.get("posted")
    return datetime.fromisoformat(posted) if posted else event.at
