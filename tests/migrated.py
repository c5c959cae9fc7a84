"""Databases of this version's schema: made once in each process of tests, and copied for each test."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from bot.cli.try_out import demo_policy
from db.engine import Database
from db.schema import migrate
from handlers.desk.replies import saved as saving
from handlers.desk.work import Desk

_templates: dict[str, str] = {}
_folder = tempfile.TemporaryDirectory(prefix="mentiondesk-migrated-")


async def a_file(at: Path) -> str:
    """A new, empty desk's file there; returns its DATABASE_URL."""
    template = Path(_folder.name) / "empty.db"
    if not template.exists():
        database = Database(f"sqlite+aiosqlite:///{template}")
        await migrate(database)
        await database.close()
    return _copied(template, at)


async def a_begun_file(at: Path, begun_at: datetime) -> str:
    """The file of a desk that has started once, and keeps the saved replies that the demo's desk begins with."""
    template = Path(_folder.name) / "begun.db"
    if not template.exists():
        database = Database(await a_file(template))
        await saving.plant(Desk(database, demo_policy(), lambda: begun_at))
        await database.close()
    return _copied(template, at)


async def fill(database: Database) -> None:
    """Give an empty database this version's schema; on PostgreSQL by a dump that is made once."""
    if database.is_sqlite:
        await a_file(Path(str(database.url.database)))
    else:
        await _fill_postgresql(database)


async def _fill_postgresql(database: Database) -> None:
    """Let the server copy a migrated database, which is ten times quicker than to migrate one."""
    if database.url.host or "host" not in database.url.query:
        raise ValueError("a server of the tests has a socket in its query")
    server = database.url.set(drivername="postgresql", database="postgres").render_as_string(
        hide_password=False
    )
    if server not in _templates:
        _templates[server] = f"template_{uuid4().hex}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{_templates[server]}"')  # type: ignore[call-overload]
        template = Database(
            database.url.set(database=_templates[server]).render_as_string(hide_password=False)
        )
        await migrate(template)
        await template.close()
    name = database.url.database
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}"')  # type: ignore[call-overload]
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_templates[server]}"')  # type: ignore[call-overload]


def _copied(template: Path, at: Path) -> str:
    shutil.copy(template, at)
    return f"sqlite+aiosqlite:///{at}"
