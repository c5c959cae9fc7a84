"""SQLite without a thread in between: steps that take microseconds run at once.

aiosqlite hands every step of a statement to a thread and back, a hundred times for one click: measured, more than a
third of a click's CPU. Here only steps that may wait go to the thread: for the disk, or for another program's lock.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from aiosqlite import Connection

_AT_ONCE = {"cursor", "execute", "executemany", "fetchone", "fetchmany", "fetchall", "rollback"}
# These may wait for a lock, or take long.
_SLOW = ("BEGIN IMMEDIATE", "DELETE", "PRAGMA", "VACUUM")


class InlineConnection(Connection):
    """An aiosqlite connection that keeps aiosqlite's promise: one step after the other, in the order of the calls."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, commits_wait: bool) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True
        self._commits_wait = commits_wait
        # Steps handed to the thread, and steps done; each counter is written by one thread only.
        self._handed = 0
        self._done = 0

    async def _execute(self, fn: Callable[..., object], *args: object, **kwargs: object) -> object:
        if self._handed == self._done and self._is_quick(fn, args):
            return fn(*args, **kwargs)

        def counted() -> object:
            try:
                return fn(*args, **kwargs)
            finally:
                self._done += 1

        self._handed += 1
        # If this task is cancelled here, the step still runs, and later steps queue up after it.
        return await super()._execute(counted)  # type: ignore[no-untyped-call]

    def _is_quick(self, fn: Callable[..., object], args: tuple[object, ...]) -> bool:
        owner, name = getattr(fn, "__self__", None), getattr(fn, "__name__", "")
        if name == "close":
            return isinstance(owner, sqlite3.Cursor)
        if name == "commit":
            return not self._commits_wait
        return name in _AT_ONCE and not (args and str(args[0]).startswith(_SLOW))


def connect(database: str, *, commits_wait: bool, **options: Any) -> InlineConnection:
    """Open a connection, for SQLAlchemy's `async_creator_fn`; `commits_wait`: a commit waits for the disk."""

    def connector() -> sqlite3.Connection:
        # Steps run in two threads, but never at the same time.
        connection: sqlite3.Connection = sqlite3.connect(database, **options | {"check_same_thread": False})
        return connection

    return InlineConnection(connector, commits_wait=commits_wait)
