"""The engine of a single process: a task for each lane that has work."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.engines.turns import FORGOTTEN_SECONDS, Turns
from db.queue import deliveries

log = structlog.get_logger()


@dataclass(slots=True)
class InProcess:
    """The engine of a single process: a task for each lane that has work."""

    turns: Turns
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[str] = field(default_factory=set)

    async def run(self) -> None:
        """Continue the last run's work, then take the turns that commits summon."""
        self.turns.desk.database.on_work = self.summon
        async with self.turns.desk.database.read() as connection:
            self.summon(await deliveries.lanes_in_use(connection))
        while not self.turns.stopping.is_set():
            await self.turns.pause(FORGOTTEN_SECONDS)
            async with self.turns.desk.database.read() as connection:
                # Work that another program committed, such as `mentiondesk forget`.
                self.summon(await deliveries.overdue_lanes(connection, self.turns.desk.now()))

    def summon(self, names: Collection[str]) -> None:
        """Start the turns of these lanes, which have work; a lane in the middle of its turn looks again after it."""
        if self.turns.stopping.is_set():
            return
        for lane in names:
            if lane in self._running:
                self._again.add(lane)
            else:
                self._running[lane] = asyncio.create_task(self._take(lane), name=f"lane {lane}")

    async def _take(self, lane: str) -> None:
        try:
            await self.turns.take(lane)
        except SQLAlchemyError as error:
            log.warning("turn_waits", lane=lane, problem=str(error))
            await asyncio.sleep(1.0)
            self._again.add(lane)
        finally:
            del self._running[lane]
            if lane in self._again:
                self._again.discard(lane)
                self.summon([lane])

    async def stop(self, seconds: float) -> None:
        self.turns.stopping.set()
        running = set(self._running.values())
        if not running:
            return
        _ended, cut = await asyncio.wait(running, timeout=seconds)
        for task in cut:
            task.cancel()  # the next start looks for the deliveries that were under way
        await asyncio.gather(*cut, return_exceptions=True)
