"""Turns of lanes: a turn delivers what is due in a lane, one at a time, under either engine."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queue import deliveries, lanes
from db.queue.deliveries import Look
from handlers.desk import outbox
from handlers.desk.work import Desk
from handlers.workers.sender import Deliver

log = structlog.get_logger()

# Deliveries under way at once, over all lanes of a process.
AT_ONCE = 32
# Seconds between searches for work that was never announced.
FORGOTTEN_SECONDS = 5.0


@dataclass(slots=True)
class Turns:
    """Takes turns of lanes. `looking` gives the connection for each look into the ledger, by default a plain read."""

    desk: Desk
    deliver: Deliver
    looking: Callable[[str], AbstractAsyncContextManager[AsyncConnection]] | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def take(self, lane: str) -> None:
        """Deliver what is due, resting in between; then set a time to look again, if more is to come."""
        look, rest = await self._first_look(lane)
        if rest > 0:
            await self.pause(rest)
            look = await self._look(lane)
        while look.due is not None and not self.stopping.is_set():
            await self._rest_after(lane, await self._deliver(lane, look.due))
            look = await self._look(lane)
        if look.due is not None:
            await outbox.summon(self.desk, lane)  # for the process that continues after us
        elif look.again_at is not None:
            await outbox.look_again(self.desk, lane, look.again_at)

    def _looking(self, lane: str) -> AbstractAsyncContextManager[AsyncConnection]:
        return self.looking(lane) if self.looking else self.desk.database.read()

    async def _first_look(self, lane: str) -> tuple[Look, float]:
        """The due delivery, and the seconds that the lane must still rest."""
        async with self._looking(lane) as connection:
            until = await lanes.rests_until(connection, lane)
            look = await deliveries.look(connection, lane, self.desk.now())
        return look, 0.0 if until is None else (until - self.desk.now()).total_seconds()

    async def _look(self, lane: str) -> Look:
        async with self._looking(lane) as connection:
            return await deliveries.look(connection, lane, self.desk.now())

    async def _deliver(self, lane: str, delivery_id: int) -> float:
        async with self._slots:
            try:
                return await self.deliver(delivery_id, lane)
            except Exception:
                log.exception("delivery_not_recorded", delivery=delivery_id)
                return 1.0  # after our own fault in recording, do not spin

    async def _rest_after(self, lane: str, seconds: float) -> None:
        """Let the lane rest; if a stop cuts the rest short, record it for the process that has the lane next."""
        until = self.desk.now() + timedelta(seconds=seconds)
        await self.pause(seconds)
        if self.stopping.is_set() and self.desk.now() < until:
            await outbox.rest(self.desk, lane, until)

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until the program stops."""
        if seconds <= 0 or self.stopping.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return


class Engine(Protocol):
    """Starts the turns of lanes that have work: one turn of a lane at a time, over all replicas."""

    async def run(self) -> None:
        """Work until stopped; raises if it can't continue."""
        ...

    async def stop(self, seconds: float) -> None:
        """Start no more turns, and finish those under way within so many seconds."""
        ...
