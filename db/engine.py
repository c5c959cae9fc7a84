"""The database: on SQLite one writer at a time, and transactions that never wait for the network."""

import asyncio
import os
import select
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from db.address import DatabaseProblem as DatabaseProblem
from db.address import require_address
from db.queue.lanes import defer_turns, take_summoned
from db.sql.sqlite import connect

try:
    import fcntl
except ImportError:  # Windows: no lock, so no protection from a second process
    fcntl = None  # type: ignore[assignment]


def is_deadlock(error: DBAPIError) -> bool:
    """True for a PostgreSQL transaction that was rolled back so that another one could go on: try it again."""
    return getattr(error.orig, "sqlstate", None) in _LOST


# Serialization failure, deadlock detected (PostgreSQL's appendix A).
_LOST = ("40001", "40P01")


class AlreadyRunning(DatabaseProblem):
    """Another Mentiondesk is running on this database; stop it first. Several at once need PostgreSQL."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.__doc__}"


def database_url(address: str) -> URL:
    """Parse DATABASE_URL; raises DatabaseProblem with the remedy, without repeating the address and its password."""
    require_address(address)
    return make_url(address)


class Database:
    """The desk's database. After each committed write it calls `on_work` with the lanes that got work.

    On SQLite it has several engines on one file: a writer pool of one, and readers that cannot write. Measured:
    one writer connection makes 2.5 times the inserts of ten, and no transaction fails as locked.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.on_work: Callable[[set[str]], None] = lambda lanes: None
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, size=1, read_only=False)
            self._reader = _sqlite_engine(self.url, size=4, read_only=True)
            self._surveyor = _sqlite_engine(self.url, size=1, read_only=True, inline=False)
        else:
            self._writer = _postgresql_engine(self.url)
            # One snapshot for everything on a card; read-only, as on SQLite.
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._surveyor = self._reader
        self._lock: IO[str] | None = None

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that holds SQLite's write lock from its start; it commits at the end, or rolls back."""
        async with self._writer.begin() as connection:
            take_summoned(connection)  # drop lanes left on this pooled connection by a write that rolled back
            yield connection
            summoned = take_summoned(connection)
            if summoned:
                await defer_turns(connection, summoned)
        if summoned:
            self.on_work(summoned)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a consistent snapshot that takes no lock and cannot write."""
        async with self._reader.begin() as connection:
            yield connection

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[AsyncConnection]:
        """Open a snapshot for slow queries over whole tables, which does not hold up other readers."""
        async with self._surveyor.begin() as connection:
            yield connection

    async def lock(self) -> None:
        """Refuse a second process on the same SQLite file; on PostgreSQL replicas are welcome."""
        if self.is_sqlite:
            self._lock_file()

    def _lock_file(self) -> None:
        if fcntl is None:
            return
        path = f"{self.url.database}.lock"
        self._lock = Path(path).open("a+", encoding="utf-8")  # noqa: SIM115 - held as long as we run
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise AlreadyRunning(str(self.url.database)) from error
        self._lock.truncate(0)
        self._lock.write(str(os.getpid()))
        self._lock.flush()

    async def close(self) -> None:
        engines = {self._writer, self._reader, self._surveyor}
        await asyncio.gather(*(engine.dispose() for engine in engines))
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _postgresql_engine(url: URL) -> AsyncEngine:
    try:
        engine = create_async_engine(
            url,
            pool_size=10,
            max_overflow=0,
            pool_timeout=30,
            hide_parameters=True,  # errors are logged, and parameters contain customers' words
            connect_args={"connect_timeout": 10, "options": "-c timezone=UTC -c lock_timeout=10s"},
        )
    except ModuleNotFoundError:
        raise DatabaseProblem("PostgreSQL needs an extra: pip install 'mentiondesk[postgres]'.") from None

    @event.listens_for(engine.sync_engine, "checkout")
    def require_alive(connection: Any, _record: Any, _proxy: Any) -> None:
        # A server that went away has written to the socket; to ask it would cost a round trip each time.
        if _has_something_to_say(connection.driver_connection.fileno()):
            raise InvalidatePoolError

    return engine


def _has_something_to_say(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))


def _sqlite_engine(url: URL, *, size: int, read_only: bool, inline: bool = True) -> AsyncEngine:
    creator = partial(connect, commits_wait=not read_only)
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        connect_args={"isolation_level": None, "timeout": 30}
        | ({"async_creator_fn": creator} if inline else {}),
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: DBAPIConnection, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL, because NORMAL may lose the last commits in a power cut, after their posts to Slack.
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA busy_timeout = 30000")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        # The driver's own BEGIN is deferred, and a transaction that reads, then writes would fail as locked.
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine
