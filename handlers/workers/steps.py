"""Steps: what to do next with something that must leave exactly once, decided from what is known of it."""

from dataclasses import dataclass, replace
from enum import Enum, auto

from db.rows import DeliveryState


class Wanted(Enum):
    """What the record says now of a delivery asked for earlier."""

    YES = auto()
    NO_NEW = auto()  # over before it was shown: bring an existing one up to date, make no new one
    NO = auto()  # nothing is left to show: an existing one has to go
    ELSEWHERE = auto()  # its place is in another lane by now
    LATER = auto()  # what it hangs on is not shown yet


class Found(Enum):
    """What a look at the other side brought."""

    NOT_LOOKED = auto()
    NOT_YET = auto()  # nothing, but what an earlier run asked for may still arrive
    NOWHERE = auto()  # nothing, and nothing will come
    THERE = auto()
    ASTRAY = auto()  # it is there, but not in the thread that it was meant for


class Ground(Enum):
    """The thing that it hangs on: a card for its thread, a customer's post for its answer."""

    UNCHECKED = auto()
    STANDS = auto()
    GONE = auto()


class Form(Enum):
    """How much of a message is sent. The other side may refuse the fuller ones."""

    FULL = auto()
    NO_PICTURES = auto()
    TEXT = auto()  # words alone: no pictures, no buttons, no menus


class Step(Enum):
    """The next thing to do. After those marked "ends" the run is over."""

    LEAVE = auto()  # ends: another process has it now
    AWAIT_GROUND = auto()  # ends: come back once what it hangs on is shown
    LOOK = auto()  # ask the other side whether an earlier run has done it
    SETTLE = auto()  # wait until what an earlier run asked for has arrived or never will
    ASK_PERSON = auto()  # ends: nobody can tell, so a person decides
    AWAIT_READER = auto()  # wait for the hours of whoever is to read it
    CHECK_GROUND = auto()  # see if what it hangs on still stands
    LOSE_GROUND = auto()  # ends: what it hung on is gone
    MARK = auto()  # write down that it is tried now, if it is still ours
    SEND = auto()
    RECORD = auto()  # ends: write down that it is done, with its place
    PUT_BACK = auto()  # ends: it is astray; remove it there, and send it again later
    REMOVE = auto()  # ends: take away what an earlier run sent and nobody wants any more
    REDIRECT = auto()  # ends: hand it to its new lane, and remove what an earlier run sent
    DROP = auto()  # ends: nothing is left to do


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one delivery in one run.

    `state`: as this run found it. PENDING: nothing of it has left. SENDING: a run was cut off in the middle.
    UNKNOWN: it was sent, and the answer was lost.
    """

    state: DeliveryState = DeliveryState.PENDING
    wanted: Wanted = Wanted.YES
    found: Found = Found.NOT_LOOKED
    settled: bool = False  # what an earlier run asked for has arrived by now, or never will
    can_ask: bool = False  # a person can tell whether it was sent
    ground: Ground = Ground.STANDS
    reader_awaited: bool = True
    fresh: bool = True  # begun a moment ago: no other process takes us for dead
    must_mark: bool = False  # it writes down where it is about to go
    marked: bool = False
    ours: bool = True
    form: Form = Form.FULL

    @property
    def maybe(self) -> bool:
        """True if an earlier run may have sent it, for all we know."""
        return self.state is not DeliveryState.PENDING and not self.marked

    @property
    def if_not_done(self) -> DeliveryState:
        """The state to return to if this run did nothing: a look that failed proves nothing of earlier runs."""
        return self.state if self.maybe else DeliveryState.PENDING

    def having_looked(self, found: Found) -> "Known":
        """What is known after a look; finding nothing counts once earlier requests have settled."""
        if found is Found.NOWHERE and not self.settled:
            found = Found.NOT_YET
        return replace(self, found=found)

    def having_settled(self) -> "Known":
        """Earlier requests have settled: a look that found nothing before proves nothing yet."""
        return replace(self, settled=True)

    def plainer(self) -> "Known | None":
        """The same in the next plainer form; None if there is none."""
        forms = list(Form)
        after = forms[forms.index(self.form) + 1 :]
        return replace(self, form=after[0]) if after else None


# What to do with one that is there already.
_WITH_ONE_THERE = {
    Wanted.YES: Step.RECORD,
    Wanted.NO_NEW: Step.RECORD,
    Wanted.NO: Step.REMOVE,
    Wanted.ELSEWHERE: Step.REDIRECT,
}
_WITH_ONE_ASTRAY = {**_WITH_ONE_THERE, Wanted.YES: Step.PUT_BACK, Wanted.NO_NEW: Step.PUT_BACK}
_WITHOUT_ONE = {
    Wanted.NO_NEW: Step.DROP,
    Wanted.NO: Step.DROP,
    Wanted.ELSEWHERE: Step.REDIRECT,
}


def next_step(known: Known) -> Step:
    """Decide the next step. It says SEND only if nothing was sent before, or all evidence says that it got lost."""
    if not known.ours:
        return Step.LEAVE
    if known.wanted is Wanted.LATER:
        return Step.AWAIT_GROUND
    if known.found is Found.THERE:
        return _WITH_ONE_THERE[known.wanted]
    if known.found is Found.ASTRAY:
        return _WITH_ONE_ASTRAY[known.wanted]
    if known.maybe and (step := _clear_up(known)):
        return step
    if known.wanted in _WITHOUT_ONE:
        return _WITHOUT_ONE[known.wanted]
    return _on_the_way(known)


def _clear_up(known: Known) -> Step | None:
    """What must be done before a second attempt; None if the first one has surely come to nothing."""
    if known.found is Found.NOT_LOOKED:
        return Step.LOOK
    if not known.settled:
        return Step.SETTLE
    if known.found is Found.NOT_YET:
        return Step.LOOK
    if known.state is DeliveryState.UNKNOWN and known.can_ask:
        return Step.ASK_PERSON
    return None


def _on_the_way(known: Known) -> Step:
    """The steps up to sending, once it is sure that nothing is there and something should be."""
    if not known.reader_awaited and known.state is DeliveryState.PENDING:
        return Step.AWAIT_READER
    if known.ground is Ground.UNCHECKED:
        return Step.CHECK_GROUND
    if known.ground is Ground.GONE:
        return Step.LOSE_GROUND
    if not known.fresh or (not known.marked and (known.maybe or known.must_mark)):
        return Step.MARK
    return Step.SEND
