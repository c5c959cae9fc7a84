"""Migrations lead to the tables as the code knows them, once; a newer database is refused."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import old
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select, text

from db import cases, follow_ups, mentions, messages, questions
from db.answers import approvals, drafts, replies
from db.engine import Database
from db.queue import deliveries, timers
from db.queue.lanes import PostsIn
from db.queue.subjects import AskOf, CardOf, FollowUpOf, MentionOf
from db.rows import DeliveryKind, FollowUpState, QuestionState, TimerKind
from db.schema import MIGRATIONS, NewerDatabase, head, migrate, revision, revisions
from db.sql.tables import metadata, said_once, watermarks
from triage.cases.case import Outcome, Status


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


@pytest.fixture
async def untouched(database_url: str) -> AsyncIterator[Database]:
    """A database without a table."""
    empty = Database(database_url)
    yield empty
    await empty.close()


async def contents(database: Database) -> dict[str, list[dict[str, Any]]]:
    """{table: its rows} as the driver gives them, but what an engine or a migration keeps for itself."""

    def read(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        ours = sorted(set(metadata.tables) & set(inspect(connection).get_table_names()))
        return {
            name: [dict(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').mappings()]
            for name in ours
        }

    async with database.read() as connection:
        return await connection.run_sync(read)


@pytest.mark.parametrize("schema", old.SCHEMAS)
async def test_an_old_desk_is_carried_up_with_every_row_as_it_was(untouched: Database, schema: str) -> None:
    await old.fill(untouched, schema)
    before = await contents(untouched)
    assert [name for name, rows in before.items() if not rows] == []
    await migrate(untouched)
    after = await contents(untouched)
    for name, rows in before.items():
        kept = [{column: row[column] for column in rows[0]} for row in after[name]]
        assert kept == rows


@pytest.mark.parametrize("schema", old.SCHEMAS)
async def test_an_old_desk_reads_as_one_of_today(untouched: Database, schema: str) -> None:
    await old.fill(untouched, schema)
    await migrate(untouched)
    monday = datetime(2026, 9, 14, 16, tzinfo=UTC)
    async with untouched.read() as connection:
        found = [await cases.load(connection, number) for number in (1, 2, 3)]
        assert [case.status for case in found] == [Status.CLAIMED, Status.ESCALATED, Status.RESOLVED]
        assert found[2].outcome is Outcome.ANSWERED
        assert [post.ours for post in await mentions.conversation(connection, 1)] == [False, True]
        (reply,) = await replies.of_case(connection, 1)
        assert (reply.state, list(reply.posts)) == ("sent", ["1004"])
        (question,) = await questions.latest(connection, 2)
        assert (question.state, question.is_open) == (QuestionState.OPEN, True)
        (promise,) = await follow_ups.open_ones(connection, 1)
        assert (promise.state, promise.reminders) == (FollowUpState.PROMISED, 0)
        draft = await drafts.load(connection, 2, "U0ANNA")
        assert draft is not None
        assert draft.text == "We give it back."
        (place,) = await messages.places_of_case(connection, 3)
        assert place.subject == MentionOf(99)
        card = await deliveries.load(connection, 1)
        assert card is not None
        assert (card.kind, card.subject, card.lane) == (
            DeliveryKind.MESSAGE,
            CardOf(1),
            PostsIn("C0MENTIONS"),
        )
        armed = {timer.kind: timer.subject for timer in await timers.due(connection, monday)}
        assert armed == {TimerKind.FOLLOW_UP: FollowUpOf(1), TimerKind.ASK: AskOf(1)}
        if schema != "0001":
            waiting = await approvals.waiting(connection, 2)
            assert waiting is not None
            assert list(waiting.asked) == ["U0LAURA"]
            assert question.asked_back == "Which invoice?"
