"""Rows as frozen classes: what the floors above are given, with states as enums."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar, get_origin, get_type_hints

from sqlalchemy import Row

from db.queue import lanes, subjects
from db.queue.lanes import EditsIn, Lane, PostsIn
from db.queue.subjects import Notice, Subject
from triage.errors import NotOfThisVersion
from triage.states import State

Kind = TypeVar("Kind")
S = TypeVar("S")
Parser = Callable[[Any], Any]
# JSON that a delivery brings along: what a notice says, and of whom.
Facts = dict[str, Any]


class ReplyState(State):
    QUEUED = "queued"  # leaves when its time to undo is over
    SENT = "sent"  # public
    UNDONE = "undone"  # taken back before it left
    REFUSED = "refused"  # the network does not take it
    UNKNOWN = "unknown"  # nobody can tell if it is public: a person is asked
    DELETING = "deleting"  # public, and somebody has asked for its deletion
    DELETED = "deleted"  # was public
    SOMETHING_NEW = "(new)"


class QuestionState(State):
    OPEN = "open"
    ANSWERED = "answered"
    PASSED = "passed"  # the expert passed it on
    EXPIRED = "expired"  # the expert's time was over
    OVERTAKEN = "overtaken"  # a colleague answered first
    WITHDRAWN = "withdrawn"  # the case was closed or given back
    SOMETHING_NEW = "(new)"


class FollowUpState(State):
    PROMISED = "promised"  # its date is still to come
    REMINDED = "reminded"  # its date has come, and its owner was told
    DONE = "done"
    MOVED = "moved"  # replaced by another date or owner
    RETURNED = "returned"  # nobody reacted: the case went back to the channel
    CANCELLED = "cancelled"  # the case was closed or given back
    SOMETHING_NEW = "(new)"


class ApprovalState(State):
    ASKED = "asked"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    SOMETHING_NEW = "(new)"


class TimerState(State):
    ARMED = "armed"
    FIRED = "fired"
    CANCELLED = "cancelled"
    SOMETHING_NEW = "(new)"


class DeliveryState(State):
    PENDING = "pending"  # not tried, or surely not done: may be sent
    SENDING = "sending"  # the intent is marked; after a crash: look before sending again
    UNKNOWN = "unknown"  # tried, and the answer was lost: look before sending again
    DONE = "done"
    FAILED = "failed"  # refused for good: told to a person
    CANCELLED = "cancelled"
    SOMETHING_NEW = "(new)"


class TimerKind(StrEnum):
    """One of a newer version is never read as due here: it stays armed as it is."""

    LANE = "lane"  # something waits in a lane: look at it
    WARNING = "warning"  # a reply falls due soon
    BREACH = "breach"  # a reply is late
    WORDING = "wording"  # a card says how near its due time is
    WRITING = "writing"  # whoever had the reply modal open has given no sign since
    FOLLOW_UP = "follow_up"  # a promised date has come
    FOLLOW_UP_UNANSWERED = "follow_up_unanswered"  # nobody reacted to a reminder
    ASK = "ask"  # an expert's time is over
    CHASE = "chase"  # the customer has not had an expert's answer
    CHASE_AGAIN = "chase_again"  # ... nor after the owner was reminded
    ASK_BACK = "ask_back"  # an expert who asked back waits
    ASK_BACK_AGAIN = "ask_back_again"  # ... and still does after the owner was reminded
    APPROVAL = "approval"  # an approver's time is over
    ABSENCE = "absence"  # somebody is back
    SHIFT_START = "shift_start"  # a day's first list
    SHIFT_END = "shift_end"  # a day's last list
    WEEK = "week"  # a lead's list of what was dismissed


class DeliveryKind(StrEnum):
    """One of a newer version is never read as due here: it waits as it is, and in nobody's way."""

    MESSAGE = "message"  # shows its subject as it is now, in Slack
    NOTICE = "notice"  # says something once in a direct message
    REMOVE = "remove"  # takes a message out of Slack
    REPLY = "reply"  # publishes a part of a reply
    UNPOST = "unpost"  # deletes a published part


@dataclass(frozen=True, slots=True)
class Reply:
    """A public answer in the brand's name, in one or more parts."""

    id: int
    case_id: int
    who: str | None  # None: found on the network, nobody knows who
    account: str
    answers: str
    typed: str
    parts: tuple[str, ...]
    posts: tuple[str, ...]  # the ids of the parts that are public; "": not known
    state: ReplyState
    by_hand: bool
    queued_at: datetime
    goes_at: datetime
    due_before: datetime | None  # the due time that it ended, should it not leave
    sent_at: datetime | None
    problem: str | None
    remind_at: datetime | None
    saved: int | None
    came_back: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that somebody has written and not sent."""

    case_id: int
    person: str
    text: str
    seen: str  # the case as its writer last saw it
    at: datetime
    saved: int | None


@dataclass(frozen=True, slots=True)
class Approval:
    """A reply that waits until somebody else has read it."""

    id: int
    case_id: int
    who: str
    typed: str
    parts: tuple[str, ...]
    account: str
    seen: str
    despite: dict[str, str]  # what the guard found, and why it is sent all the same; or {}
    remind_at: datetime | None
    reasons: tuple[str, ...]  # why it waits
    state: ApprovalState
    step: int
    asked: tuple[str, ...]
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    sent_text: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """One expert asked one question. A chain is a question on its way through the experts."""

    id: int
    case_id: int
    chain: int
    expert: str
    asked_by: str
    question: str
    asked_at: datetime
    due_at: datetime
    state: QuestionState
    area: str | None  # whose experts are asked, or a user group's id; None: the case's
    asked_back: str | None
    told_back: str | None
    answer: str | None
    ended_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is QuestionState.OPEN


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A date on which somebody comes back to a case."""

    id: int
    case_id: int
    person: str
    due_at: datetime
    note: str
    state: FollowUpState
    reminders: int
    made_at: datetime
    reminded_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state in (FollowUpState.PROMISED, FollowUpState.REMINDED)


@dataclass(frozen=True, slots=True)
class Absence:
    """A person's time away."""

    person: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class StandIn:
    """Duty by command. `area` is "" for the whole desk."""

    area: str
    person: str
    until: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a message in Slack."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Posted:
    """A message of ours in Slack, and how it looked when last drawn."""

    subject: Subject
    case_id: int | None
    person: str | None  # whose direct message it is; None: in a channel
    channel: str
    ts: str
    drawn: str
    plain: bool  # posted without its pictures
    posted_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.channel, self.ts)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A part that does not work right now."""

    part: str
    cause: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that must happen at a time."""

    id: int
    kind: TimerKind
    subject: Subject
    case_id: int | None
    due_at: datetime

    def about(self, kind: type[S]) -> S:
        """Its subject, which must be of this kind; raises NotOfThisVersion."""
        return _of_kind(kind, self.subject)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that must leave the system exactly once."""

    id: int
    key: str
    kind: DeliveryKind
    subject: Subject
    case_id: int | None
    lane: Lane
    rank: int
    state: DeliveryState
    not_before: datetime
    payload: Facts
    attempts: int
    made_at: datetime
    intent_at: datetime | None
    tried_at: datetime | None
    ended_at: datetime | None
    problem: str | None

    @property
    def message_subject(self) -> Subject:
        """The subject of its message; a notice is said once, so each is a subject of its own."""
        return Notice(str(self.id)) if self.kind is DeliveryKind.NOTICE else self.subject

    @property
    def channel(self) -> str | None:
        """The channel that its lane is for; None for direct messages and networks."""
        return self.lane.channel if isinstance(self.lane, PostsIn | EditsIn) else None

    def about(self, kind: type[S]) -> S:
        """Its subject, which must be of this kind; raises NotOfThisVersion."""
        return _of_kind(kind, self.subject)


def _of_kind(kind: type[S], subject: Subject) -> S:
    if not isinstance(subject, kind):
        raise NotOfThisVersion(subjects.kind_of(subject))
    return subject


def read(kind: type[Kind], row: Row[Any]) -> Kind:
    """Make a row of this kind: columns by name, states as enums, lists as tuples."""
    stored = row._mapping
    return kind(**{name: parse(stored[name]) for name, parse in _PARSERS[kind].items()})


def read_all(kind: type[Kind], rows: Iterable[Row[Any]]) -> list[Kind]:
    return [read(kind, row) for row in rows]


def read_one(kind: type[Kind], row: Row[Any] | None) -> Kind | None:
    return None if row is None else read(kind, row)


def _parsers(kind: type[Any]) -> dict[str, Parser]:
    """Find out from its annotations how each field of a class is made of its column."""
    hints = get_type_hints(kind)
    return {field.name: _parser(hints[field.name]) for field in fields(kind)}


def _parser(hint: Any) -> Parser:
    if hint in _PARSED:
        return _PARSED[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint.read if issubclass(hint, State) else hint
    return tuple if get_origin(hint) is tuple else _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


_PARSED: dict[Any, Parser] = {Subject: subjects.parse, Lane: lanes.parse}
_KINDS = (Reply, Draft, Approval, Question, FollowUp, Absence, StandIn, Posted, Trouble, Timer, Delivery)
_PARSERS: dict[type[Any], dict[str, Parser]] = {kind: _parsers(kind) for kind in _KINDS}
