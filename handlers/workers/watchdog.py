"""Watches the program's foundations: the database's answers and the clock; it tells of lasting troubles."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db import said
from handlers.desk import outbox, troubles
from handlers.desk.troubles import DATABASE
from handlers.desk.work import Desk
from handlers.workers.health import Health
from triage.i18n import _

log = structlog.get_logger()

LOOK_SECONDS = 2.0
# Writing may fail where reading does not: a full disk, a database turned read-only.
WRITE_EVERY = 15.0
# A clock that is set by less is what clocks do.
SET, WORTH_TELLING = timedelta(seconds=5), timedelta(minutes=1)


@dataclass(slots=True)
class Watch:
    """Looks every two seconds. `writer_stuck`: our own connection never came back, which a restart cures."""

    desk: Desk
    health: Health
    tells_of_clock: bool = True
    writer_stuck: bool = False
    _written_at: float = field(default=float("-inf"))
    _clock: tuple[datetime, float] | None = None

    async def look(self) -> float:
        """One look; raises when the database does not answer."""
        await self._database()
        await self._time()
        await self.health.tell()
        return LOOK_SECONDS

    async def _database(self) -> None:
        time = asyncio.get_running_loop().time()
        try:
            if time - self._written_at >= WRITE_EVERY:
                async with self.desk.database.write() as connection:
                    await said.beat(connection, self.desk.now())
                self._written_at = time
            else:
                async with self.desk.database.read() as connection:
                    await said.look(connection)
        except PoolTimeout:
            self.writer_stuck = True
            raise
        except DBAPIError as error:
            cause = _("The database did not answer ({why}). What was typed then was not kept.")
            self.health.fails(DATABASE, cause.format(why=str(error.orig).strip()[:200]))
            raise
        self.writer_stuck = False
        self.health.works(DATABASE)

    async def _time(self) -> None:
        """A clock that jumped: what waits for a moment that will not come, or has long passed, is looked at."""
        now, ticks = self.desk.now(), asyncio.get_running_loop().time()
        before = self._clock or (now, ticks)
        jump = (now - before[0]) - timedelta(seconds=ticks - before[1])
        if abs(jump) >= SET:
            log.warning("clock_moved", seconds=round(jump.total_seconds()))
            await outbox.after_the_clock_moved(self.desk)
        self._clock = (now, ticks)  # not before: a database that is away must not make it forgotten
        if abs(jump) < SET:
            return
        if self.tells_of_clock and abs(jump) >= WORTH_TELLING:
            await troubles.clock_moved(self.desk, jump.total_seconds())
