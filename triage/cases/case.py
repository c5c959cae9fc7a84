"""A case: one customer's matter, its statuses and the one table of moves between them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.errors import DeskError
from triage.i18n import N_, _
from triage.scoring.priority import Priority, Reason
from triage.states import State


class Status(State):
    """The turn: nobody's, the owner's, the expert's, the customer's, or none."""

    NEW = "new"  # nobody's yet
    CLAIMED = "claimed"  # the owner's
    ESCALATED = "escalated"  # the expert's; the owner stays owner
    WAITING = "waiting"  # the customer's, or a follow-up date's
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    SOMETHING_NEW = "(new)"

    @property
    def is_open(self) -> bool:
        return self in OPEN

    def in_words(self) -> str:
        return _(_STATUS_WORDS[self])


CLOSED = frozenset({Status.RESOLVED, Status.DISMISSED})
OPEN = (Status.NEW, Status.CLAIMED, Status.ESCALATED, Status.WAITING)

_STATUS_WORDS = {
    Status.NEW: N_("Unclaimed"),
    Status.CLAIMED: N_("Claimed"),
    Status.ESCALATED: N_("With an expert"),
    Status.WAITING: N_("Waiting"),
    Status.RESOLVED: N_("Resolved"),
    Status.DISMISSED: N_("Dismissed"),
    Status.SOMETHING_NEW: N_("Something this version does not know"),
}


class Move(StrEnum):
    """A change to a case; its value is also the name of the event that it writes."""

    CLAIM = "claim"
    RELEASE = "release"
    TRANSFER = "transfer"
    ESCALATE = "escalate"
    PASS = "pass"
    ANSWER = "answer"
    NO_ANSWER = "no_answer"  # every expert and lead was asked in vain
    REPLY = "reply"
    UNDO = "undo"  # the reply was not sent after all
    FOLLOW_UP = "follow_up"
    FALL_DUE = "fall_due"  # a follow-up's date has come, so it is the owner's turn again
    RETURN = "return"  # back to the channel: nobody took a reminder, or the owner is away
    CUSTOMER_WROTE = "customer_wrote"
    RESOLVE = "resolve"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    VANISH = "vanish"  # every post of the customer was deleted on the network


_NEW, _CLAIMED, _ESCALATED, _WAITING = Status.NEW, Status.CLAIMED, Status.ESCALATED, Status.WAITING
_RESOLVED, _DISMISSED = Status.RESOLVED, Status.DISMISSED

# The status after each move, by the status before it; a pair that is not here is not allowed.
_TABLE: dict[Move, dict[Status, Status]] = {
    Move.CLAIM: dict.fromkeys((_NEW, _WAITING), _CLAIMED),
    Move.RELEASE: dict.fromkeys((_CLAIMED, _ESCALATED, _WAITING), _NEW),
    # A closed case keeps its status: it only loses its owner, who is away, in case it opens again.
    Move.RETURN: dict.fromkeys((_CLAIMED, _ESCALATED, _WAITING), _NEW) | {one: one for one in CLOSED},
    Move.TRANSFER: {_NEW: _CLAIMED, _CLAIMED: _CLAIMED, _ESCALATED: _ESCALATED, _WAITING: _WAITING},
    Move.ESCALATE: dict.fromkeys(OPEN, _ESCALATED),
    Move.PASS: {_ESCALATED: _ESCALATED},
    Move.ANSWER: {_ESCALATED: _CLAIMED},
    Move.NO_ANSWER: {_ESCALATED: _CLAIMED},
    # "We are looking into it" does not end the question to an expert.
    Move.REPLY: {_NEW: _WAITING, _CLAIMED: _WAITING, _WAITING: _WAITING, _ESCALATED: _ESCALATED},
    Move.FOLLOW_UP: {_NEW: _WAITING, _CLAIMED: _WAITING, _WAITING: _WAITING, _ESCALATED: _ESCALATED},
    Move.FALL_DUE: {_WAITING: _CLAIMED, _CLAIMED: _CLAIMED, _ESCALATED: _ESCALATED},
    # A reply taken back, also after the case was closed.
    Move.UNDO: {status: _CLAIMED if status is _WAITING else status for status in (*OPEN, *CLOSED)},
    # A dismissed case is opened again unless it was spam or a troll.
    Move.CUSTOMER_WROTE: {
        **{status: status for status in (_NEW, _CLAIMED, _ESCALATED)},
        **dict.fromkeys((_WAITING, _RESOLVED, _DISMISSED), _CLAIMED),
    },
    # A resolved case can be resolved again, to correct the reason.
    Move.RESOLVE: dict.fromkeys((*OPEN, _RESOLVED), _RESOLVED),
    Move.DISMISS: dict.fromkeys(OPEN, _DISMISSED),
    Move.REOPEN: dict.fromkeys(CLOSED, _CLAIMED),
    Move.VANISH: dict.fromkeys((*OPEN, *CLOSED), _DISMISSED),
}
MOVES = {(before, move): after for move, row in _TABLE.items() for before, after in row.items()}


class Outcome(State):
    """Why a case was closed."""

    ANSWERED = "answered"
    FIXED = "fixed"
    NO_REPLY_NEEDED = "no_reply_needed"
    SPAM = "spam"
    TROLL = "troll"
    NOT_US = "not_us"
    DUPLICATE = "duplicate"
    DELETED = "deleted"  # by its author, on the network
    SOMETHING_NEW = "(new)"

    def in_words(self) -> str:
        return _(_OUTCOME_WORDS[self])


RESOLUTIONS = (Outcome.ANSWERED, Outcome.FIXED, Outcome.NO_REPLY_NEEDED)
DISMISSALS = (Outcome.SPAM, Outcome.TROLL, Outcome.NOT_US, Outcome.DUPLICATE)

_OUTCOME_WORDS = {
    Outcome.ANSWERED: N_("answered"),
    Outcome.FIXED: N_("fixed"),
    Outcome.NO_REPLY_NEEDED: N_("no reply needed"),
    Outcome.SPAM: N_("spam"),
    Outcome.TROLL: N_("troll"),
    Outcome.NOT_US: N_("not about us"),
    Outcome.DUPLICATE: N_("duplicate"),
    Outcome.DELETED: N_("deleted by its author"),
    Outcome.SOMETHING_NEW: N_("for a reason this version does not know"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One customer's matter as it is now. Every write raises `version`, which compare-and-set compares."""

    id: int
    network: str
    account: str
    author_id: str
    conversation_id: str
    status: Status
    owner: str | None
    area: str | None
    channel: str
    language: str
    priority: Priority
    value: float
    reasons: tuple[Reason, ...]
    opened_at: datetime
    waiting_since: datetime  # start of the customer's wait for an answer, or of the last such wait
    queue_at: datetime  # its place in the queue: the earliest goes first
    due_at: datetime | None
    late_at: datetime | None  # the time at which it became late, for the figures
    first_reply_at: datetime | None
    closed_at: datetime | None
    outcome: Outcome | None
    reposts: int
    alike: int | None  # the case whose card shows this one, because their posts are near-copies
    version: int
    moved_from: str | None = None  # the account first addressed, if it was the wrong one
    ticket: str | None = None  # the help desk's reference, if the case continues there

    @property
    def answered(self) -> bool:
        """True once the customer has had an answer."""
        return self.first_reply_at is not None

    def after(self, move: Move) -> Status:
        """The status after `move`; raises IllegalMove if the table does not allow it."""
        try:
            target = MOVES[self.status, move]
        except KeyError:
            raise IllegalMove(self.status, move) from None
        if target is Status.CLAIMED and self.owner is None and move in _NEEDS_OWNER:
            return Status.NEW
        return target


# These moves give the turn back to the owner, or to the channel if the case has no owner.
_NEEDS_OWNER = frozenset({Move.CUSTOMER_WROTE, Move.ANSWER, Move.NO_ANSWER, Move.UNDO, Move.FALL_DUE})


class IllegalMove(DeskError):
    """This case has moved on, so that is no longer possible. The card shows how it is now."""

    def __init__(self, status: Status, move: Move) -> None:
        super().__init__(
            _("This case is “{status}” now, so that is not possible. The card shows how it is.").format(
                status=status.in_words().lower()
            )
        )
        self.status, self.move = status, move
