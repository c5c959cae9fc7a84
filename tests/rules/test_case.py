"""The lifecycle: which moves a case allows, where they lead, and that no sequence of them leaves the table."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.cases.case import CLOSED, MOVES, OPEN, Case, IllegalMove, Move, Outcome, Status

N, C, E, W, R, D = (
    Status.NEW,
    Status.CLAIMED,
    Status.ESCALATED,
    Status.WAITING,
    Status.RESOLVED,
    Status.DISMISSED,
)

# The whole lifecycle, written anew: each row a move, each column the status it is made in, "." not possible.
LIFECYCLE = """
                new        claimed    escalated  waiting    resolved   dismissed
claim           claimed    .          .          claimed    .          .
release         .          new        new        new        .          .
transfer        claimed    claimed    escalated  waiting    .          .
escalate        escalated  escalated  escalated  escalated  .          .
pass            .          .          escalated  .          .          .
answer          .          .          claimed    .          .          .
no_answer       .          .          claimed    .          .          .
reply           waiting    waiting    escalated  waiting    .          .
undo            new        claimed    escalated  claimed    resolved   dismissed
follow_up       waiting    waiting    escalated  waiting    .          .
fall_due        .          claimed    escalated  claimed    .          .
return          .          new        new        new        resolved   dismissed
customer_wrote  new        claimed    escalated  claimed    claimed    claimed
resolve         resolved   resolved   resolved   resolved   resolved   .
dismiss         dismissed  dismissed  dismissed  dismissed  .          .
reopen          .          .          .          .          claimed    claimed
vanish          dismissed  dismissed  dismissed  dismissed  dismissed  dismissed
"""


def lifecycle() -> dict[tuple[Status, Move], Status]:
    head, *rows = [line.split() for line in LIFECYCLE.strip().splitlines()]
    return {
        (Status(seen), Move(move)): Status(target)
        for move, *targets in rows
        for seen, target in zip(head, targets, strict=True)
        if target != "."
    }


def test_the_moves_are_these_and_no_others() -> None:
    assert lifecycle() == MOVES


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", Move)
def test_a_move_leads_where_the_table_says_or_is_refused(status: Status, move: Move, case: Case) -> None:
    case = replace(case, status=status, owner="U0ANNA")
    if (status, move) in lifecycle():
        assert case.after(move) is lifecycle()[status, move]
        return
    with pytest.raises(IllegalMove) as refused:
        case.after(move)
    assert status.in_words().lower() in str(refused.value)
    assert (refused.value.status, refused.value.move) == (status, move)


@pytest.mark.parametrize(
    ("status", "move"),
    [
        (E, Move.ANSWER),
        (E, Move.NO_ANSWER),
        (W, Move.CUSTOMER_WROTE),
        (R, Move.CUSTOMER_WROTE),
        (W, Move.UNDO),
        (W, Move.FALL_DUE),
    ],
)
def test_the_turn_goes_back_to_the_owner_or_to_nobody_when_there_is_none(
    status: Status, move: Move, case: Case
) -> None:
    assert replace(case, status=status, owner="U0ANNA").after(move) is C
    assert replace(case, status=status, owner=None).after(move) is N


@given(moves=st.lists(st.sampled_from(list(Move)), max_size=40), owner=st.sampled_from([None, "U0ANNA"]))
def test_no_sequence_of_moves_leaves_the_table(case: Case, moves: list[Move], owner: str | None) -> None:
    case = replace(case, owner=owner)
    for move in moves:
        before = case
        try:
            case = replace(case, status=case.after(move))
        except IllegalMove:
            assert (before.status, move) not in lifecycle()
            assert case == before
        else:
            assert case.status in {lifecycle()[before.status, move], N}


@given(moves=st.lists(st.sampled_from(list(Move)), max_size=40))
def test_a_case_can_be_ended_from_wherever_its_moves_have_led(case: Case, moves: list[Move]) -> None:
    case = replace(case, owner="U0ANNA")
    for move in moves:
        if (case.status, move) in MOVES:
            case = replace(case, status=case.after(move))
    ending = Move.DISMISS if case.status.is_open else Move.REOPEN
    assert case.after(ending).is_open is (ending is Move.REOPEN)


def test_open_and_closed_make_up_all_statuses() -> None:
    assert {*OPEN, *CLOSED, Status.SOMETHING_NEW} == set(Status)
    assert not CLOSED.intersection(OPEN)
    assert [status for status in Status if status.is_open] == [N, C, E, W]
    assert {R, D} == CLOSED


@pytest.mark.parametrize("word", [*Status, *Outcome])
def test_every_status_and_outcome_has_words_for_people(word: Status | Outcome) -> None:
    assert word.in_words()
    assert "_" not in word.in_words()
