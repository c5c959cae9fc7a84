"""An item: one thing on its way out, with what its door can do for it."""

from dataclasses import dataclass
from datetime import timedelta

from handlers.desk.outbox import Attempt
from handlers.problems import Refused
from handlers.workers.steps import Form, Found, Ground, Known, Step


@dataclass(slots=True)
class Item:
    """What a step means at one door. Each method may raise a DoorProblem.

    `part`: the name under which the health of its door is kept. `shows_within`: how long after a lost answer the
    other side may need to show what it took.
    """

    attempt: Attempt
    part: str
    shows_within: timedelta

    async def prepare(self, known: Known) -> Known:
        """Add what the record says of it now."""
        raise NotImplementedError

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

    async def send(self, form: Form) -> Found:
        """Send it: THERE, or ASTRAY if it missed what it was to hang on."""
        raise NotImplementedError

    async def end(self, step: Step, known: Known) -> float:
        """Take a step that ends the run. Returns for how many seconds the lane must rest."""
        raise NotImplementedError

    def plainer(self, known: Known, refusal: Refused) -> Known | None:
        """The same in a form that may be taken; None if no other form helps."""
        return None

    async def refused(self, known: Known, refusal: Refused) -> float | None:
        """Handle a refusal. None: done with it. Otherwise the longest pause, in seconds, before it is tried again."""
        raise NotImplementedError
