"""SQLite files of this version's schema: migrated once in each process of tests, and copied for each test."""

import shutil
import tempfile
from pathlib import Path

from db.engine import Database
from db.schema import migrate

_folder = tempfile.TemporaryDirectory(prefix="mentiondesk-migrated-")


async def a_file(at: Path) -> str:
    """A new, empty desk's file there; returns its DATABASE_URL."""
    template = Path(_folder.name) / "desk.db"
    if not template.exists():
        database = Database(f"sqlite+aiosqlite:///{template}")
        await migrate(database)
        await database.close()
    shutil.copy(template, at)
    return f"sqlite+aiosqlite:///{at}"
