"""Rights: one table of role × gesture × case, which is a person's own, free, or another person's."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, StringConstraints

from triage.cases.case import Case
from triage.errors import DeskError
from triage.i18n import _
from triage.time.hours import Hours, Timezone
from triage.time.working_time import WorkingTime

SlackId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
# A person, or a user group.
SomeSlackId = Annotated[str, StringConstraints(pattern=r"^[UWS][A-Z0-9]+$")]


class Role(StrEnum):
    """A person's role on the desk; each may do what those before it may."""

    VIEWER = "viewer"
    TRAINEE = "trainee"
    AGENT = "agent"
    LEAD = "lead"

    def is_at_least(self, least: "Role") -> bool:
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(least)


class PersonEntry(BaseModel):
    """`[[person]]` in desk.toml: facts about a person that Slack lacks or has differently."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slack: SlackId
    initials: Annotated[str, StringConstraints(min_length=1, max_length=4, pattern=r"^\S+$")] | None = None
    role: Role | None = None
    hours: Hours | None = None  # when direct messages reach them; at any time, if nothing is said
    timezone: Timezone | None = None  # as Slack says otherwise


@dataclass(frozen=True, slots=True)
class Person:
    """A person in Slack, as the desk sees them."""

    slack: str
    name: str
    initials: str
    role: Role
    timezone: str = "UTC"
    language: str = "en"  # the desk's language with them
    supervised: bool = False  # each of their replies waits until another person has read it
    first_name: str = ""  # the name they sign with; empty: the first word of `name`
    working: WorkingTime | None = None  # their own hours; None: not known

    @property
    def signs_as(self) -> str:
        return self.first_name or self.name.split()[0]

    def at_work_from(self, at: datetime) -> datetime:
        """`at` itself if it is within their own hours, otherwise the next start of them."""
        return self.working.next_opening(at) if self.working else at

    @property
    def zone(self) -> ZoneInfo:
        """Their time zone; UTC if Slack names no valid one."""
        try:
            return ZoneInfo(self.timezone)
        except (KeyError, ValueError, OSError):
            return ZoneInfo("UTC")


class Whose(StrEnum):
    OWN = "own"
    FREE = "free"
    OTHERS = "others"


_ALL = frozenset(Whose)
_MINE = frozenset({Whose.OWN, Whose.FREE})
_OWN = frozenset({Whose.OWN})

_TRAINEE: dict[str, frozenset[Whose]] = {
    "details": _ALL,
    "card": _ALL,
    "show": _MINE,  # docs/adr/0010-who-may-look.md
    "note": _ALL,
    "claim": _ALL,  # the table of moves and the compare-and-set decide who wins
    "release": _OWN,
    "transfer": _MINE,
    "escalate": _MINE,
    "follow_up": _MINE,
    "ticket": _MINE,
    "priority": _ALL,
    "area": _ALL,
}
_AGENT = _TRAINEE | {
    "show": _ALL,  # whoever stands in for a colleague; the history keeps who looked
    "transfer": _ALL,  # an absent colleague's customer must not wait; the owner is told
    "reply": _MINE,
    "undo": _MINE,
    "withdraw": _ALL,  # its writer, and leads: the approval says whose it is
    "approve": _ALL,  # leads, and who was asked: the approval says whom
    "delete_reply": _ALL,  # its author, and leads: the reply says whose it is
    "move": _MINE,
    "posted": _MINE,
    "resolve": _MINE,
    "dismiss": _MINE,
    "reopen": _ALL,
    "was_sent": _MINE,
    "send_again": _MINE,
    "save_reply": _ALL,  # what was said in public may be said again; whoever saves it owns it
    "edit_saved": _OWN,  # a saved reply of theirs; one without an owner is the leads'
}
RIGHTS: dict[Role, dict[str, frozenset[Whose]]] = {
    Role.VIEWER: {"details": _ALL},
    Role.TRAINEE: _TRAINEE,
    Role.AGENT: _AGENT,
    Role.LEAD: dict.fromkeys(_AGENT, _ALL),
}


# What somebody may who is learning, where desk.toml has each reply of theirs read first.
_SUPERVISED = {"reply": _MINE, "undo": _OWN, "withdraw": _OWN}


class NotAllowed(DeskError):
    """You may look at this case, but not do that."""


class Owned(Protocol):
    """A case, or a saved reply."""

    @property
    def owner(self) -> str | None: ...


def whose(owned: Owned, person: Person) -> Whose:
    if owned.owner is None:
        return Whose.FREE
    return Whose.OWN if owned.owner == person.slack else Whose.OTHERS


def may(person: Person, gesture: str, case: Owned) -> bool:
    return whose(case, person) in rights_of(person).get(gesture, frozenset())


def rights_of(person: Person) -> dict[str, frozenset[Whose]]:
    return RIGHTS[person.role] | (_SUPERVISED if person.supervised else {})


def require(person: Person, gesture: str, case: Case) -> None:
    """Raise NotAllowed, with a sentence that says who may, unless the table lets `person` do it."""
    if may(person, gesture, case):
        return
    require_right(person, gesture)
    if case.owner is None:
        raise NotAllowed(_("Nobody has this case. Take it first."))
    raise NotAllowed(
        _("<@{owner}> has this case. Ask them, a lead, or transfer it first.").format(owner=case.owner)
    )


def require_right(person: Person, gesture: str) -> None:
    """Raise NotAllowed unless there is a case that the table lets `person` do it to."""
    if gesture in rights_of(person):
        return
    if person.role is Role.TRAINEE:
        raise NotAllowed(_("Trainees can't do that yet. Escalate the case or transfer it to an agent."))
    raise NotAllowed(_("You may look at this case, but not work on it. Ask a lead to add you to the desk."))


def require_role(person: Person, least: Role) -> None:
    """Raise NotAllowed unless `person` has that role or a higher one."""
    if person.role.is_at_least(least):
        return
    if least is Role.LEAD:
        raise NotAllowed(_("Only leads can do that."))
    raise NotAllowed(_("You may look at cards, but you are not on this desk. Ask a lead to add you."))


def initials_of(name: str) -> str:
    """Initials from a name: "Anna Bianchi" gives "AB", "Anna" gives "A"; never empty."""
    words = [word for word in name.replace("-", " ").split() if word[:1].isalpha()]
    letters = [word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters) or "?"
