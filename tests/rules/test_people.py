"""Who may do what: role × gesture × own, free or somebody else's case."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from triage.cases.case import Case
from triage.rights import (
    RIGHTS,
    NotAllowed,
    Person,
    PersonEntry,
    Role,
    Whose,
    initials_of,
    may,
    require,
    whose,
)

# Whose case each role may do it to: o own, f free, x somebody else's.
TABLE = """
              viewer  trainee  agent  lead
details       ofx     ofx      ofx    ofx
card          .       ofx      ofx    ofx
note          .       ofx      ofx    ofx
show          .       of       ofx    ofx
claim         .       ofx      ofx    ofx
release       .       o        o      ofx
transfer      .       of       ofx    ofx
escalate      .       of       of     ofx
follow_up     .       of       of     ofx
ticket        .       of       of     ofx
priority      .       ofx      ofx    ofx
area          .       ofx      ofx    ofx
reply         .       .        of     ofx
undo          .       .        of     ofx
withdraw      .       .        ofx    ofx
approve       .       .        ofx    ofx
posted        .       .        of     ofx
resolve       .       .        of     ofx
dismiss       .       .        of     ofx
reopen        .       .        ofx    ofx
move          .       .        of     ofx
was_sent      .       .        of     ofx
send_again    .       .        of     ofx
delete_reply  .       .        ofx    ofx
save_reply    .       .        ofx    ofx
edit_saved    .       .        o      ofx
"""
MARKS = {Whose.OWN: "o", Whose.FREE: "f", Whose.OTHERS: "x"}
OWNERS = {Whose.OWN: "U0ANNA", Whose.FREE: None, Whose.OTHERS: "U0MARCO"}


def table() -> dict[tuple[str, Role], str]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (gesture, Role(role)): marks
        for gesture, *cells in rows
        for role, marks in zip(head, cells, strict=True)
    }


def anna(role: Role) -> Person:
    return Person("U0ANNA", "Anna Bianchi", "AB", role)


def owned_by(owner: str | None, case: Case) -> Case:
    return replace(case, owner=owner)


def test_the_gestures_are_these_and_no_others() -> None:
    assert {gesture for rights in RIGHTS.values() for gesture in rights} == {name for name, _ in table()}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", Whose)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role, kind: Whose, case: Case) -> None:
    seen = owned_by(OWNERS[kind], case)
    assert whose(seen, anna(role)) is kind
    allowed = {gesture for gesture, _ in table() if may(anna(role), gesture, seen)}
    assert allowed == {
        gesture for (gesture, who), marks in table().items() if who is role and MARKS[kind] in marks
    }


@given(role=st.sampled_from(list(Role)), gesture=st.text(max_size=12), kind=st.sampled_from(list(Whose)))
def test_a_gesture_that_nobody_listed_is_nobodys_right(
    case: Case, role: Role, gesture: str, kind: Whose
) -> None:
    listed = gesture in {name for name, _ in table()}
    assert listed or not may(anna(role), gesture, owned_by(OWNERS[kind], case))


def test_a_higher_role_may_whatever_a_lower_one_may() -> None:
    order = [Role.VIEWER, Role.TRAINEE, Role.AGENT, Role.LEAD]
    for lower, higher in pairwise(order):
        for gesture, kinds in RIGHTS[lower].items():
            assert kinds <= RIGHTS[higher][gesture], (lower, higher, gesture)


@pytest.mark.parametrize(
    ("role", "gesture", "owner", "said"),
    [
        (Role.AGENT, "reply", "U0MARCO", "<@U0MARCO> has this case"),
        (Role.TRAINEE, "reply", None, "Trainees can't do that yet"),
        (Role.VIEWER, "claim", None, "You may look at this case"),
    ],
)
def test_who_is_refused_is_told_why_and_whom_to_ask(
    role: Role, gesture: str, owner: str | None, said: str, case: Case
) -> None:
    with pytest.raises(NotAllowed, match=said):
        require(anna(role), gesture, owned_by(owner, case))


def test_who_may_is_let_through(case: Case) -> None:
    require(anna(Role.AGENT), "reply", owned_by("U0ANNA", case))


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Anna Bianchi", "AB"),
        ("Anna", "A"),
        ("Anna Maria de Bianchi", "AB"),
        ("Anna-Maria", "AM"),
        ("łukasz żak", "ŁŻ"),
        ("李 小龍", "李小"),
        ("🌻 Rosa", "R"),
        ("", "?"),
        ("42", "?"),
    ],
)
def test_initials_come_from_the_first_and_last_word_of_a_name(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@given(st.text())
def test_initials_are_short_and_never_empty(name: str) -> None:
    assert initials_of(name)
    assert not any(sign.isspace() for sign in initials_of(name))


@pytest.mark.parametrize("initials", ["", "A B", "ABCDE", " "])
def test_initials_in_desk_toml_are_one_to_four_characters_without_a_space(initials: str) -> None:
    with pytest.raises(ValidationError):
        PersonEntry(slack="U0ANNA", initials=initials)


@pytest.mark.parametrize("slack", ["", "anna", "@U0ANNA", "C0MENTIONS", "U0anna", "U"])
def test_a_person_in_desk_toml_is_named_by_a_slack_id(slack: str) -> None:
    with pytest.raises(ValidationError):
        PersonEntry(slack=slack)
