"""An item: one thing on its way out, with what its door can do for it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.desk.outbox import Attempt
from handlers.problems import Refused
from handlers.workers.steps import Form, Found, Ground, Known, Step


@dataclass(slots=True)
class Item(ABC):
    """What a step means at one door. Each method may raise a DoorProblem.

    `part`: the name under which the health of its door is kept. `shows_within`: how long after a lost answer the
    other side may need to show what it took.
    """

    attempt: Attempt
    part: str
    shows_within: timedelta

    @abstractmethod
    async def prepare(self, known: Known) -> Known:
        """Add what the record says of it now."""

    async def look(self) -> Found:
        """Look for it where an earlier run may have sent it: THERE, ASTRAY or NOWHERE."""
        return Found.NOWHERE

    async def awaits_reader(self) -> bool:
        """Put it off until its reader's hours; False if it may go now."""
        return False

    async def check_ground(self) -> Ground:
        """See if what it hangs on still stands."""
        return Ground.STANDS

    def about_to_go(self) -> dict[str, object]:
        """Columns to write before it is sent: what a later run must know to look for it."""
        return {}

    @abstractmethod
    async def send(self, form: Form) -> Found:
        """Send it: THERE, or ASTRAY if it missed what it was to hang on."""

    @abstractmethod
    async def end(self, step: Step, known: Known) -> float:
        """Take a step that ends the run. Returns for how many seconds the lane must rest."""

    async def plainer(self, known: Known, refusal: Refused) -> Known | None:
        """The same in a form that may be taken; None if no other form helps."""
        return None

    @abstractmethod
    async def refused(self, known: Known, refusal: Refused) -> float | None:
        """Handle a refusal. None: done with it. Otherwise the longest pause, in seconds, before it is tried again."""


class Repeatable(Item):
    """What may be done twice without harm, so that nobody looks first: its end does it and records it."""

    async def prepare(self, known: Known) -> Known:
        return replace(known, found=Found.THERE)

    async def send(self, form: Form) -> Found:
        return Found.THERE
