"""SQLite files of this version's schema: made once in each process of tests, and copied for each test."""

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from bot.cli.try_out import demo_policy
from db.engine import Database
from db.schema import migrate
from handlers.desk.replies import saved as saving
from handlers.desk.work import Desk

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


def _copied(template: Path, at: Path) -> str:
    shutil.copy(template, at)
    return f"sqlite+aiosqlite:///{at}"
