"""Migrations lead to the tables as the code knows them, once; a newer database is refused."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select, text

from db.engine import Database
from db.schema import MIGRATIONS, NewerDatabase, head, migrate, revision, revisions
from db.sql.tables import metadata, said_once, watermarks


async def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    def is_ours(name: str | None, _kind: str, _parents: object) -> bool:
        return "procrastinate" not in (name or "")  # the queue brings its own

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"include_name": is_ours})
        return compare_metadata(context, metadata)

    async with database.read() as connection:
        assert await connection.run_sync(differences) == []


async def test_partial_indexes_exist_with_their_conditions(sqlite: Database) -> None:
    async with sqlite.read() as connection:
        rows = await connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%WHERE%'"))
        made = {name for name, _sql in rows}
    wanted = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert wanted <= made


async def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/desk.db")
    try:
        assert (await revision(database))[0] is None
        before, after = await migrate(database)
        assert before is None
        async with database.write() as connection:
            values = {"source": "x:mentions:acme", "post_id": "5"}
            await connection.execute(
                insert(watermarks).values(**values, read_at=text("'2026-11-20 12:00:00'"))
            )
        assert await migrate(database) == (after, after)
        async with database.read() as connection:
            assert (await connection.execute(select(watermarks.c.post_id))).scalar_one() == "5"
    finally:
        await database.close()


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))
    for attempt in (migrate, revision):
        with pytest.raises(NewerDatabase, match=r"newer Mentiondesk.*9999_from_the_future"):
            await attempt(database)
    async with database.read() as connection:
        assert (await connection.execute(select(said_once.c.key))).all() == []


async def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/desk.db")
    try:
        async with database.write() as connection:
            await connection.execute(text("CREATE TABLE timers (mine TEXT)"))
        with pytest.raises(Exception, match="timers"):
            await migrate(database)
        async with database.read() as connection:
            rows = await connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
            assert [name for (name,) in rows] == ["timers"]
    finally:
        await database.close()


def test_the_revisions_are_those_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)
    assert revisions() == sorted(script.revision for script in scripts.walk_revisions())
    assert head() == scripts.get_current_head()
