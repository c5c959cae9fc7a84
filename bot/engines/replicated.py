"""The engine of several replicas on PostgreSQL: a lane's turn is a job of Procrastinate."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cancelling import is_cancelled
from bot.engines.turns import FORGOTTEN_SECONDS, Turns
from db.engine import Database, DatabaseProblem
from db.queue import deliveries, lanes
from handlers.desk import outbox

log = structlog.get_logger()

# Slots for turns; a resting lane keeps its slot, so there must be more slots than simultaneous deliveries.
CONCURRENCY = 256
# Procrastinate does not announce a freed lane; it looks for jobs again after this many seconds.
FETCH_SECONDS = 0.5
# A replica that is silent for so long is dead; this must be longer than a call to Slack or a network.
HEARTBEAT_SECONDS, SILENT_SECONDS = 4.0, 15.0
CUT_SECONDS = 5.0


class QueueGone(DatabaseProblem):
    """The queue lost its database; the engine tries again."""


@dataclass(slots=True)
class Replicated:
    """The engine of a replica: a lane's turn is a job, and the lane its lock."""

    turns: Turns
    _worker: Worker | None = None
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    # The jobs whose turns are under way here, and the jobs marked as ours that were not under way at the last sweep.
    _at_work: set[int] = field(default_factory=set)
    _suspected: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.turns.looking = self._looking

    @asynccontextmanager
    async def _looking(self, lane: str) -> AsyncIterator[AsyncConnection]:
        """Delete the lane's other jobs with each look, because the look sees the work they were queued for."""
        async with self.turns.desk.database.write() as connection:
            await lanes.drop_turns(connection, lane)
            yield connection

    async def run(self) -> None:
        """Work until stopped; raises QueueGone if the connection is lost, and may then be called again."""
        if self.turns.stopping.is_set():
            return
        self._ended.clear()
        try:
            await self._work()
        except ConnectorException as error:
            raise QueueGone(str(error)) from error
        finally:
            self._ended.set()
        if not self.turns.stopping.is_set() and not is_cancelled():
            raise QueueGone

    async def _work(self) -> None:
        app = App(connector=PsycopgConnector(conninfo=conninfo(self.turns.desk.database)))

        @app.task(name=lanes.TURN, pass_context=True)
        async def turn(context: JobContext, lane: str) -> None:
            number = int(context.job.id or 0)
            self._at_work.add(number)
            try:
                await self.turns.take(lane)
            finally:
                self._at_work.discard(number)

        try:
            await app.open_async()
            if not self.turns.stopping.is_set() and not is_cancelled():
                await self._run_worker(app)
        finally:
            # Even if it was cut off while it opened: a pool's own tasks ignore cancelling, and the process would not end.
            await app.close_async()

    async def _run_worker(self, app: App) -> None:
        self._worker = _worker(app)
        sweep = asyncio.create_task(self._sweep(app), name="stalled turns")
        # In its own task: while the worker registers itself, it would swallow a cancelling of this one.
        working = asyncio.create_task(self._worker.run(), name="worker")  # type: ignore[no-untyped-call]
        try:
            await asyncio.shield(working)
        except asyncio.CancelledError:
            self._worker.stop()  # type: ignore[no-untyped-call]
            await working
            raise
        finally:
            self._worker = None
            sweep.cancel()
            await asyncio.gather(sweep, return_exceptions=True)

    async def _sweep(self, app: App) -> None:
        """Retry the turns of silent replicas, and summon lanes whose work was never announced."""
        while not is_cancelled():
            try:
                for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS):
                    log.warning("turn_taken_over", lane=job.lock)
                    await app.job_manager.retry_job(job)
                await self._end_lost()
                await self._summon_forgotten()
            except (ConnectorException, DBAPIError) as error:
                log.warning("sweep_waits", problem=str(error))
            await asyncio.sleep(FORGOTTEN_SECONDS)

    async def _end_lost(self) -> None:
        """End jobs whose turn ended here while the database was away: still marked as ours, they would lock their lane."""
        if self._worker is None or self._worker.worker_id is None:
            return
        database = self.turns.desk.database
        async with database.read() as connection:
            marked = await lanes.turns_of(connection, self._worker.worker_id)
        lost = marked.keys() - self._at_work
        # Only if lost in two sweeps: a job just fetched is not under way yet, and one just ended is not recorded yet.
        for number in lost & self._suspected:
            log.warning("turn_lost", lane=marked[number])
            async with database.write() as connection:
                await lanes.end_turn(connection, number)
                lanes.summon(connection, marked[number])
        self._suspected = lost - self._suspected

    async def _summon_forgotten(self) -> None:
        """Summon lanes with work but no job, as in a restored database or one moved from SQLite."""
        desk = self.turns.desk
        async with desk.database.read() as connection:
            forgotten = await deliveries.overdue_lanes(connection, desk.now()) - await lanes.with_turn(
                connection
            )
        if forgotten:
            await outbox.summon(desk, *forgotten)

    async def stop(self, seconds: float) -> None:
        self.turns.stopping.set()
        if self._worker is None:
            return
        self._worker.shutdown_graceful_timeout = seconds
        self._worker.stop()  # type: ignore[no-untyped-call]
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds + 2):
                await self._ended.wait()


def _worker(app: App) -> Worker:
    return Worker(
        app,
        concurrency=CONCURRENCY,
        fetch_job_polling_interval=FETCH_SECONDS,
        abort_job_polling_interval=3600,  # nobody aborts a turn
        delete_jobs="always",
        # A worker that lost the database ends its turns before another replica takes it for dead.
        shutdown_graceful_timeout=CUT_SECONDS,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT_SECONDS,
        stalled_worker_timeout=SILENT_SECONDS,
    )


def conninfo(database: Database) -> str:
    """The database's address as libpq spells it."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)
