"""Brings a database to this version's schema, and refuses one from a newer version."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from db.engine import Database, DatabaseProblem

MIGRATIONS = Path(__file__).parent / "migrations"
# Our key among a PostgreSQL database's advisory locks: "desk" in ASCII.
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
    """The database's revision (None: empty) and this version's; raises NewerDatabase if it is unknown here."""
    async with database.read() as connection:
        return await connection.run_sync(lambda sync: (_known_revision(sync), head()))


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    before = _known_revision(connection)
    if before != head():
        _run_migrations(connection)
    return before, head()


def _known_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if current is not None and current not in revisions():
        raise NewerDatabase(current)
    return current


def head() -> str:
    """This version's revision."""
    return revisions()[-1]


def revisions() -> list[str]:
    """All revisions that this version knows, in order; migration files begin with them."""
    return sorted(file.name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _run_migrations(connection: Connection) -> None:
    # Imported only if there is work, because it takes 12 MB that a desk would never free.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
