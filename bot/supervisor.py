"""The loops of one process: they send deliveries, fire timers and read sources."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.cancelling import is_cancelled
from bot.engines.leases import Leases
from bot.engines.turns import Engine
from db.engine import DatabaseProblem
from handlers.desk.intake import board
from handlers.problems import DoorProblem
from handlers.workers.effects import Effects
from handlers.workers.health import Faults, Health
from handlers.workers.poller import Poller, Source
from handlers.workers.timers import Timekeeper
from handlers.workers.watchdog import Watch
from triage.i18n import N_, _

log = structlog.get_logger()

Turn = Callable[[], Awaitable[float]]

DELIVERIES, SWEEP, RECHECK, BOARDS = "deliveries", "sweep", "recheck", "boards"
LEASES, WATCH, EFFECTS, TIMERS = "leases", "watch", "effects", "timers"
# The loops in words for people. A source is called by its name.
IN_WORDS = {
    DELIVERIES: N_("sending"),
    SWEEP: N_("tidying up"),
    RECHECK: N_("looking stored posts up again"),
    BOARDS: N_("the list of waiting cards"),
    LEASES: N_("sharing the work"),
    WATCH: N_("watching over the desk"),
    EFFECTS: N_("looking for what is late"),
    TIMERS: N_("reminders and due times"),
}
# The longest sleep of a loop, in seconds; not longer, because the clock may be moved from outside.
LONGEST_SLEEP = 1.0
OLD_ROWS_SECONDS = 3600.0
RECHECK_SECONDS = 60.0
# Slack takes about fifty edits a minute; boards and cards share them.
BOARD_SECONDS, LOOK_FOR_STORMS = 10.0, 5.0
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 60.0
# A loop whose turn takes longer is dead; a reader that catches up after an outage needs many calls.
PATIENCE, READERS_PATIENCE = 120.0, 900.0


@dataclass(slots=True)
class Loop:
    """A loop that survives its errors: it logs each one, then waits longer after each failure in a row.

    An error that nobody foresaw is a trouble of the loop. `holds`: False while another replica does its work.
    """

    name: str
    turn: Turn
    health: Health
    patience: float = PATIENCE
    holds: Callable[[], bool] = lambda: True
    failures: int = 0
    turns_at: float = float("inf")

    async def run(self) -> None:
        self.turns_at = asyncio.get_running_loop().time()
        while True:
            pause = await self._turn()
            if is_cancelled():
                return
            self.turns_at = asyncio.get_running_loop().time() + pause
            await asyncio.sleep(pause)

    @property
    def is_stuck(self) -> bool:
        """True if its turn takes longer than any turn should."""
        return asyncio.get_running_loop().time() > self.turns_at + self.patience

    @property
    def _part(self) -> str:
        return f"loop {self.name}"

    async def _turn(self) -> float:
        if not self.holds():
            return LONGEST_SLEEP
        begun = asyncio.get_running_loop().time()
        try:
            pause = await self.turn()
        except (DoorProblem, DatabaseProblem, OperationalError) as problem:
            log.warning("loop_waits", loop=self.name, problem=str(problem))
        except Exception as error:
            log.exception("loop_failed", loop=self.name)
            self.health.fails(self._part, _unforeseen(self.name, error))
        else:
            self.failures = 0
            self.health.works(self._part)
            return pause
        if asyncio.get_running_loop().time() - begun > LONGEST_BACKOFF:
            self.failures = 0  # the turn ran well for a long time before it failed
        self.failures += 1
        return float(min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(self.failures, 8)))


@dataclass(slots=True)
class Runner:
    """All loops of one process."""

    engine: Engine
    leases: Leases
    timekeeper: Timekeeper
    poller: Poller
    sources: list[Source]
    watch: Watch
    effects: Effects = field(init=False)
    faults: Faults = field(init=False)
    loops: list[Loop] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        health = self.watch.health
        self.effects = Effects(self.watch.desk, health, self.poller, self.sources, self.leases.holds)
        self.faults = Faults(health, "failing timers")

    def start(self) -> None:
        health = self.watch.health
        self.loops = [
            Loop(DELIVERIES, self._deliver, health, patience=float("inf")),
            Loop(LEASES, self.leases.renew, health),
            Loop(WATCH, self.watch.look, health),
            Loop(EFFECTS, self.effects.look, health),
            Loop(TIMERS, self._fire, health),
            *[
                self._leased(source.name, _reading(self.poller, source), READERS_PATIENCE)
                for source in self.sources
            ],
            self._leased(SWEEP, self._sweep),
            self._leased(BOARDS, self._keep_boards),
            self._leased(RECHECK, self._recheck),
        ]
        self.tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self.loops]

    async def _deliver(self) -> float:
        await self.engine.run()
        return LONGEST_SLEEP

    def _leased(self, name: str, turn: Turn, patience: float = PATIENCE) -> Loop:
        """A loop that waits while another replica holds the lease."""
        return Loop(name, turn, self.watch.health, patience, lambda: self.leases.holds(name))

    async def _fire(self) -> float:
        for timer in await self.timekeeper.due():
            try:
                await self.timekeeper.fire(timer)
            except DoorProblem as problem:
                log.warning("timer_waits", kind=timer.kind, problem=str(problem))
                await self.timekeeper.put_off(timer)
            except Exception as error:
                log.exception("timer_failed", kind=timer.kind, subject=str(timer.subject))
                await self.timekeeper.put_off(timer)
                self.faults.failed(timer.id, _unforeseen(TIMERS, error))
            else:
                self.faults.went_well(timer.id)
        left = await self.timekeeper.next_due()
        return LONGEST_SLEEP if left is None else min(LONGEST_SLEEP, max(0.01, left.total_seconds()))

    async def _sweep(self) -> float:
        await self.timekeeper.sweep()
        return OLD_ROWS_SECONDS

    async def _keep_boards(self) -> float:
        return BOARD_SECONDS if await board.keep(self.watch.desk) else LOOK_FOR_STORMS

    async def _recheck(self) -> float:
        networks = {source.network.name: source.network for source in self.sources}.values()
        rechecked = [await self.poller.recheck(network) for network in networks]
        return 1.0 if any(rechecked) else RECHECK_SECONDS

    def dead(self) -> list[str]:
        """The loops that have ended or hang, which only a restart cures."""
        ended = {task.get_name() for task in self.tasks if task.done()}
        dead = [loop.name for loop in self.loops if loop.name in ended or loop.is_stuck]
        return [*dead, "writer"] if self.watch.writer_stuck else dead

    async def stop(self, seconds: float) -> None:
        """Stop reading and firing, then finish the deliveries in progress, within about so many seconds."""
        delivering = [task for task in self.tasks if task.get_name() == DELIVERIES]
        await _end([task for task in self.tasks if task not in delivering])
        with contextlib.suppress(DBAPIError):  # without a database the leases run out by themselves
            await self.leases.give_back()
        await self.engine.stop(seconds)
        await _end(delivering)


def _unforeseen(name: str, error: Exception) -> str:
    """The trouble of a loop, in words."""
    # Not the error's own words: they may quote what a customer wrote.
    sentence = _(
        "A fault of Mentiondesk's own: {what} does not work ({error}). It is tried again and again. Please report this, "
        "with the log."
    )
    return sentence.format(what=_(IN_WORDS[name]) if name in IN_WORDS else name, error=type(error).__name__)


def _reading(poller: Poller, source: Source) -> Turn:
    async def turn() -> float:
        return await poller.poll(source)

    return turn


async def _end(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel tasks, only once: a second cancel would interrupt SQLAlchemy as it closes a connection, which then hangs."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
