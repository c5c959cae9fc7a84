"""What stands in the database before a measurement: cards that wait for a click, and years of history."""

import asyncio
import os
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, text

from bench.databases import engine_of
from bench.side import ROOT
from db.sql import tables
from demo.slack import Message

AREAS = ("delivery", "billing", "network")
HISTORY = 10_000_000  # cases of the past are numbered from here
OPEN_EVERY = 2000


async def prepare(url: str, folder: Path) -> None:
    """The desk's file beside an up-to-date, empty database."""
    _write_desk(folder)
    command = Path(sys.executable).parent / "mentiondesk"
    environment = {"PATH": os.environ.get("PATH", ""), "DATABASE_URL": url}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        command, "migrate", cwd=folder, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _nothing = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"migrate: {said.decode()}")


def _write_desk(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    desk = (ROOT / "demo" / "desk.toml").read_text(encoding="utf-8")
    # Thousands of mentions must not end at the budget.
    (folder / "desk.toml").write_text(f"{desk}\n[x]\nmonthly_budget_usd = 1000000\n", encoding="utf-8")


def fill_cards(url: str, cards: Sequence[Message]) -> None:
    """Unclaimed cases 1, 2, … whose cards stand in Slack."""
    now = datetime.now(UTC)
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(insert(tables.authors), [_author(number, now) for number in range(len(cards))])
        connection.execute(
            insert(tables.cases), [_case(number, card, now) for number, card in enumerate(cards)]
        )
        connection.execute(insert(tables.mentions), [_mention(number, now) for number in range(len(cards))])
        connection.execute(insert(tables.events), [_opened(number, now) for number in range(len(cards))])
        connection.execute(
            insert(tables.messages), [_message(number, card, now) for number, card in enumerate(cards)]
        )
        _set_sequences(connection)
    engine.dispose()


def _author(number: int, now: datetime) -> dict[str, object]:
    return {
        "network": "x",
        "id": f"{5000 + number}",
        "handle": f"customer_{number}",
        "name": f"Customer {number}",
        "followers": number,
        "avatar": None,
        "seen_at": now,
    }


def _case(number: int, card: Message, now: datetime) -> dict[str, object]:
    return {
        "id": number + 1,
        "network": "x",
        "account": "acme_help",
        "author_id": f"{5000 + number}",
        "conversation_id": f"{2_000_000_000_000 + number}",
        "status": "new",
        "area": AREAS[number % len(AREAS)],
        "channel": card.channel,
        "language": "en",
        "priority": "normal",
        "value": 0.5,
        "reasons": [],
        "opened_at": now,
        "waiting_since": now,
        "queue_at": now + timedelta(hours=1),
        "due_at": now + timedelta(hours=1),
    }


def _mention(number: int, now: datetime) -> dict[str, object]:
    return {
        "case_id": number + 1,
        "network": "x",
        "post_id": f"{2_000_000_000_000 + number}",
        "author_id": f"{5000 + number}",
        "text": f"@acme_help the parcel that you promised for Monday never came, and nobody answers the phone. {number}",
        "url": f"https://x.com/i/status/{2_000_000_000_000 + number}",
        "conversation_id": f"{2_000_000_000_000 + number}",
        "pictures": [],
        "answerable_by": ["acme_help"],
        "posted_at": now,
        "received_at": now,
        "checked_at": now,
    }


def _opened(number: int, now: datetime) -> dict[str, object]:
    return {"case_id": number + 1, "at": now, "what": "opened", "detail": {}}


def _message(number: int, card: Message, now: datetime) -> dict[str, object]:
    return {
        "subject": f"card:{number + 1}",
        "case_id": number + 1,
        "channel": card.channel,
        "ts": card.ts,
        "drawn": "before",
        "posted_at": now,
    }


def fill_history(url: str, count: int) -> None:
    """So many cases of the past, made by the database itself: mostly resolved, one in 2,000 open."""
    engine = engine_of(url)
    for statement in _HISTORY:
        with engine.begin() as connection:
            connection.execute(text(_dialect(statement, engine.dialect.name)), {"count": count})
    with engine.begin() as connection:
        _set_sequences(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _dialect(statement: str, name: str) -> str:
    """`{series}`: the numbers 1 … count as n. `{ago:…}`: that many minutes before now, as the desk keeps times."""
    if name == "sqlite":
        series = (
            "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)"
            " SELECT n FROM numbers) AS series"
        )
        # strftime gives milliseconds; the column holds microseconds.
        ago = r"strftime('%Y-%m-%d %H:%M:%f000', 'now', '-' || (\1) || ' minutes')"
    else:
        series = "generate_series(1, :count) AS series(n)"
        ago = r"now() - (\1) * interval '1 minute'"
    return re.sub(r"\{ago ([^}]+)\}", ago, statement.replace("{series}", series))


def _set_sequences(connection: Connection) -> None:
    """Rows came with their numbers: PostgreSQL's own counting goes on after them."""
    if connection.dialect.name != "postgresql":
        return
    for table in ("cases", "mentions", "events", "replies"):
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        )


_IS_OPEN = f"n % {OPEN_EVERY} = 0"
_HISTORY = (
    "INSERT INTO authors (network, id, handle, name, followers, seen_at)"
    " SELECT 'x', 'h' || n, 'past_' || n, 'Past customer ' || n, n % 5000, {ago n} FROM {series} WHERE n % 3 = 0",
    "INSERT INTO cases (id, network, account, author_id, conversation_id, status, owner, area, channel, language,"
    " priority, value, reasons, opened_at, waiting_since, queue_at, due_at, first_reply_at, closed_at, outcome,"
    f" reposts, version) SELECT {HISTORY} + n, 'x', 'acme_help', 'h' || (n - n % 3), '' || (1000000000000 + n),"
    f" CASE WHEN {_IS_OPEN} THEN CASE WHEN n % {2 * OPEN_EVERY} = 0 THEN 'new' ELSE 'claimed' END"
    "  WHEN n % 10 = 1 THEN 'dismissed' ELSE 'resolved' END,"
    f" CASE WHEN n % {2 * OPEN_EVERY} = 0 THEN NULL WHEN n % 2 = 0 THEN 'U0ANNA' ELSE 'U0MARCO' END,"
    " CASE n % 3 WHEN 0 THEN 'billing' WHEN 1 THEN 'network' ELSE NULL END,"
    " CASE n % 3 WHEN 0 THEN 'C0BILLING' WHEN 1 THEN 'C0NETWORK' ELSE 'C0MENTIONS' END,"
    " CASE n % 2 WHEN 0 THEN 'it' ELSE 'en' END, 'normal', 0.5, '[]',"
    " {ago n / 2 + 1440}, {ago n / 2 + 1440}, {ago n / 2 + 1380}, NULL, {ago n / 2 + 1400},"
    f" CASE WHEN {_IS_OPEN} THEN NULL ELSE {{ago n / 2 + 1000}} END,"
    f" CASE WHEN {_IS_OPEN} THEN NULL WHEN n % 10 = 1 THEN 'spam' ELSE 'solved' END, 0, 4 FROM {{series}}",
    "INSERT INTO mentions (case_id, network, post_id, author_id, text, url, conversation_id, pictures, answerable_by,"
    f" ours, posted_at, received_at, checked_at) SELECT {HISTORY} + n, 'x', '' || (1000000000000 + n),"
    " 'h' || (n - n % 3), '@acme_help the parcel with the number ' || n || ' never came and nobody answers the phone.',"
    " 'https://x.com/i/status/' || (1000000000000 + n), '' || (1000000000000 + n), '[]', '[\"acme_help\"]', false,"
    " {ago n / 2 + 1440}, {ago n / 2 + 1440}, {ago n % 600} FROM {series}",
    *(
        f"INSERT INTO events (case_id, at, who, what, detail) SELECT {HISTORY} + n, {{ago n / 2 + {minutes}}},"
        f" 'U0ANNA', '{what}', '{{\"outcome\": \"fixed\"}}' FROM {{series}} WHERE NOT ({_IS_OPEN})"
        for what, minutes in (("opened", 1440), ("claim", 1430), ("resolve", 1000))
    ),
    "INSERT INTO replies (case_id, who, account, answers, typed, parts, posts, state, by_hand, queued_at, goes_at,"
    f" sent_at) SELECT {HISTORY} + n, 'U0ANNA', 'acme_help', '' || (1000000000000 + n), 'We are sorry.',"
    " '[\"We are sorry.\"]', '[\"1\"]', 'sent', false, {ago n / 2 + 1400}, {ago n / 2 + 1400}, {ago n / 2 + 1400}"
    f" FROM {{series}} WHERE NOT ({_IS_OPEN}) AND n % 10 <> 1",
    "INSERT INTO messages (subject, case_id, channel, ts, drawn, plain, posted_at)"
    f" SELECT 'card:' || ({HISTORY} + n), {HISTORY} + n, 'C0MENTIONS', '16' || n || '.000100', 'past', false,"
    " {ago n / 2 + 1440} FROM {series}",
)
