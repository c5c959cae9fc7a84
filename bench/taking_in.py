"""A process that takes in pages of mentions: tweepy's models, raw inserts and the desk, page by page in turn."""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import psutil
import tweepy
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tweepy.asynchronous import AsyncClient

from bench.databases import engine_of
from bench.pages import OWN_ID, PAGE, author_id, page
from bot.networks.x import parsing
from db.engine import Database
from handlers.desk.intake import receive as receiving
from handlers.desk.intake.receive import Voice
from handlers.desk.work import Desk
from triage.policy import Policy, read

NUMBERED = ("cases", "mentions", "events", "timers", "deliveries")
WARM_UP = 2
Json = dict[str, Any]


@dataclass(slots=True)
class Spent:
    """CPU seconds a page of each side, and the wall clock's for the desk."""

    cpu: dict[str, list[float]] = field(default_factory=dict)
    wall: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)

    async def time(self, side: str, work: Callable[[], Awaitable[Any] | Any]) -> float:
        """Run it; its wall-clock seconds. CPU of all threads counts."""
        cpu, wall = time.process_time(), time.perf_counter()
        done = work()
        if isinstance(done, Awaitable):
            await done
        self.cpu.setdefault(side, []).append(time.process_time() - cpu)
        return time.perf_counter() - wall

    def forget(self) -> None:
        """What was spent on warming up."""
        self.cpu.clear()
        self.wall.clear()
        self.statements.clear()


@dataclass(slots=True)
class TakingIn:
    """Two databases alike: one that the desk writes, one that gets the same rows raw."""

    desk: Desk
    raw: "RawInserts"
    client: Any
    spent: Spent = field(default_factory=Spent)
    statements: int = 0

    async def compare(self, number: int) -> None:
        """One page, through all three."""
        sent = json.dumps(page(number))
        await self.spent.time("tweepy", lambda: self._models(sent))
        before = self.statements
        self.spent.wall.append(await self.spent.time("ours", lambda: self.receive(sent)))
        self.spent.statements.append(self.statements - before)
        rows = self.raw.rows_of(number)
        await self.spent.time("raw inserts", lambda: self.raw.insert(rows))

    def _models(self, sent: str) -> Any:
        """What tweepy makes of an answer with return_type=Response."""
        return self.client._construct_response(json.loads(sent), data_type=tweepy.Tweet)

    async def receive(self, sent: str) -> None:
        """The desk's way, from X's JSON to stored cases with their deliveries."""
        answer = json.loads(sent)
        posts, _malformed = parsing.mentions_of(answer, "acme_help")
        authors, _unread = parsing.authors_of({"data": answer["includes"]["users"]})
        voice = Voice({"acme_help": OWN_ID})
        await receiving.receive(self.desk, posts, authors, voice)
        await receiving.all_taken_in(self.desk, "x", "x:mentions:acme_help", posts[-1].post_id)

    def count(self, *_event: Any) -> None:
        self.statements += 1


class RawInserts:
    """The rows that the desk wrote, written again by the driver alone, one transaction a page."""

    def __init__(self, read_from: str, write_to: str) -> None:
        self.source, self.target = engine_of(read_from), engine_of(write_to)
        self.is_sqlite = self.source.dialect.name == "sqlite"
        self.reading = self.source.raw_connection()
        self.writing = self.target.raw_connection()
        if self.is_sqlite:
            cursor = self.writing.cursor()
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                cursor.execute(f"PRAGMA {pragma}")
        self.seen = dict.fromkeys(NUMBERED, 0)

    def rows_of(self, number: int) -> dict[str, Sequence[Any]]:
        """What a page came to, by table."""
        cursor = self.reading.cursor()
        mark = "?" if self.is_sqlite else "%s"
        found = {}
        first, last = author_id(number * PAGE), author_id(number * PAGE + PAGE - 1)
        cursor.execute(f"SELECT * FROM authors WHERE id >= {mark} AND id <= {mark}", (first, last))
        found["authors"] = cursor.fetchall()
        for table in NUMBERED:
            cursor.execute(f"SELECT * FROM {table} WHERE id > {mark} ORDER BY id", (self.seen[table],))
            found[table] = cursor.fetchall()
            self.seen[table] = max([self.seen[table], *(row[0] for row in found[table])])
        self.reading.rollback()
        return {table: [self._bound(row) for row in rows] for table, rows in found.items()}

    def _bound(self, row: Any) -> Any:
        if self.is_sqlite:
            return row
        from psycopg.types.json import Json as AsJson

        return [AsJson(value) if isinstance(value, dict | list) else value for value in row]

    def insert(self, found: dict[str, Sequence[Any]]) -> None:
        mark = "?" if self.is_sqlite else "%s"
        cursor = self.writing.cursor()
        for table, rows in found.items():
            if rows:
                marks = ", ".join([mark] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        self.writing.commit()


async def main(read_from: str, write_to: str, pages: int, mentions: int) -> None:
    """Print what was spent, as JSON: the comparison first, then the desk alone up to so many mentions."""
    desk = Desk(Database(read_from), policy(), lambda: datetime.now(UTC))
    taking = TakingIn(desk, RawInserts(read_from, write_to), AsyncClient("token"))
    event.listen(Engine, "before_cursor_execute", taking.count)
    before = _megabytes()
    for number in range(pages + WARM_UP):
        if number == WARM_UP:
            taking.spent.forget()
        await taking.compare(number)
        _tell({"pages": 1})
    began, first = time.perf_counter(), pages + WARM_UP
    for number in range(first, mentions // PAGE):
        await taking.receive(json.dumps(page(number)))
        _tell({"pages": 1})
    alone = max(0, mentions // PAGE - first) * PAGE
    spent = taking.spent
    growth = {"before": before, "after": _megabytes(), "mentions": max(mentions, first * PAGE)}
    rate = alone / (time.perf_counter() - began) if alone else PAGE * len(spent.wall) / sum(spent.wall)
    _tell({"cpu": spent.cpu, "statements": spent.statements, "memory": growth, "rate": rate})
    await desk.database.close()


def policy() -> Policy:
    return read(files("demo").joinpath("desk.toml").read_text(encoding="utf-8"))


def _megabytes() -> float:
    return float(psutil.Process().memory_info().rss / 2**20)


def _tell(said: Json) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
