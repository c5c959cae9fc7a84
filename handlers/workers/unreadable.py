"""What a network sends and nobody can read: skipped by item, named in the log, and told to the leads when it lasts."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from handlers.workers.health import Health
from triage import traits
from triage.i18n import _

log = structlog.get_logger()

# One odd post is the network's own business. It lasts if several readings in a row met such things for so long.
LASTS, READINGS = timedelta(minutes=10), 3
# Or if there were more in a day, however far apart.
MOST_A_DAY = 20
DAY = timedelta(days=1)
NAMED = 3


@dataclass(slots=True)
class Met:
    """What one source sent that could not be read: when each thing came last, and the readings in a row with some."""

    things: dict[str, datetime] = field(default_factory=dict)
    since: datetime | None = None
    readings: int = 0
    now: set[str] = field(default_factory=set)  # in the reading under way


@dataclass(slots=True)
class Unreadable:
    """Remembers what could not be read, by source."""

    health: Health
    _met: dict[str, Met] = field(default_factory=dict)

    def note(self, source: str, names: Collection[str]) -> None:
        """Something was skipped; each thing is named in the log once."""
        met = self._met.setdefault(source, Met())
        for name in sorted(set(names) - met.things.keys()):
            log.warning("unreadable", source=source, what=name)
        at = self.health.desk.now()
        met.things.update(dict.fromkeys(names, at))
        met.now.update(names)

    def reading_ended(self, source: str) -> None:
        """A reading came to its end: judge if what it met lasts."""
        met, now = self._met.setdefault(source, Met()), self.health.desk.now()
        met.things = {name: at for name, at in met.things.items() if at > now - DAY}
        met.readings = met.readings + 1 if met.now else 0
        met.since = (met.since or now) if met.now else None
        lasts = met.since is not None and now - met.since >= LASTS and met.readings >= READINGS
        if lasts or len(met.things) > MOST_A_DAY:
            self.health.fails(_part(source), _sentence(source, list(met.things)), at_once=True)
        elif not met.now:
            self.health.works(_part(source))
        met.now.clear()


def _part(source: str) -> str:
    return f"unreadable {source}"


def _sentence(source: str, names: list[str]) -> str:
    sentence = _(
        "{network} sends things that can't be read and are passed over ({n} within a day, lately {names}). Look there for "
        "what is missing here. If it goes on, a newer Mentiondesk may read them."
    )
    network = traits.title(source.partition(":")[0])
    return sentence.format(network=network, n=len(names), names=", ".join(names[-NAMED:]))
