"""Turns of lanes: what is due in a lane is delivered one at a time, whichever engine calls for the turn."""

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

# How many things are on their way at once, over all lanes of a process.
AT_ONCE = 32
# How often work is looked for that nobody was told of.
FORGOTTEN_SECONDS = 5.0


@dataclass(slots=True)
class Turns:
    """Takes a lane's turn. `looking` gives the connection for each look into the ledger; a plain read by default."""

    desk: Desk
    deliver: Deliver
    looking: Callable[[str], AbstractAsyncContextManager[AsyncConnection]] | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def take(self, lane: str) -> None:
        """Deliver what is due, resting in between; leave word when the rest is to be looked at."""
        look, rest = await self._first_look(lane)
        if rest > 0:
            await self.pause(rest)
            look = await self._look(lane)
        while look.due is not None and not self.stopping.is_set():
            await self._rest_after(lane, await self._deliver(lane, look.due))
            look = await self._look(lane)
        if look.due is not None:
            await outbox.summon(self.desk, lane)  # whoever goes on after us
        elif look.again_at is not None:
            await outbox.look_again(self.desk, lane, look.again_at)

    def _looking(self, lane: str) -> AbstractAsyncContextManager[AsyncConnection]:
        return self.looking(lane) if self.looking else self.desk.database.read()

    async def _first_look(self, lane: str) -> tuple[Look, float]:
        """What is due, and for how many seconds the lane must rest still."""
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
                return 1.0  # a fault of ours in recording must not spin

    async def _rest_after(self, lane: str, seconds: float) -> None:
        """A rest cut short by a stop is kept for whoever has the lane next."""
        until = self.desk.now() + timedelta(seconds=seconds)
        await self.pause(seconds)
        if self.stopping.is_set() and self.desk.now() < until:
            await outbox.rest(self.desk, lane, until)

    async def pause(self, seconds: float) -> None:
        """Until the lane may go on, or the program is to stop."""
        if seconds <= 0 or self.stopping.is_set():
            return
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return


class Engine(Protocol):
    """Calls for the turns of lanes that have work: one turn of a lane at a time, over all replicas."""

    async def run(self) -> None:
        """Until it is stopped; raises when it can't go on."""
        ...

    async def stop(self, seconds: float) -> None:
        """Begin nothing more, and finish what is in hand within so many seconds."""
        ...
