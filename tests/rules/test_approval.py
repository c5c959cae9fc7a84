"""Which replies wait until somebody else has read them."""

import pytest

from triage.privacy.guard import findings
from triage.replies.approval import Approval, Why, needed
from triage.rights import Person, Role
from triage.scoring.priority import Priority

PHONE, PROMISE, PLAIN = "Ring +39 333 555 0142", "We guarantee it.", "It is on its way."
RULES = Approval(roles=[Role.TRAINEE], priorities=[Priority.URGENT], guard=True)

# Who writes, how pressing the case is, what: why it waits.
TABLE = [
    (Role.AGENT, Priority.NORMAL, PLAIN, ()),
    (Role.TRAINEE, Priority.NORMAL, PLAIN, (Why.ROLE,)),
    (Role.AGENT, Priority.URGENT, PLAIN, (Why.PRIORITY,)),
    (Role.AGENT, Priority.NORMAL, PHONE, (Why.GUARD,)),
    (Role.AGENT, Priority.NORMAL, PROMISE, ()),
    (Role.LEAD, Priority.URGENT, PHONE, (Why.PRIORITY, Why.GUARD)),
    (Role.TRAINEE, Priority.URGENT, PHONE, (Why.ROLE, Why.PRIORITY, Why.GUARD)),
]


@pytest.mark.parametrize(("role", "priority", "text", "why"), TABLE)
def test_a_reply_waits_for_each_reason_that_the_desk_names(
    role: Role, priority: Priority, text: str, why: tuple[Why, ...]
) -> None:
    person = Person("U0ANNA", "anna", "AB", role)
    assert needed(RULES, person, priority, findings([text])) == why
    assert needed(Approval(), person, priority, findings([text])) == ()
    assert needed(None, person, priority, findings([text])) == ()
