"""Carrying: everything arrives as it was, whichever database it comes from and goes to; or nothing does."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update

import migrated
import postgres
from db.copies import sequences
from db.copies.transfer import (
    BATCH,
    CARRIED,
    ArrivedOtherwise,
    NotCarried,
    NotEmpty,
    NothingThere,
    OtherSchema,
    carry,
    name_of,
    prepare,
)
from db.engine import Database
from db.schema import NewerDatabase, migrate
from db.sql.tables import (
    absences,
    accounts,
    approvals,
    asks,
    authors,
    billed,
    cases,
    deliveries,
    desk_events,
    drafts,
    events,
    follow_ups,
    mentions,
    messages,
    metadata,
    replies,
    said_once,
    saved_replies,
    spending,
    stand_ins,
    timers,
    troubles,
    unwanted,
    watermarks,
    writing,
)

NOW = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
ROME = NOW.astimezone(timezone(timedelta(hours=1)))
HOSTILE = "Zażółć 🦊 'quoted' \"twice\" \\n \u202e\u0001 ﷽\r\n\ttab"

Opening = Callable[[str], str]


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Opening:
    """The address of a new database of a kind."""
    numbers = itertools.count(1)

    def new(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite+aiosqlite:///{tmp_path}/desk{next(numbers)}.db"
        return postgres.a_database(request.getfixturevalue("postgres_server"))

    return new


@pytest.fixture(params=["sqlite", "postgresql"])
async def source(request: pytest.FixtureRequest, address: Opening) -> AsyncIterator[Database]:
    opened = Database(address(request.param))
    await migrated.fill(opened)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
async def target(request: pytest.FixtureRequest, address: Opening) -> AsyncIterator[Database]:
    opened = Database(address(request.param))
    await migrated.fill(opened)
    yield opened
    await opened.close()


def a_case(number: int, **columns: Any) -> dict[str, Any]:
    return {
        "id": number,
        "network": "x",
        "account": "acme_help",
        "author_id": "9",
        "conversation_id": "1",
        "status": "new",
        "channel": "C0MENTIONS",
        "language": "pl",
        "priority": "high",
        "value": 0.1 + 0.2,
        "reasons": [{"why": HOSTILE, "weight": 1.5, "seen": None, "deep": {"b": [1, 2.0], "a": True}}],
        "opened_at": NOW,
        "waiting_since": ROME,
        "queue_at": NOW - timedelta(days=1000, microseconds=1),
        **columns,
    }


def a_mention(number: int, case_id: int) -> dict[str, Any]:
    return {
        "id": number,
        "case_id": case_id,
        "network": "x",
        "post_id": f"{number:020}",
        "author_id": "9",
        "text": HOSTILE,
        "url": "https://x.com/i/status/1",
        "conversation_id": "1",
        "pictures": [],
        "answerable_by": ["acme", "acme_help"],
        "ours": number % 2 == 0,
        "posted_at": NOW,
        "received_at": ROME,
        "checked_at": NOW,
    }


def a_delivery(number: int, state: str, **columns: Any) -> dict[str, Any]:
    return {
        "id": number,
        "key": f"key-{number}",
        "kind": "reply",
        "subject": f"reply:{number}:0",
        "case_id": 7,
        "lane": "x:acme_help",
        "rank": 1,
        "state": state,
        "not_before": NOW,
        "payload": {"person": "U0ANNA"},
        "made_at": NOW,
        **columns,
    }


ROWS: dict[Any, list[dict[str, Any]]] = {
    # Keys that a language's order and the order of bytes put apart.
    authors: [
        {"network": "x", "id": name, "handle": name, "name": HOSTILE, "followers": 2**31 - 1, "seen_at": NOW}
        for name in ("a", "B", "_c", "é", "Z", "z", "ż", "-1", "10", "9", "🦊", "a b", "ab")
    ],
    cases: [a_case(7), a_case(3, owner="U0ANNA", due_at=ROME, reasons=[], value=-0.0, reposts=3)],
    mentions: [a_mention(1, 7), a_mention(2, 3)],
    events: [
        {"id": 5, "case_id": 3, "at": NOW, "what": "claimed", "detail": {"url": None}, "due_at": ROME},
    ],
    desk_events: [{"id": 2, "at": ROME, "who": None, "what": "settings", "detail": {"sections": ["sla"]}}],
    replies: [
        {
            "id": 1,
            "case_id": 3,
            "account": "acme_help",
            "answers": "1",
            "typed": "",
            "parts": ["one 1/2", "two 2/2"],
            "posts": [""],
            "state": "queued",
            "queued_at": NOW,
            "goes_at": NOW,
        }
    ],
    asks: [
        {
            "id": 4,
            "case_id": 3,
            "chain": 1,
            "expert": "U0KASIA",
            "asked_by": "U0ANNA",
            "question": HOSTILE,
            "asked_at": NOW,
            "due_at": ROME,
            "state": "open",
        }
    ],
    follow_ups: [
        {
            "id": 2,
            "case_id": 3,
            "person": "U0ANNA",
            "due_at": NOW,
            "note": "",
            "state": "promised",
            "made_at": NOW,
        }
    ],
    approvals: [
        {
            "id": 3,
            "case_id": 3,
            "who": "U0ANNA",
            "typed": HOSTILE,
            "parts": [HOSTILE],
            "account": "acme",
            "seen": "1/0/U0ANNA/1",
            "despite": {"found": "phone"},
            "remind_at": ROME,
            "reasons": ["guard"],
            "state": "asked",
            "step": 0,
            "asked": ["U0LAURA"],
            "asked_at": NOW,
        }
    ],
    saved_replies: [
        {
            "id": 4,
            "title": "We look into it",
            "text": HOSTILE,
            "language": "en",
            "expires_on": "2027-01-31",
            "made_at": NOW,
            "changed_at": ROME,
        }
    ],
    writing: [{"case_id": 3, "person": "U0ANNA", "until": NOW}],
    drafts: [{"case_id": 3, "person": "U0ANNA", "text": "half a", "seen": "", "at": NOW, "saved": 4}],
    messages: [
        {
            "subject": "card:3",
            "case_id": 3,
            "channel": "C0MENTIONS",
            "ts": "1.2",
            "drawn": "a1",
            "posted_at": NOW,
        }
    ],
    deliveries: [a_delivery(9, "done", ended_at=NOW), a_delivery(11, "pending")],
    absences: [{"person": "U0ANNA", "since": NOW, "until": ROME}],
    unwanted: [{"person": "U0KASIA", "what": "shift_end"}],
    stand_ins: [{"area": "billing", "person": "U0MARCO", "until": ROME, "by": "U0LAURA"}],
    troubles: [{"part": "x:mentions:acme", "cause": "X can’t be reached.", "since": NOW}],
    timers: [
        {
            "id": 6,
            "kind": "warning",
            "subject": "case:3",
            "case_id": 3,
            "due_at": NOW,
            "state": "armed",
        }
    ],
    accounts: [{"network": "x", "handle": "acme_help", "id": "42"}],
    watermarks: [{"source": "x:mentions:acme_help", "post_id": "18446744073709551615", "read_at": NOW}],
    spending: [{"month": "2026-11", "what": "posts", "number": 12, "usd": 1 / 3}],
    billed: [{"day": "2026-11-20", "id": "5"}],
    said_once: [{"key": "Ev1", "at": NOW}],
}


async def fill(database: Database) -> int:
    """One of everything; returns how many rows."""
    async with database.write() as connection:
        for table, rows in ROWS.items():
            for row in rows:
                await connection.execute(insert(table).values(**row))
        for table in [] if database.is_sqlite else sequences.TABLES:
            await sequences.go_on_after(connection, table, await sequences.highest_given(connection, table))
    return sum(len(rows) for rows in ROWS.values())


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    async with database.read() as connection:
        return {
            table.name: sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
            for table in CARRIED
        }


async def next_case(database: Database) -> int:
    """The number that a case gets that is opened now."""
    columns = a_case(0)
    del columns["id"]
    async with database.write() as connection:
        return int(
            (await connection.execute(insert(cases).values(**columns).returning(cases.c.id))).scalar_one()
        )


def test_one_of_everything_is_carried_here() -> None:
    assert set(ROWS) == set(CARRIED)


async def test_everything_arrives_as_it_was(source: Database, target: Database) -> None:
    rows = await fill(source)
    assert await carry(source, target) == rows
    sent, arrived = await everything(source), await everything(target)
    assert arrived == sent
    assert all(arrived[table.name] for table in CARRIED)


async def test_times_arrive_aware_and_floats_to_the_last_bit(source: Database, target: Database) -> None:
    await fill(source)
    await carry(source, target)
    async with target.read() as connection:
        case = (await connection.execute(select(cases).where(cases.c.id == 7))).one()
    assert case.waiting_since == ROME
    assert case.waiting_since.tzinfo is UTC
    assert case.value == 0.1 + 0.2
    assert case.owner is None
    assert case.reasons == ROWS[cases][0]["reasons"]


async def test_there_and_back_again_it_is_the_same(
    source: Database, target: Database, address: Opening
) -> None:
    await fill(source)
    await carry(source, target)
    home = Database(address("sqlite"))
    try:
        await migrate(home)
        await carry(target, home)
        assert await everything(home) == await everything(source)
    finally:
        await home.close()


@pytest.mark.parametrize("number", [0, 1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH])
async def test_no_row_is_lost_where_batches_meet(sqlite: Database, address: Opening, number: int) -> None:
    target = Database(address("sqlite"))
    try:
        await migrate(target)
        async with sqlite.write() as connection:
            for start in range(0, number, BATCH):
                some = range(start, min(start + BATCH, number))
                await connection.execute(insert(said_once), [{"key": str(key), "at": NOW} for key in some])
        assert await carry(sqlite, target) == number
        async with target.read() as connection:
            assert (
                await connection.execute(select(func.count()).select_from(said_once))
            ).scalar_one() == number
    finally:
        await target.close()


async def test_progress_begins_with_nothing_and_ends_with_all(source: Database, target: Database) -> None:
    rows = await fill(source)
    told: list[tuple[int, int]] = []
    await carry(source, target, told=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 2 * rows)
    assert told[-1] == (2 * rows, 2 * rows)
    assert told == sorted(told)


async def test_numbers_go_on_where_they_were_also_after_the_highest_case_is_gone(
    source: Database, target: Database
) -> None:
    await fill(source)
    assert await next_case(source) > 7
    async with source.write() as connection:
        last = (await connection.execute(select(func.max(cases.c.id)))).scalar_one()
        await connection.execute(delete(cases).where(cases.c.id == last))
    await carry(source, target)
    assert await next_case(target) == last + 1
    assert await next_case(source) == last + 1


async def test_a_table_that_never_had_a_row_begins_with_1(source: Database, target: Database) -> None:
    await carry(source, target)
    assert await next_case(target) == 1


async def test_a_database_of_the_first_days_that_forgets_its_count_is_carried_too(
    tmp_path: Path, target: Database
) -> None:
    old = Database(f"sqlite+aiosqlite:///{tmp_path}/old.db")
    try:
        await migrate(old)
        await without_counts(old)
        await fill(old)
        await carry(old, target)
        assert await next_case(target) == 8
    finally:
        await old.close()


async def without_counts(database: Database) -> None:
    """As the very first schema was: SQLite gave the highest number there is, plus one."""
    async with database.write() as connection:
        made = select(text("sql")).select_from(text("sqlite_master")).where(text("name = 'cases'"))
        sql = (await connection.execute(made)).scalar_one()
        assert "AUTOINCREMENT" in sql
        await connection.execute(text("DROP TABLE cases"))
        await connection.execute(text(sql.replace(" AUTOINCREMENT", "")))


async def test_a_database_that_is_not_empty_is_refused_and_left_alone(
    source: Database, target: Database
) -> None:
    await fill(source)
    async with target.write() as connection:
        await connection.execute(insert(said_once).values(key="mine", at=NOW))
    before = await everything(target)
    with pytest.raises(NotEmpty, match=r"said_once.*nothing was changed"):
        await carry(source, target)
    assert await everything(target) == before


async def test_a_database_carried_into_itself_is_refused(source: Database) -> None:
    await fill(source)
    before = await everything(source)
    with pytest.raises(NotEmpty):
        await carry(source, source)
    assert await everything(source) == before


async def test_another_schema_is_refused_with_what_to_do(source: Database, target: Database) -> None:
    async with source.write() as connection:
        await connection.execute(text("DELETE FROM alembic_version"))
    for one, other in ((source, target), (target, source)):
        with pytest.raises(OtherSchema, match="run `mentiondesk migrate` first"):
            await carry(one, other)


async def test_a_newer_database_is_not_prepared(target: Database) -> None:
    async with target.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase):
        await prepare(target)


async def test_a_file_that_is_not_there_is_not_made_by_looking(sqlite: Database, tmp_path: Path) -> None:
    missing = Database(f"sqlite+aiosqlite:///{tmp_path}/missing.db")
    with pytest.raises(NothingThere, match=r"missing\.db"):
        await carry(missing, sqlite)
    await missing.close()
    assert not (tmp_path / "missing.db").exists()


async def tamper(database: Database, doing: str) -> None:
    """Do something to every event as soon as it arrives."""
    async with database.write() as connection:
        if database.is_sqlite:
            await connection.execute(text(f"CREATE TRIGGER t AFTER INSERT ON events BEGIN {doing}; END"))
            return
        body = f"BEGIN {doing}; RETURN NULL; END"
        await connection.execute(text(f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS '{body}'"))
        await connection.execute(
            text("CREATE TRIGGER t AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION f()")
        )


@pytest.mark.parametrize(
    ("doing", "words"),
    [
        ("UPDATE events SET what = upper(what)", "1 rows sent and 1 arrived"),
        ("UPDATE events SET who = what", "1 rows sent and 1 arrived"),
        ("DELETE FROM events", "1 rows sent and 0 arrived"),
    ],
)
async def test_a_row_that_arrives_otherwise_is_noticed_and_nothing_is_kept(
    source: Database, target: Database, doing: str, words: str
) -> None:
    await fill(source)
    await tamper(target, doing)
    with pytest.raises(ArrivedOtherwise, match=f"events, {words}.*nothing was kept"):
        await carry(source, target)
    assert not any((await everything(target)).values())


async def test_what_postgresql_cannot_keep_is_refused_without_telling_what_it_was(
    sqlite: Database, address: Opening
) -> None:
    target = Database(address("postgresql"))
    try:
        await migrate(target)
        async with sqlite.write() as connection:
            await connection.execute(insert(cases).values(a_case(1)))
            row = a_mention(1, 1) | {"text": "my card is 4111\0"}
            await connection.execute(insert(mentions).values(row))
        with pytest.raises(NotCarried, match=r"nothing was kept.*NUL") as refused:
            await carry(sqlite, target)
        assert "4111" not in str(refused.value)
        assert not any((await everything(target)).values())
    finally:
        await target.close()


async def test_what_is_written_meanwhile_is_not_carried_in_part(source: Database, target: Database) -> None:
    """One look: a case opened while its mentions are being carried is not there at all."""
    await fill(source)
    before = await everything(source)
    tasks: list[asyncio.Task[None]] = []

    async def write() -> None:
        async with source.write() as connection:
            await connection.execute(update(cases).values(status="resolved"))
            await connection.execute(insert(cases).values(a_case(50)))
            await connection.execute(insert(mentions).values(a_mention(50, 50)))

    def told(done: int, _total: int) -> None:
        if done and not tasks:
            tasks.append(asyncio.get_running_loop().create_task(write()))

    await carry(source, target, told=told)
    await tasks[0]
    assert await everything(target) == before


def test_a_database_s_name_holds_no_secret(tmp_path: Path) -> None:
    there = Database("postgresql+psycopg://desk:hunter2@db.example/desk?password=hunter3")
    assert name_of(there) == "desk on db.example"


def test_every_table_with_a_number_goes_on_counting() -> None:
    names = {table.name for table in sequences.TABLES}
    assert names == {table.name for table in metadata.sorted_tables if "id" in table.c} - {
        "authors",
        "accounts",
        "billed",
    }
