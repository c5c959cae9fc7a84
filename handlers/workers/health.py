"""Health: the parts that work and those that do not, as this process sees them; it tells of lasting troubles."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.desk import troubles as troubling
from handlers.desk.work import Desk

# A call that fails now and then is no outage.
LASTS = timedelta(seconds=60)
# Longer than the longest pause before something that failed is tried again.
UNTRIED_SECONDS = 900.0


@dataclass(slots=True)
class Trouble:
    """A part that does not work. `told`: the leads know, or will."""

    cause: str
    since: datetime
    at_once: bool
    told: bool = False


@dataclass(slots=True)
class Faults:
    """Things that fail for a fault of ours and are tried again: one trouble as long as any of them does."""

    health: "Health"
    part: str
    _failed: dict[object, float] = field(default_factory=dict)

    def failed(self, which: object, sentence: str) -> None:
        self._failed[which] = time.monotonic()
        self.health.fails(self.part, sentence)

    def went_well(self, which: object) -> None:
        """It went well; those that were not tried for long are over in another way."""
        self._failed.pop(which, None)
        before = time.monotonic() - UNTRIED_SECONDS
        self._failed = {one: at for one, at in self._failed.items() if at > before}
        if not self._failed:
            self.health.works(self.part)


@dataclass(slots=True)
class Health:
    """Hears from every door how its calls go."""

    desk: Desk
    troubles: dict[str, Trouble] = field(default_factory=dict)
    # Parts that work again; a restart may have cut an outage short, so the first success of each counts too.
    _recovered: dict[str, Trouble | None] = field(default_factory=dict)
    _works: set[str] = field(default_factory=set)

    def fails(self, part: str, cause: str, *, at_once: bool = False) -> None:
        """Note a failed call; the first cause names the trouble. `at_once`: only a person can fix it."""
        self._works.discard(part)
        self.troubles.setdefault(part, Trouble(cause, self.desk.now(), at_once))

    def works(self, part: str) -> None:
        if part not in self._works:
            self._works.add(part)
            self._recovered[part] = self.troubles.pop(part, None)

    def forget(self, part: str) -> None:
        """Another replica has it now, and tells of it."""
        self.troubles.pop(part, None)

    async def tell(self) -> None:
        """Tell of troubles that last and of those that ended; what can't be told yet is told next time."""
        # The ends first: a part may have failed again since it recovered.
        for part, ended in list(self._recovered.items()):
            lasted = ended is not None and not ended.told and self.desk.now() - ended.since >= LASTS
            if ended is not None and lasted:
                await troubling.end(self.desk, part, ended.cause, ended.since)
            else:
                await troubling.end(self.desk, part)
            self._recovered.pop(part, None)
        for part, trouble in list(self.troubles.items()):
            if not trouble.told and (trouble.at_once or self.desk.now() - trouble.since >= LASTS):
                await troubling.begin(self.desk, part, trouble.cause, trouble.since)
                trouble.told = True
