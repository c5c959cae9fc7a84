"""Events of a case or of the desk: one frozen class each, with its fields and its words."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from enum import Enum
from string import Formatter
from typing import Annotated, Any, ClassVar, TypeVar, Union, dataclass_transform, get_args, get_origin

from triage.cases.case import Move, Outcome
from triage.i18n import N_, _
from triage.privacy import guard
from triage.scoring.priority import Priority
from triage.text.surfaces import Surface

# The kinds of fields that are shown. A field of another type is kept and not shown.


@dataclass(frozen=True, slots=True)
class Shown:
    """The way a surface shows a field; `nothing` is said of None."""

    show: Callable[[Surface, Any], str]
    nothing: str = ""

    def in_words(self, surface: Surface, value: object) -> str:
        return _(self.nothing) if value is None else self.show(surface, value)


Who = Annotated[str, Shown(lambda surface, who: surface.person(who), N_("nobody"))]
# More people after the first one.
Others = Annotated[
    tuple[str, ...],
    Shown(lambda surface, others: "".join(f", {surface.person(who)}" for who in others)),
]
When = Annotated[datetime, Shown(lambda surface, at: surface.moment(at))]
OnNetwork = Annotated[str, Shown(lambda surface, url: surface.link(url, _("see it")) if url else "")]
OtherCase = Annotated[int, Shown(lambda surface, number: surface.case(number))]
Name = Annotated[str, Shown(lambda surface, name: surface.name(name) if name else _("none"), N_("none"))]
Area = Annotated[str, Shown(lambda surface, name: surface.name(name), N_("the whole desk"))]
Names = Annotated[
    tuple[str, ...], Shown(lambda surface, names: ", ".join(surface.name(name) for name in names))
]
Number = Annotated[int, Shown(lambda _surface, number: str(number))]
Urgency = Annotated[Priority, Shown(lambda _surface, priority: priority.in_words().lower())]
Result = Annotated[Outcome, Shown(lambda _surface, outcome: outcome.in_words())]
# What the guard found: "phone, email".
Found = Annotated[str, Shown(lambda surface, found: surface.name(guard.in_words(found)))]
ListName = Annotated[str, Shown(lambda surface, name: surface.name(_(_LISTS.get(name, name))))]
Quote = Annotated[str, Shown(lambda surface, text: surface.quote(text, 400))]
# A remark that may be missing, after a colon.
Remark = Annotated[str, Shown(lambda surface, text: f": {surface.quote(text, 300)}" if text else "")]
# A message as Slack delivered it.
Message = Annotated[str, Shown(lambda surface, text: surface.markup(text, 500))]


_LISTS = {
    "shift_start": N_("the list of the morning"),
    "shift_end": N_("the list at the end of the day"),
    "week": N_("the list of the week"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event: its key in the database, how it is read back, and how it is shown, if it is."""

    name: str
    key: str
    read: Callable[[object], object]
    shown: Shown | None
    may_lack: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `event` gives each class its stored name and its words; none comes without."""

    what: ClassVar[str]
    words: ClassVar[str]
    mark: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]

    @property
    def detail(self) -> dict[str, object]:
        """The fields as the database keeps them."""
        kept = {field.key: _kept(getattr(self, field.name)) for field in self.fields}
        return {self.mark: True, **kept} if self.mark else kept  # a mark may be a field

    def in_words(self, surface: Surface, who: str | None) -> str:
        """One line; `who` is the Slack id of a person, None is the desk itself."""
        values = {
            field.key: field.shown.in_words(surface, getattr(self, field.name))
            for field in self.fields
            if field.shown
        }
        return surface.line(_(self.words).format(who=_doer(surface, who), **values))


class OfCase(Event):
    """Something that happened to a case."""

    __slots__ = ()


class Moved(OfCase):
    """A move of a case: its name is the move's."""

    __slots__ = ()

    @property
    def move(self) -> Move:
        return Move(self.what)


class OfDesk(Event):
    """Something that happened on the desk, to no case."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """An event that this version can't read: a newer one wrote it, or its detail is damaged. It is kept as it is."""

    what: str
    detail: object

    def in_words(self, surface: Surface, who: str | None) -> str:
        line = _("{who}: something this version does not know ({what})")
        return surface.line(line.format(who=_doer(surface, who), what=surface.name(self.what)))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The facts that a report needs of a case, as they were at the event."""

    area: str | None
    priority: Priority
    due_at: datetime | None
    account: str
    language: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of the history. Only what older versions wrote about a case has no `snapshot`."""

    id: int
    at: datetime
    who: str | None
    event: Event | Unknown
    case_id: int | None = None
    snapshot: Snapshot | None = None

    def in_words(self, surface: Surface) -> str:
        return self.event.in_words(surface, self.who)


def parse(what: str, detail: object) -> Event | Unknown:
    """The event that a row holds, whichever version wrote it."""
    kinds = KINDS.get(_OLD_NAMES.get(what, what), ())
    if isinstance(detail, dict):
        for kind in kinds:
            if not kind.mark or detail.get(kind.mark) not in (None, False):
                try:
                    return _read(kind, detail)
                except (KeyError, TypeError, ValueError):
                    break
    return Unknown(what, detail)


# {stored name: the classes that share it, those with a mark first}.
KINDS: dict[str, list[type[Event]]] = {}
# The first release recorded a refusal on a closed case apart.
_OLD_NAMES = {"refused": Move.UNDO.value}

Kind = TypeVar("Kind", bound=Event)


@dataclass_transform(frozen_default=True)
def event(what: str, words: str, *, marked: str = "") -> Callable[[type[Kind]], type[Kind]]:
    """Make a class an event. `what` is its stored name and `words` its sentence, with a place for each shown field.

    Classes may share a name: `marked` is the key of the detail that tells one from the rest. A name and a key once
    written stay readable for good.
    """

    def make(kind: type[Kind]) -> type[Kind]:
        made = dataclass(frozen=True, slots=True)(kind)
        made.what, made.words, made.mark = str(what), words, marked
        made.fields = _fields_of(made)
        _require_words(made)
        KINDS[made.what] = sorted([*KINDS.get(made.what, ()), made], key=lambda one: not one.mark)
        return made

    return make


def _fields_of(kind: type[Event]) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=one.name,
            key=one.name.rstrip("_"),
            read=_reader(one.type),
            shown=_shown(one.type),
            may_lack=one.default is not MISSING,
        )
        for one in fields(kind)
    )


def _require_words(kind: type[Event]) -> None:
    """Raise TypeError for an event without words, or with words that do not show what it holds."""
    places = {name for _text, name, _spec, _conversion in Formatter().parse(kind.words) if name is not None}
    shown = {field.key for field in kind.fields if field.shown}
    if not kind.words.strip() or places - {"who"} != shown:
        raise TypeError(f"{kind.__name__}: its words show {sorted(places)}, its fields are {sorted(shown)}")


def _shown(hint: object) -> Shown | None:
    found = [one for one in _parts(hint) if isinstance(one, Shown)]
    return found[0] if found else None


def _parts(hint: object) -> tuple[object, ...]:
    """The type of a field, and how it is shown, without the "or None"."""
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = [one for one in get_args(hint) if one is not type(None)]
    return get_args(hint) if get_origin(hint) is Annotated else (hint,)


def _reader(hint: object) -> Callable[[object], object]:
    """Reads a field from JSON; raises ValueError or TypeError where it is something else."""
    read = _reader_of(_parts(hint)[0])
    if type(None) in get_args(hint):
        return lambda raw: None if raw is None else read(raw)
    return read


def _reader_of(kind: Any) -> Callable[[object], object]:
    if get_origin(kind) is tuple:
        one = _reader_of(get_args(kind)[0])
        return lambda raw: tuple(one(item) for item in _exactly(list, raw))
    if kind is datetime:
        return lambda raw: _aware(datetime.fromisoformat(_exactly(str, raw)))
    if issubclass(kind, Enum):
        return lambda raw: kind(raw)
    return lambda raw: _exactly(kind, raw)


Exact = TypeVar("Exact")


def _exactly(kind: type[Exact], raw: object) -> Exact:
    if type(raw) is not kind:
        raise TypeError(f"{raw!r} is no {kind.__name__}")
    return raw


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no zone")
    return at


def _read(kind: type[Event], detail: Mapping[str, object]) -> Event:
    """Raises KeyError, TypeError or ValueError where the detail is not of this kind."""
    present = [field for field in kind.fields if field.key in detail or not field.may_lack]
    return kind(**{field.name: field.read(detail[field.key]) for field in present})


def _kept(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case Enum():
            return value.value
        case tuple():
            return list(value)
    return value


def _doer(surface: Surface, who: str | None) -> str:
    return surface.person(who) if who else _("Mentiondesk")


# Arriving


@event("opened", N_("Opened by a new mention"))
class Opened(OfCase):
    matched: tuple[str, ...] = ()  # the keywords that led to its area


@event(Move.CUSTOMER_WROTE, N_("The customer wrote again"))
class CustomerWrote(Moved):
    from_: str = ""  # the status before
    posted: datetime | None = None  # when they wrote, not when we read it


@event("wrote_again", N_("The author wrote again; the case stays dismissed"))
class WroteAgain(OfCase):
    pass


@event("thanks", N_("The customer said thanks"))
class SaidThanks(OfCase):
    pass


@event("alike", N_("Almost the same as case {head}: shown under its card"))
class PutUnder(OfCase):
    head: OtherCase


@event("asked_for_card", N_("{who} asked for its card"))
class CardWanted(OfCase):
    pass


@event("edited", N_("The author edited a post"))
class PostEdited(OfCase):
    pass


@event("post_deleted", N_("The author deleted a post"))
class PostDeleted(OfCase):
    post: str = ""


@event("our_post_deleted", N_("An answer of ours was deleted on the network"))
class OurPostDeleted(OfCase):
    post: str = ""


@event(Move.VANISH, N_("Closed: the author deleted the post"))
class Vanished(Moved):
    pass


# Ownership


@event(Move.CLAIM, N_("{who} took the case"))
class Claimed(Moved):
    pass


@event(Move.RELEASE, N_("{who} gave it back"))
class Released(Moved):
    pass


@event(Move.TRANSFER, N_("{who} gave it to {to}{note}"))
class Transferred(Moved):
    to: Who
    note: Remark = ""


@event(Move.RETURN, N_("Back to the channel: the reminder was not answered"))
class Returned(Moved):
    pass


@event(Move.RETURN, N_("Back to the channel: {away} is away"), marked="away")
class ReturnedFromAway(Moved):
    away: Who


# Corrections and remarks


@event("priority", N_("{who} changed the priority from {before} to {after}"))
class PriorityChanged(OfCase):
    before: Urgency
    after: Urgency


@event("area", N_("{who} changed the area from {before} to {after}"))
class AreaChanged(OfCase):
    before: Name | None
    after: Name | None


@event("move", N_("{who} moved it from {before} to {after}"))
class AccountChanged(OfCase):
    """Handles with their @."""

    before: Name
    after: Name


@event("note", N_("📝 {who}: {text}"))
class Noted(OfCase):
    text: Message
    ts: str = ""


@event("show", N_("{who} looked at what is hidden"))
class HiddenShown(OfCase):
    posts: tuple[int, ...] = ()


@event("late", N_("The promised time passed without an answer"))
class Late(OfCase):
    pass


@event("ticket", N_("{who} moved it to the help desk: {ticket}"))
class TicketKept(OfCase):
    ticket: Name


# Experts


@event(Move.ESCALATE, N_("{who} asked {to}{others}: {question}"))
class Escalated(Moved):
    to: Who
    question: Quote
    others: Others = ()


@event(Move.PASS, N_("The question went from {from} to {to}"))
class QuestionPassed(Moved):
    from_: Who
    to: Who
    expired: bool = False


@event(Move.PASS, N_("{from} does not answer; others were asked too"), marked="others_left")
class ExpertDroppedOut(Moved):
    from_: Who
    expired: bool = False


@event(Move.ANSWER, N_("{who} answered the question"))
class ExpertAnswered(Moved):
    pass


@event(Move.NO_ANSWER, N_("Nobody answered the question; back to the owner"))
class NobodyAnswered(Moved):
    from_: str = ""
    expired: bool = False


@event("ask_back", N_("{who} asked back: {question}"))
class AskedBack(OfCase):
    question: Quote


@event("tell_back", N_("{who} told the expert{note}"))
class ToldBack(OfCase):
    note: Remark = ""


@event("not_before", N_("{who} looks at the question, not before {due}"))
class LooksLater(OfCase):
    due: When


# Replies


@event(Move.REPLY, N_("{who} answered the customer"))
class Replied(Moved):
    reply: int | None = None
    approved_by: str | None = None


@event(Move.REPLY, N_("{who} answered the customer; nobody else could approve it"), marked="nobody_else")
class RepliedUnread(Moved):
    reply: int | None = None


@event(Move.REPLY, N_("{who} answered the customer {url}"), marked="by_hand")
class RepliedByHand(Moved):
    """On the network itself: the post is public."""

    url: OnNetwork = ""


@event("sent", N_("The answer is public, {url}"))
class Sent(OfCase):
    reply: int
    url: OnNetwork = ""


@event("sent_anyway", N_("{who} sent it although the guard found something ({found}){note}"))
class SentAnyway(OfCase):
    reply: int
    found: Found
    note: Remark = ""


@event(Move.UNDO, N_("{who} took the answer back before it went out"))
class ReplyUndone(Moved):
    reply: int


@event(Move.UNDO, N_("The answer, or the rest of it, did not go out: {problem}"), marked="problem")
class ReplyRefused(Moved):
    reply: int
    problem: Quote


@event(Move.UNDO, N_("The answer is deleted; its text is a draft again"), marked="deleted")
class ReplyDeleted(Moved):
    reply: int


@event("delete_reply", N_("{who} had the answer deleted{note}"))
class DeletionAsked(OfCase):
    reply: int
    note: Remark = ""


@event("reply_unknown", N_("The network did not say whether the answer went out"))
class ReplyUnsettled(OfCase):
    reply: int


@event("was_sent", N_("{who} saw that the answer is public"))
class SeenPublic(OfCase):
    reply: int


@event("send_again", N_("{who} sent the answer again"))
class SentAgain(OfCase):
    reply: int


# Approval


@event("ask_approval", N_("{who} asked {to} to read the answer first"))
class ApprovalAsked(OfCase):
    to: Who


@event("approval_passed_on", N_("Nobody has read it yet: {to} is asked too"))
class ApprovalPassedOn(OfCase):
    to: Who


@event("approve", N_("{who} approved the answer"))
class Approved(OfCase):
    pass


@event("edited_reply", N_("{who} edited and approved the answer. Before: {before_text} After: {after_text}"))
class ApprovedEdited(OfCase):
    before_text: Quote
    after_text: Quote


@event("send_back", N_("{who} sent the answer back{note}"))
class SentBack(OfCase):
    note: Remark = ""


@event("withdraw", N_("{who} withdrew the answer"))
class Withdrawn(OfCase):
    pass


# Promises


@event(Move.FOLLOW_UP, N_("{who} follows up {due}{note}"))
class Promised(Moved):
    due: When
    note: Remark = ""


@event(Move.FALL_DUE, N_("The follow-up fell due{note}"))
class FellDue(Moved):
    note: Remark = ""


@event("promise_kept", N_("{who} kept the promise{note}"))
class PromiseKept(OfCase):
    note: Remark = ""


# Endings


class Closed(Moved):
    """Resolved or dismissed, with the reason."""

    __slots__ = ()
    outcome: Result


@event(Move.RESOLVE, N_("{who} resolved it: {outcome}"))
class Resolved(Closed):
    outcome: Result


@event(Move.DISMISS, N_("{who} dismissed it: {outcome}"))
class Dismissed(Closed):
    outcome: Result


@event(Move.REOPEN, N_("{who} reopened it"))
class Reopened(Moved):
    pass


# On the desk, to no case


@event("away", N_("{who} is away until {until}"))
class WentAway(OfDesk):
    until: When


@event("back", N_("{who} is back"))
class CameBack(OfDesk):
    pass


@event("on_duty", N_("{who} put {person} on duty for {area} until {until}"))
class PutOnDuty(OfDesk):
    person: Who
    area: Area | None
    until: When


@event("list_off", N_("{who} switched off {which}"))
class ListSwitchedOff(OfDesk):
    which: ListName


@event("list_on", N_("{who} switched on {which}"))
class ListSwitchedOn(OfDesk):
    which: ListName


@event("saved_reply_added", N_("{who} added the saved reply {title}"))
class SavedReplyAdded(OfDesk):
    title: Name


@event("saved_reply_changed", N_("{who} changed the saved reply {title}"))
class SavedReplyChanged(OfDesk):
    title: Name


@event("saved_reply_removed", N_("{who} removed the saved reply {title}"))
class SavedReplyRemoved(OfDesk):
    title: Name


@event(
    "saved_replies_taken_in",
    N_("Saved replies taken in from a file: {added} new, {changed} changed, {removed} removed"),
)
class SavedRepliesTakenIn(OfDesk):
    added: Number
    changed: Number
    removed: Number


class SettingsRead(OfDesk):
    """The settings at a start; `digests`: "section digest" of each, to compare with at the next start."""

    __slots__ = ()
    digests: tuple[str, ...]


@event("settings", N_("The desk's settings were read for the first time"))
class SettingsFirstRead(SettingsRead):
    digests: tuple[str, ...]


@event("settings", N_("The desk's settings changed: {sections}"), marked="sections")
class SettingsChanged(SettingsRead):
    sections: Names
    digests: tuple[str, ...]
