"""SQLite without a thread between: what is done in microseconds is done at once.

aiosqlite hands every step of a statement to a thread and back, a hundred times for one click: measured, more than a
third of its CPU. Here only what may wait goes there: for the disk, for another program's lock.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

from aiosqlite import Connection

_AT_ONCE = {"cursor", "execute", "executemany", "fetchone", "fetchmany", "fetchall", "rollback"}
# They may wait for a lock, or have much to do.
_SLOW = ("BEGIN IMMEDIATE", "DELETE", "PRAGMA", "VACUUM")


class InlineConnection(Connection):
    """An aiosqlite connection, with the same promises: one step after the other, in the order asked for."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, commits_wait: bool) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True
        self._commits_wait = commits_wait
        # Counted apart, each by one thread only: what was handed over, and what of it is done.
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
        # A task that is cancelled here leaves the step behind: what follows queues up after it.
        return await super()._execute(counted)  # type: ignore[no-untyped-call]

    def _is_quick(self, fn: Callable[..., object], args: tuple[object, ...]) -> bool:
        owner, name = getattr(fn, "__self__", None), getattr(fn, "__name__", "")
        if name == "close":
            return isinstance(owner, sqlite3.Cursor)
        if name == "commit":
            return not self._commits_wait
        return name in _AT_ONCE and not (args and str(args[0]).startswith(_SLOW))


def connect(database: str, *, commits_wait: bool, **options: Any) -> InlineConnection:
    """For SQLAlchemy's `async_creator_fn`. `commits_wait`: whether a commit waits for the disk."""

    def connector() -> sqlite3.Connection:
        # Steps run in two threads, never at once.
        connection: sqlite3.Connection = sqlite3.connect(database, **options | {"check_same_thread": False})
        return connection

    return InlineConnection(connector, commits_wait=commits_wait)
