"""Databases as earlier versions filled them: `old_desks/` has what each schema stored, in plain SQL."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from db.engine import Database
from db.schema import MIGRATIONS

DESKS = Path(__file__).parent / "old_desks"
# Each goes on from the one before.
SCHEMAS = ("0001", "0007")


async def fill(database: Database, schema: str) -> None:
    """Make the tables of that schema, and what a desk held in each of them."""
    for one in SCHEMAS[: SCHEMAS.index(schema) + 1]:
        async with database.write() as connection:
            await connection.run_sync(_upgrade, one)
            for line in (DESKS / f"{one}.sql").read_text(encoding="utf-8").splitlines():
                if line.strip() and not line.startswith("--"):
                    await connection.exec_driver_sql(line)


def _upgrade(connection: Connection, schema: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, schema)
