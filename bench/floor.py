"""The raw floor: aiohttp and the database's driver alone do what a claim has to do, and nothing more."""

import asyncio
import hmac
import json
import re
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Protocol
from urllib.parse import parse_qs
from uuid import uuid4

import aiohttp
from aiohttp import web

from bench import plain
from bench.card import blocks_of, text_of

CONNECTIONS = 4
OLDEST = 300  # seconds; an older request may have been recorded


class Store(Protocol):
    """The two transactions of a claim."""

    async def claim(self, case: int, who: str) -> tuple[int, str, str] | None:
        """Claim, event and delivery at once: (delivery, channel, ts), or None when somebody was faster."""

    async def done(self, delivery: int) -> None: ...


class SqliteStore:
    """sqlite3 on the loop's own thread: the fastest while commits are short."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 30000"):
            self.connection.execute(f"PRAGMA {pragma}")

    async def claim(self, case: int, who: str) -> tuple[int, str, str] | None:
        run, given = self.connection.execute, _given(case, who)
        run("BEGIN IMMEDIATE")
        place = run(plain.CLAIM, given).fetchone()
        if place is None:
            run("ROLLBACK")
            return None
        run(plain.EVENT, given)
        (delivery,) = run(plain.DELIVERY, given).fetchone()
        run("COMMIT")
        return delivery, *place

    async def done(self, delivery: int) -> None:
        self.connection.execute(plain.DONE, {"at": _now(), "id": delivery})


class PostgresqlStore:
    """psycopg and a handful of connections."""

    def __init__(self) -> None:
        self.free: asyncio.Queue[Any] = asyncio.Queue()
        statements = plain.CLAIM, plain.EVENT, plain.DELIVERY, plain.DONE
        self.claiming, self.event, self.delivery, self.end = map(_pyformat, statements)

    async def open(self, url: str) -> None:
        import psycopg

        for _number in range(CONNECTIONS):
            self.free.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))

    async def claim(self, case: int, who: str) -> tuple[int, str, str] | None:
        given = _given(case, who)
        async with self._connection() as connection, connection.transaction():
            place = await (await connection.execute(self.claiming, given)).fetchone()
            if place is None:
                return None
            await connection.execute(self.event, given)
            (delivery,) = await (await connection.execute(self.delivery, given)).fetchone()
        return delivery, *place

    async def done(self, delivery: int) -> None:
        async with self._connection() as connection:
            await connection.execute(self.end, {"at": _now(), "id": delivery})

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        connection = await self.free.get()
        try:
            yield connection
        finally:
            self.free.put_nowait(connection)


def _given(case: int, who: str) -> dict[str, Any]:
    return {"case": case, "who": who, "at": _now(), "key": uuid4().hex}


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _pyformat(statement: str) -> str:
    return re.sub(r":(\w+)", r"%(\1)s", statement)


class Floor:
    """One bot: hears of a click, acks it, claims, redraws the card."""

    def __init__(self, given: plain.Surroundings, store: Store, session: aiohttp.ClientSession) -> None:
        self.given, self.store, self.session = given, store, session
        self.headers = {"Authorization": f"Bearer {given.bot_token}"}
        self.tasks: set[asyncio.Task[None]] = set()

    async def listen(self) -> None:
        await (self._serve() if self.given.over_http else self._read_socket())

    async def _read_socket(self) -> None:
        headers = {"Authorization": f"Bearer {self.given.app_token}"}
        url = f"{self.given.api_url}apps.connections.open"
        async with self.session.post(url, headers=headers) as response:
            address = (await response.json())["url"]
        async with self.session.ws_connect(address) as socket:
            async for frame in socket:
                envelope = json.loads(frame.data)
                if "envelope_id" in envelope:
                    await socket.send_str(json.dumps({"envelope_id": envelope["envelope_id"]}))
                    self._begin(envelope["payload"])

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post("/slack/events", self._request)
        site = web.AppRunner(app, access_log=None)
        await site.setup()
        await web.TCPSite(site, "127.0.0.1", self.given.port).start()
        await asyncio.Event().wait()

    async def _request(self, request: web.Request) -> web.Response:
        body = await request.read()
        if not self._is_slacks(request, body):
            return web.Response(status=401)
        if request.content_type == "application/json":
            self._begin(json.loads(body))
        else:
            self._begin(json.loads(parse_qs(body.decode())["payload"][0]))
        return web.Response()

    def _is_slacks(self, request: web.Request, body: bytes) -> bool:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "0")
        signed = b"v0:" + stamp.encode() + b":" + body
        expected = "v0=" + hmac.new(self.given.signing_secret.encode(), signed, sha256).hexdigest()
        recent = abs(time.time() - int(stamp)) < OLDEST
        return recent and hmac.compare_digest(expected, request.headers.get("X-Slack-Signature", ""))

    def _begin(self, payload: dict[str, Any]) -> None:
        clicked = plain.claimed_case(payload)
        if clicked is None:
            return
        task = asyncio.get_running_loop().create_task(self._claim(*clicked))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _claim(self, case: int, who: str) -> None:
        claimed = await self.store.claim(case, who)
        if claimed is None:
            return
        delivery, channel, ts = claimed
        message = {"channel": channel, "ts": ts, "text": text_of(case, who), "blocks": blocks_of(case, who)}
        url = f"{self.given.api_url}chat.update"
        async with self.session.post(url, json=message, headers=self.headers) as response:
            answer = await response.json()
        if answer["ok"]:
            await self.store.done(delivery)


async def main() -> None:
    given = plain.surroundings()
    async with aiohttp.ClientSession() as session:
        await Floor(given, await _store(given), session).listen()


async def _store(given: plain.Surroundings) -> Store:
    if given.is_sqlite:
        return SqliteStore(given.sqlite_file)
    store = PostgresqlStore()
    await store.open(given.postgresql_url)
    return store


if __name__ == "__main__":
    asyncio.run(main())
