"""Waiting times, computed from a case's history: no claim, note or reaction stops a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from triage.events import (
    Claimed,
    CustomerWrote,
    Dismissed,
    Escalated,
    Event,
    ExpertAnswered,
    ExpertDroppedOut,
    FellDue,
    NobodyAnswered,
    Opened,
    Promised,
    QuestionPassed,
    Released,
    Reopened,
    Replied,
    RepliedByHand,
    RepliedUnread,
    ReplyDeleted,
    ReplyRefused,
    ReplyUndone,
    Resolved,
    Returned,
    ReturnedFromAway,
    Sent,
    Unknown,
    Vanished,
)
from triage.time.working_time import WorkingTime

MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """The wait that a clock measures."""

    FIRST_REPLY = "first_reply"  # the customer waits, from the post to the first public answer
    NEXT_REPLY = "next_reply"  # the customer wrote again after an answer, and waits for the next one
    EXPERT = "expert"  # the desk waits for an expert
    RESOLUTION = "resolution"  # open time of the case; paused while we wait for the customer or an expert


class Line(Protocol):
    """A line of the history."""

    @property
    def at(self) -> datetime: ...

    @property
    def event(self) -> Event | Unknown: ...


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


_PUBLIC = (Sent, RepliedByHand)
_THEIR_TURN = (Replied, RepliedUnread, Promised)
_EXPERTS_TURN = (Escalated, QuestionPassed, ExpertDroppedOut)
_TAKEN_BACK = (ReplyUndone, ReplyRefused, ReplyDeleted)
_GIVEN_BACK = (Released, Returned, ReturnedFromAway)
_OURS_AGAIN = (ExpertAnswered, NobodyAnswered, *_TAKEN_BACK, FellDue, Claimed, *_GIVEN_BACK)
_ENDS = (Resolved, Dismissed, Vanished)
# All that a clock listens to.
COUNTED: tuple[type[Event], ...] = (
    *(Opened, CustomerWrote, Reopened),
    *(*_PUBLIC, *_THEIR_TURN, *_EXPERTS_TURN, *_OURS_AGAIN, *_ENDS),
)


def clocks_of(opened_at: datetime, lines: Sequence[Line]) -> list[Clock]:
    """Every clock of a case that was posted at `opened_at`, in the order of their starts; `lines` as they came."""
    telling = _Telling()
    for line in lines:
        _tell(telling, line.event, line.at, opened_at)
    return sorted((*telling.over, *telling.going.values()), key=lambda clock: (clock.started_at, clock.kind))


def _tell(telling: _Telling, event: Event | Unknown, at: datetime, opened_at: datetime) -> None:
    if isinstance(event, Opened):
        telling.start(Kind.FIRST_REPLY, opened_at)
        telling.start(Kind.RESOLUTION, opened_at)
    elif isinstance(event, CustomerWrote):
        posted = event.posted or at
        telling.start(Kind.NEXT_REPLY if telling.answered else Kind.FIRST_REPLY, posted)
        _turn_is_ours(telling, posted)
    elif isinstance(event, Reopened):
        _turn_is_ours(telling, at)
    elif isinstance(event, _PUBLIC):
        _answered(telling, at)
        telling.pause(Kind.RESOLUTION, at)
    elif isinstance(event, _THEIR_TURN):
        telling.pause(Kind.RESOLUTION, at)
    elif isinstance(event, _EXPERTS_TURN):
        _experts_turn(telling, at)
    elif isinstance(event, _OURS_AGAIN):
        telling.stop(Kind.EXPERT, at)
        telling.go_on(Kind.RESOLUTION, at)
    elif isinstance(event, _ENDS):
        for kind in list(telling.going):
            telling.stop(kind, at)


def _turn_is_ours(telling: _Telling, at: datetime) -> None:
    """The customer wrote, or a closed case is opened again: it is being resolved once more."""
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
