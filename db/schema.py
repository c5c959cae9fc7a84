"""Bringing a database to this version's schema, and refusing one from a newer version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from db.engine import Database, DatabaseProblem

# Ours among a PostgreSQL database's advisory locks: "desk" in ASCII.
ADVISORY_KEY = 0x6465736B


class NewerDatabase(DatabaseProblem):
    """The database was written by a newer Mentiondesk; install that version or restore an older backup."""

    def __str__(self) -> str:
        return f"{self.__doc__} (It is at revision {self.args[0]}, unknown here.)"


async def migrate(database: Database) -> tuple[str | None, str]:
    """Bring the schema up to date in one transaction; returns the revisions before and after."""
    async with database.write() as connection:
        if not database.is_sqlite:  # on SQLite the transaction itself lets one in at a time
            await connection.execute(text("SET LOCAL lock_timeout = 0"))  # a long migration is waited for
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_KEY})
        return await connection.run_sync(_upgrade)


async def revision(database: Database) -> tuple[str | None, str]:
    """The database's revision (None: empty) and the one this version wants."""
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: (_known_revision(sync), _head()))


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    before = _known_revision(connection)
    if before != _head():
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, _head()


def _known_revision(connection: Connection) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise NewerDatabase(current)
    return current


def _head() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the migrations folder is part of the package"
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
