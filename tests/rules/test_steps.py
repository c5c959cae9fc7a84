"""What to do next with something that must leave exactly once: the table, and what holds for all that can be known."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import product

import pytest

from db.rows import DeliveryState
from handlers.workers.steps import Form, Found, Ground, Known, Step, Wanted, next_step

Decides = Callable[[Known], Step]

NEW = Known()
CUT_OFF = Known(state=DeliveryState.SENDING)
LOST = Known(state=DeliveryState.UNKNOWN, settled=True)  # its answer was lost a while ago
NOTHING = {"found": Found.NOWHERE, "settled": True}
TABLE = [
    # a first run
    (NEW, Step.SEND),
    (replace(NEW, found=Found.THERE), Step.RECORD),
    (replace(NEW, found=Found.ASTRAY), Step.PUT_BACK),
    (replace(NEW, ground=Ground.UNCHECKED), Step.CHECK_GROUND),
    (replace(NEW, ground=Ground.GONE), Step.LOSE_GROUND),
    (replace(NEW, reader_awaited=False), Step.AWAIT_READER),
    (replace(NEW, reader_awaited=False, ground=Ground.UNCHECKED), Step.AWAIT_READER),
    (replace(NEW, fresh=False), Step.MARK),
    (replace(NEW, must_mark=True), Step.MARK),
    (replace(NEW, must_mark=True, marked=True), Step.SEND),
    (replace(NEW, must_mark=True, marked=True, fresh=False), Step.MARK),
    (replace(CUT_OFF, **NOTHING, marked=True, reader_awaited=False), Step.SEND),
    (replace(NEW, must_mark=True, ours=False), Step.LEAVE),
    (replace(NEW, wanted=Wanted.NO_NEW), Step.DROP),
    (replace(NEW, wanted=Wanted.NO_NEW, found=Found.THERE), Step.RECORD),
    (replace(NEW, wanted=Wanted.NO), Step.DROP),
    (replace(NEW, wanted=Wanted.ELSEWHERE), Step.REDIRECT),
    (replace(NEW, wanted=Wanted.LATER), Step.AWAIT_GROUND),
    # after a crash
    (CUT_OFF, Step.LOOK),
    (replace(CUT_OFF, wanted=Wanted.NO), Step.LOOK),
    (replace(CUT_OFF, wanted=Wanted.ELSEWHERE), Step.LOOK),
    (replace(CUT_OFF, reader_awaited=False), Step.LOOK),
    (replace(CUT_OFF, found=Found.NOT_YET), Step.SETTLE),
    (replace(CUT_OFF, settled=True), Step.LOOK),
    (replace(CUT_OFF, settled=True, found=Found.NOT_YET), Step.LOOK),
    (replace(CUT_OFF, found=Found.THERE), Step.RECORD),
    (replace(CUT_OFF, found=Found.ASTRAY), Step.PUT_BACK),
    (replace(CUT_OFF, found=Found.THERE, wanted=Wanted.NO), Step.REMOVE),
    (replace(CUT_OFF, found=Found.ASTRAY, wanted=Wanted.NO), Step.REMOVE),
    (replace(CUT_OFF, found=Found.THERE, wanted=Wanted.ELSEWHERE), Step.REDIRECT),
    (replace(CUT_OFF, found=Found.THERE, wanted=Wanted.NO_NEW), Step.RECORD),
    (replace(CUT_OFF, **NOTHING), Step.MARK),
    (replace(CUT_OFF, **NOTHING, can_ask=True), Step.MARK),
    (replace(CUT_OFF, **NOTHING, ground=Ground.UNCHECKED), Step.CHECK_GROUND),
    (replace(CUT_OFF, **NOTHING, reader_awaited=False), Step.MARK),
    (replace(CUT_OFF, **NOTHING, wanted=Wanted.NO_NEW), Step.DROP),
    (replace(CUT_OFF, **NOTHING, wanted=Wanted.NO), Step.DROP),
    (replace(CUT_OFF, **NOTHING, wanted=Wanted.ELSEWHERE), Step.REDIRECT),
    (replace(CUT_OFF, **NOTHING, marked=True), Step.SEND),
    (replace(CUT_OFF, **NOTHING, ours=False), Step.LEAVE),
    # after a lost answer
    (LOST, Step.LOOK),
    (replace(LOST, settled=False, found=Found.NOT_YET), Step.SETTLE),
    (replace(LOST, found=Found.NOWHERE), Step.MARK),
    (replace(LOST, found=Found.NOWHERE, can_ask=True), Step.ASK_PERSON),
    (replace(LOST, found=Found.THERE, can_ask=True), Step.RECORD),
    (replace(LOST, found=Found.NOWHERE, wanted=Wanted.NO), Step.DROP),
]


def follows_the_table(decide: Decides) -> None:
    for known, step in TABLE:
        assert decide(known) is step, known


@cache
def all_that_can_be_known() -> list[Known]:
    return list(_all())


def _all() -> Iterator[Known]:
    states = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.UNKNOWN)
    ways = {"state": states, "wanted": Wanted, "found": Found, "ground": Ground, "form": (Form.FULL,)}
    names = [one.name for one in fields(Known)]
    for values in product(*(tuple(ways.get(name, (False, True))) for name in names)):
        yield Known(**dict(zip(names, values, strict=True)))


def keeps_its_promises(decide: Decides) -> None:
    for known in all_that_can_be_known():
        step = decide(known)
        if step is Step.SEND:
            assert known.ours, known
            assert known.wanted is Wanted.YES, known
            assert known.found not in (Found.THERE, Found.ASTRAY), known
            assert known.ground is Ground.STANDS, known
            assert not known.maybe, f"an earlier run may have sent it: {known}"
            assert known.fresh, f"another process may take us for dead: {known}"
        if step is Step.MARK and known.maybe:
            assert known.found is Found.NOWHERE, known
            assert known.settled, known
            assert not (known.can_ask and known.state is DeliveryState.UNKNOWN), known
        if step in (Step.DROP, Step.REDIRECT) and known.maybe:
            assert known.found is not Found.NOT_LOOKED, f"what was sent would stay: {known}"
        if step in (Step.RECORD, Step.REMOVE, Step.PUT_BACK):
            assert known.found in (Found.THERE, Found.ASTRAY), known


def after(known: Known, step: Step, *, is_there: bool) -> Known | None:
    """What is known after a step in a world where it was sent before, or was not; None when the run is over."""
    match step:
        case Step.LOOK:
            return known.having_looked(Found.THERE if is_there else Found.NOWHERE)
        case Step.SETTLE:
            return known.having_settled()
        case Step.CHECK_GROUND:
            return replace(known, ground=Ground.STANDS)
        case Step.AWAIT_READER:
            return replace(known, reader_awaited=True)
        case Step.MARK:
            return replace(known, marked=True, fresh=True)
        case Step.SEND:
            assert not is_there, "sent twice"
            return replace(known, found=Found.THERE)
        case _:
            return None


def ends(decide: Decides) -> None:
    """Whatever a run begins with, it ends after a few steps, and never sends what is there."""
    begun = [known for known in all_that_can_be_known() if known.found is Found.NOT_LOOKED]
    for known, is_there in product(begun, (False, True)):
        if is_there and not known.maybe:
            continue  # nobody has sent it
        here: Known | None = known
        for _ in range(9):
            if here is None:
                break
            here = after(here, decide(here), is_there=is_there)
        assert here is None, f"goes on for ever: {known}"


CHECKS = (follows_the_table, keeps_its_promises, ends)


@pytest.mark.parametrize("check", CHECKS)
def test_the_steps(check: Callable[[Decides], None]) -> None:
    check(next_step)


def never(step: Step, instead: Callable[[Known], Known]) -> Decides:
    """The steps with one of them left out: as if what it would show were known."""
    return lambda known: next_step(instead(known)) if next_step(known) is step else next_step(known)


SABOTAGES = {
    "nobody looks": never(Step.LOOK, lambda known: replace(known, found=Found.NOWHERE, settled=True)),
    "nobody waits": never(Step.SETTLE, lambda known: replace(known, found=Found.NOWHERE, settled=True)),
    "nobody is asked": never(Step.ASK_PERSON, lambda known: replace(known, can_ask=False)),
    "nobody marks": never(Step.MARK, lambda known: replace(known, marked=True, fresh=True)),
    "the ground is trusted": never(Step.CHECK_GROUND, lambda known: replace(known, ground=Ground.STANDS)),
    "what is gone is posted": lambda known: Step.SEND if known.ground is Ground.GONE else next_step(known),
    "what is there is sent": lambda known: Step.SEND if known.found is Found.THERE else next_step(known),
    "another's is sent": lambda known: next_step(replace(known, ours=True)),
}


@pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=SABOTAGES)
def test_a_changed_step_is_found_out(sabotage: Decides) -> None:
    """The table's own tests notice, before a fault suite would."""
    caught = 0
    for check in CHECKS:
        try:
            check(sabotage)
        except AssertionError:
            caught += 1
    assert caught


def test_every_step_is_in_the_table() -> None:
    assert {step for _known, step in TABLE} == set(Step)
