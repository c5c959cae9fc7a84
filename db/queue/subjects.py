"""Subjects: what a delivery, a timer or a message of ours is about. Stored as text, parsed where it is read."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CaseOf:
    """A timer's case."""

    case_id: int

    def __str__(self) -> str:
        return f"case:{self.case_id}"


@dataclass(frozen=True, slots=True)
class CardOf:
    """The card of a case."""

    case_id: int

    def __str__(self) -> str:
        return f"card:{self.case_id}"


@dataclass(frozen=True, slots=True)
class MentionOf:
    """The announcement of a further post in its card's thread."""

    mention_id: int

    def __str__(self) -> str:
        return f"mention:{self.mention_id}"


@dataclass(frozen=True, slots=True)
class AskOf:
    """A question to an expert."""

    question_id: int

    def __str__(self) -> str:
        return f"ask:{self.question_id}"


@dataclass(frozen=True, slots=True)
class FollowUpOf:
    """A promise to come back to a case."""

    follow_up_id: int

    def __str__(self) -> str:
        return f"follow_up:{self.follow_up_id}"


@dataclass(frozen=True, slots=True)
class ApprovalOf:
    """A timer's approval."""

    approval_id: int

    def __str__(self) -> str:
        return f"approval:{self.approval_id}"


@dataclass(frozen=True, slots=True)
class ApprovalBy:
    """A reply that waits for approval, as one of those sees it who were asked."""

    approval_id: int
    person: str

    def __str__(self) -> str:
        return f"approval:{self.approval_id}:{self.person}"


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """One part of a reply, to be published."""

    reply_id: int
    number: int

    def __str__(self) -> str:
        return f"reply:{self.reply_id}:{self.number}"


@dataclass(frozen=True, slots=True)
class PublishedPart:
    """One part of a reply, to be deleted."""

    reply_id: int
    number: int

    def __str__(self) -> str:
        return f"unpost:{self.reply_id}:{self.number}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something said once. A delivery names the notice, its message the delivery."""

    name: str

    def __str__(self) -> str:
        return f"notice:{self.name}"


@dataclass(frozen=True, slots=True)
class BoardOf:
    """The board of a channel."""

    channel: str

    def __str__(self) -> str:
        return f"board:{self.channel}"


@dataclass(frozen=True, slots=True)
class ShiftOf:
    """A person's lists by the clock."""

    person: str

    def __str__(self) -> str:
        return f"shift:{self.person}"


@dataclass(frozen=True, slots=True)
class AbsenceOf:
    """A person's time away."""

    person: str

    def __str__(self) -> str:
        return f"absence:{self.person}"


@dataclass(frozen=True, slots=True)
class Removal:
    """The removal of a message."""

    of: "Subject"

    def __str__(self) -> str:
        return f"removal:{self.of}"


@dataclass(frozen=True, slots=True)
class Old:
    """The message of a subject where it was before, until it is removed there."""

    of: "Subject"
    ts: str

    def __str__(self) -> str:
        return f"old:{self.of}:{self.ts}"


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Text that this version can't read: a lane's name, or the subject of a newer version. Kept as it is."""

    text: str

    def __str__(self) -> str:
        return self.text


Subject = (
    CaseOf
    | CardOf
    | MentionOf
    | AskOf
    | FollowUpOf
    | ApprovalOf
    | ApprovalBy
    | ReplyPart
    | PublishedPart
    | Notice
    | BoardOf
    | ShiftOf
    | AbsenceOf
    | Removal
    | Old
    | Unparsed
)

_NUMBERED: dict[str, Callable[[int], Subject]] = {
    "case": CaseOf,
    "card": CardOf,
    "mention": MentionOf,
    "ask": AskOf,
    "follow_up": FollowUpOf,
    "approval": ApprovalOf,
}
_PARTS: dict[str, Callable[[int, int], Subject]] = {"reply": ReplyPart, "unpost": PublishedPart}
_NAMED: dict[str, Callable[[str], Subject]] = {
    "notice": Notice,
    "board": BoardOf,
    "shift": ShiftOf,
    "absence": AbsenceOf,
}


def parse(text: str) -> Subject:
    """Read a stored subject. Written again it is the same text, whatever it was."""
    try:
        subject = _parse(text)
    except ValueError:  # no number where one must be
        return Unparsed(text)
    return subject if str(subject) == text else Unparsed(text)


def kind_of(subject: Subject) -> str:
    """The word that a stored subject begins with: what it is about, and not which one."""
    return str(subject).partition(":")[0]


def _parse(text: str) -> Subject:
    match text.split(":"):
        case [kind, number] if kind in _NUMBERED:
            return _NUMBERED[kind](int(number))
        case [kind, number, part] if kind in _PARTS:
            return _PARTS[kind](int(number), int(part))
        case [kind, name] if kind in _NAMED and name:
            return _NAMED[kind](name)
        case ["approval", number, person]:
            return ApprovalBy(int(number), person)
        case ["removal", *of]:
            return Removal(parse(":".join(of)))
        case ["old", *of, ts]:
            return Old(parse(":".join(of)), ts)
    return Unparsed(text)
