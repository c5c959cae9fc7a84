"""The in-process runner: lanes that deliver one thing at a time, timers that fire, sources that are read."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from db import deliveries
from handlers.deliver import Deliver
from handlers.desk.work import Desk
from handlers.polling import Poller, Source
from handlers.ports import DoorProblem
from handlers.timers import Timekeeper

log = structlog.get_logger()

# How long a loop sleeps when nothing wakes it: the clock may be moved from outside.
LONGEST_SLEEP = 1.0
LANES = 64
SWEEP_SECONDS = 3600.0
RECHECK_SECONDS = 60.0
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 60.0
# A loop whose turn takes longer than this is dead; catching up after an outage takes a reader many calls.
PATIENCE, READERS_PATIENCE = 120.0, 900.0


@dataclass(slots=True)
class Loop:
    """A loop that is kept alive: what it raises is logged and backed off, never swallowed in silence."""

    name: str
    turn: Callable[[], Awaitable[float]]
    wake: asyncio.Event | None = None
    patience: float = PATIENCE
    failures: int = 0
    turns_at: float = float("inf")

    async def run(self) -> None:
        self.turns_at = asyncio.get_running_loop().time()
        while True:
            pause = await self._turn()
            self.turns_at = asyncio.get_running_loop().time() + pause
            await self._sleep(pause)

    @property
    def is_stuck(self) -> bool:
        """Whether a turn of it takes longer than any turn should."""
        return asyncio.get_running_loop().time() > self.turns_at + self.patience

    async def _turn(self) -> float:
        try:
            pause = await self.turn()
        except DoorProblem as problem:
            log.warning("loop_waits", loop=self.name, problem=str(problem))
        except Exception:
            log.exception("loop_failed", loop=self.name)
        else:
            self.failures = 0
            return pause
        self.failures += 1
        return float(min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(self.failures, 8)))

    async def _sleep(self, seconds: float) -> None:
        if self.wake is None:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self.wake.wait()
        except TimeoutError:
            return


@dataclass(slots=True)
class Lanes:
    """Deliveries, one at a time within a lane; a lane rests after a post and when it is told to."""

    desk: Desk
    deliver: Deliver
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    resting: dict[str, float] = field(default_factory=dict)
    busy: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    in_hand: set[int] = field(default_factory=set)
    closing: bool = False

    async def turn(self) -> float:
        """Start what is due in every free lane; returns how long nothing else will be."""
        self.wake.clear()
        if self.closing:
            return LONGEST_SLEEP
        time = asyncio.get_running_loop().time()
        self.resting = {lane: until for lane, until in self.resting.items() if until > time}
        occupied = {*self.busy, *self.resting}
        now = self.desk.now()
        async with self.desk.database.read() as connection:
            due = await deliveries.due(
                connection, now, occupied, LANES - len(self.busy), in_hand=self.in_hand
            )
            later = await deliveries.next_due(connection, now)
        if self.closing:
            return LONGEST_SLEEP  # asked to stop while we looked
        for lane, delivery_id in due:
            self.in_hand.add(delivery_id)
            task = asyncio.create_task(self._deliver(lane, delivery_id))
            self.busy[lane] = task
        return self._until_next(now, later, time)

    def _until_next(self, now: datetime, later: datetime | None, time: float) -> float:
        waits = [until - time for until in self.resting.values()]
        if later is not None:
            waits.append((later - now).total_seconds())
        return max(0.005, min([LONGEST_SLEEP, *waits]))

    async def _deliver(self, lane: str, delivery_id: int) -> None:
        rest = 1.0  # a fault of ours in recording must not spin
        try:
            rest = await self.deliver(delivery_id)
        except Exception:
            log.exception("delivery_not_recorded", delivery=delivery_id)
        finally:
            if rest > 0:
                self.resting[lane] = asyncio.get_running_loop().time() + rest
            self.busy.pop(lane, None)
            self.in_hand.discard(delivery_id)
            self.wake.set()

    async def drain(self, seconds: float) -> None:
        """Finish what is in hand and begin nothing more."""
        self.closing = True
        if self.busy:
            await asyncio.wait(set(self.busy.values()), timeout=seconds)


@dataclass(slots=True)
class Runner:
    """All loops of one process."""

    lanes: Lanes
    timekeeper: Timekeeper
    poller: Poller
    sources: list[Source]
    loops: list[Loop] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        self.loops = [
            Loop("deliveries", self.lanes.turn, self.lanes.wake),
            Loop("timers", self._fire),
            Loop("sweep", self._sweep),
            *[
                Loop(source.name, _reading(self.poller, source), patience=READERS_PATIENCE)
                for source in self.sources
            ],
            Loop("recheck", self._recheck),
        ]
        self.tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self.loops]

    async def _fire(self) -> float:
        for timer in await self.timekeeper.due():
            try:
                await self.timekeeper.fire(timer)
            except Exception:
                log.exception("timer_failed", kind=timer.kind, subject=timer.subject)
                await self.timekeeper.put_off(timer)
        left = await self.timekeeper.next_due()
        return LONGEST_SLEEP if left is None else min(LONGEST_SLEEP, max(0.01, left.total_seconds()))

    async def _sweep(self) -> float:
        await self.timekeeper.sweep()
        return SWEEP_SECONDS

    async def _recheck(self) -> float:
        network = self.sources[0].network
        return 1.0 if await self.poller.recheck(network) else RECHECK_SECONDS

    def dead(self) -> list[str]:
        """Loops that have ended, or hang: only a restart cures that."""
        ended = {task.get_name() for task in self.tasks if task.done()}
        return [loop.name for loop in self.loops if loop.name in ended or loop.is_stuck]

    async def stop(self, seconds: float) -> None:
        """Stop reading and firing, finish the deliveries in hand."""
        reading = [task for task in self.tasks if task.get_name() != "deliveries"]
        for task in reading:
            task.cancel()
        await self.lanes.drain(seconds)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def _reading(poller: Poller, source: Source) -> Callable[[], Awaitable[float]]:
    async def turn() -> float:
        return await poller.poll(source)

    return turn
