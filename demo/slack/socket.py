"""Socket Mode: the bot's websockets, one envelope to one of them, and the acks that come back."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from secrets import token_hex
from typing import Any

from aiohttp import WSMsgType, web

from demo.slack.passes import Passes
from demo.slack.state import APP_ID
from demo.slack.values import Json

MOST_CONNECTIONS = 10
TICKET_SECONDS = 30.0
GOODBYE_SECONDS = 1.0  # the wait of a closing socket for the client's own close frame


@dataclass(frozen=True, slots=True)
class Connection:
    """One websocket of the bot, and the wire it runs on."""

    socket: web.WebSocketResponse
    wire: asyncio.BaseTransport | None

    def cut(self) -> None:
        """Cut the connection without a close frame, as if a cable were pulled."""
        if isinstance(self.wire, asyncio.WriteTransport):
            self.wire.abort()

    async def dismiss(self, reason: str) -> None:
        """Ask the client to reconnect, then close."""
        with suppress(ConnectionError):  # it may have gone by itself
            await self.socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "demo"}}
            )
            await self.socket.close()


class Sockets:
    """The open connections. An ack counts whichever of them it comes over."""

    def __init__(self) -> None:
        self._open: list[Connection] = []
        self._tickets: Passes[None] = Passes()
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turn = count()

    def __len__(self) -> int:
        return len(self._open)

    def ticket(self) -> str:
        """Opens one connection, soon."""
        return self._tickets.issue(None, TICKET_SECONDS)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One connection from hello to its end."""
        self._check(request.query.get("ticket", ""))
        socket = web.WebSocketResponse(timeout=GOODBYE_SECONDS)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        self._open.append(connection)
        try:
            await socket.send_json(_hello(len(self._open)))
            if len(self._open) > MOST_CONNECTIONS:
                await connection.dismiss("too_many_websockets")
            await self._listen(socket)
        except ConnectionError:
            pass  # cut while we were writing: gone like any other
        finally:
            self._open.remove(connection)
        return socket

    def _check(self, ticket: str) -> None:
        issued = self._tickets.find(ticket)
        if issued is None or issued.uses or self._tickets.is_over(issued):
            raise web.HTTPForbidden(text="The ticket is unknown, used or expired.")
        issued.uses += 1

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type == WSMsgType.TEXT:
                self._acked(json.loads(frame.data))

    def _acked(self, response: Json) -> None:
        waiting = self._waiting.get(str(response.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(response.get("payload") or {})

    async def deliver(self, kind: str, payload: Json, seconds: float, **more: Any) -> Json | None:
        """Send one envelope; what the ack carries, or None if nobody is there or nobody acks in time.

        kind: events_api, interactive or slash_commands.
        """
        connection = self._next()
        if connection is None:
            return None
        envelope_id = token_hex(16)
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload, **more}
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        try:
            async with asyncio.timeout(seconds):
                await connection.socket.send_json(envelope)
                return await waiting
        except (TimeoutError, ConnectionError):
            return None
        finally:
            del self._waiting[envelope_id]

    def _next(self) -> Connection | None:
        ready = [connection for connection in self._open if not connection.socket.closed]
        return ready[next(self._turn) % len(ready)] if ready else None

    async def refresh(self) -> None:
        """Ask every client to reconnect, then close."""
        await asyncio.gather(*(connection.dismiss("refresh_requested") for connection in list(self._open)))

    async def cut(self, *, abruptly: bool) -> None:
        """Close every connection. abruptly: no close frame, as when a cable is pulled."""
        if abruptly:
            for connection in list(self._open):
                connection.cut()
        else:
            await asyncio.gather(*(connection.socket.close() for connection in list(self._open)))


def _hello(connections: int) -> Json:
    started = int(time.time())
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {
            "host": "demo",
            "started": started,
            "build_number": 1,
            "approximate_connection_time": 18060,
        },
        "connection_info": {"app_id": APP_ID},
    }
