"""Two pairs of eyes: which replies wait until somebody else has read them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from triage.i18n import N_, _
from triage.people import People
from triage.privacy.guard import SAID_ALOUD, Finding
from triage.rights import Person, Role, SomeSlackId
from triage.scoring.priority import Priority


class Approval(BaseModel):
    """`[approval]`: when a reply waits, for whom, and how long each of them has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    roles: list[Role] = []
    priorities: list[Priority] = []
    guard: bool = False
    approvers: list[SomeSlackId] = []  # people or user groups; the leads, if nobody is named
    minutes: Annotated[int, Field(ge=1, le=1440)] = 15


def reason_in_words(stored: str) -> str:
    """A reason of a newer version is shown as it is."""
    return Why(stored).in_words() if stored in set(Why) else stored


class Why(StrEnum):
    """A reason for a reply to wait."""

    ROLE = "role"
    PRIORITY = "priority"
    GUARD = "guard"

    def in_words(self) -> str:
        return _(_WORDING[self])


_WORDING = {
    Why.ROLE: N_("its writer is learning"),
    Why.PRIORITY: N_("the case is pressing"),
    Why.GUARD: N_("the guard found something"),
}


def needed(
    rules: Approval | None, person: Person, priority: Priority, findings: Sequence[Finding]
) -> tuple[Why, ...]:
    """Give the reasons for which a reply waits for somebody else's eyes; empty if it need not."""
    if rules is None:
        return ()
    found = any(finding.kind not in SAID_ALOUD for finding in findings)
    reasons = {
        Why.ROLE: person.role in rules.roles,
        Why.PRIORITY: priority in rules.priorities,
        Why.GUARD: rules.guard and found,
    }
    return tuple(why for why, holds in reasons.items() if holds)


def may_read(person: Person) -> bool:
    """True if a person may be asked to read a colleague's reply."""
    return person.role in (Role.AGENT, Role.LEAD)


def readers(
    rules: Approval | None, leads: Sequence[str], people: People, writer: str, step: int
) -> tuple[str, ...]:
    """Choose the people a reply waits for at a step: those named, then each lead, then every colleague, at last nobody.

    `leads` are those of the case's area, in the order in which they are asked.
    """
    steps = _steps(rules, leads, people, writer)
    if step < len(steps):
        return steps[step]
    return _of(people.members, people, writer) if step == len(steps) else ()


def asks_everybody(
    rules: Approval | None, leads: Sequence[str], people: People, writer: str, step: int
) -> bool:
    """True if at this step only the whole desk is left to be asked."""
    return step == len(_steps(rules, leads, people, writer))


def _steps(
    rules: Approval | None, leads: Sequence[str], people: People, writer: str
) -> list[tuple[str, ...]]:
    named = people.expand(rules.approvers) if rules else []
    each = [named, *([lead] for lead in leads if lead not in named)]
    return [some for some in (_of(one, people, writer) for one in each) if some]


def _of(some: Sequence[str], people: People, writer: str) -> tuple[str, ...]:
    """Keep the ones who may read a reply of this writer."""
    known = ((who, people.there.get(who)) for who in some if who != writer)
    return tuple(who for who, person in known if person is not None and may_read(person))
