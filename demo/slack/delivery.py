"""Delivers events and interactions to the bot, over a socket or by signed HTTP; repeats events not acked in 3 s."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout

from demo.slack.payloads import event_callback
from demo.slack.socket import Sockets
from demo.slack.state import State
from demo.slack.values import Ack, Json

EVENTS_REMEMBERED = 100
NO_ANSWER = "We had some trouble connecting. Try again?"


@dataclass(frozen=True, slots=True)
class Repeat:
    """The number of an event's redelivery and its reason; `attempt` 0 is the first delivery."""

    attempt: int = 0
    reason: str = ""

    @property
    def in_envelope(self) -> Json:
        return {"retry_attempt": self.attempt, "retry_reason": self.reason}

    @property
    def headers(self) -> dict[str, str]:
        if not self.attempt:
            return {}
        return {"X-Slack-Retry-Num": str(self.attempt), "X-Slack-Retry-Reason": self.reason}


class Delivery:
    """The post office between people and the bot."""

    def __init__(self, state: State, sockets: Sockets) -> None:
        self._state = state
        self._app = state.app
        self._sockets = sockets
        self._sent: deque[Json] = deque(maxlen=EVENTS_REMEMBERED)
        self._tasks: set[asyncio.Task[Any]] = set()

    # clicks, submissions, commands: once, never again

    async def interaction(self, payload: Json) -> Ack:
        """Deliver a click, a submission, a closing or a question for options."""
        return await self._once("interactive", payload, {"payload": json.dumps(payload)})

    async def command(self, payload: Json) -> Ack:
        return await self._once("slash_commands", payload, payload)

    async def _once(self, kind: str, payload: Json, form: Mapping[str, str]) -> Ack:
        started = time.monotonic()
        if self._app.events_url is not None:
            url = self._app.options_url if payload.get("type") == "block_suggestion" else None
            answer = await self._post(urlencode(form), "application/x-www-form-urlencoded", {}, url)
        else:
            accepts = {"accepts_response_payload": True}
            answer = await self._sockets.deliver(kind, payload, self._app.ack_seconds, **accepts)
        seconds = time.monotonic() - started
        if answer is None:
            return Ack(False, seconds, {"_timeout": NO_ANSWER})
        return Ack(True, seconds, payload=answer)

    def begin(self, payload: Json) -> Awaitable[Ack]:
        """Start delivering an interaction; await the result to learn how the bot took it."""
        return self._spawn(self.interaction(payload))

    # events: again until acked

    def event(self, event: Json) -> asyncio.Task[Ack] | None:
        """Start delivering; the task ends with the first attempt. None if the app is not subscribed."""
        if self._app.subscriptions is not None and event["type"] not in self._app.subscriptions:
            return None
        payload = event_callback(self._state, event)
        self._sent.append(payload)
        return self._spawn(self._deliver_event(payload))

    async def _deliver_event(self, payload: Json) -> Ack:
        started = time.monotonic()
        if await self._attempt(payload, Repeat()):
            return Ack(True, time.monotonic() - started)
        self._spawn(self._keep_trying(payload))
        return Ack(False, time.monotonic() - started, {"_timeout": NO_ANSWER})

    async def _keep_trying(self, payload: Json) -> None:
        for attempt, delay in enumerate(self._app.retry_delays, start=1):
            await asyncio.sleep(delay)
            if await self._attempt(payload, Repeat(attempt, self._reason)):
                return

    async def redeliver(self, last: int) -> None:
        """The last events once more, acked or not: Slack may always do that."""
        again = list(self._sent)[-last:] if last > 0 else []
        await asyncio.gather(*(self._attempt(payload, Repeat(1, self._reason)) for payload in again))

    @property
    def _reason(self) -> str:
        return "timeout" if self._app.events_url is None else "http_timeout"

    async def _attempt(self, payload: Json, repeat: Repeat) -> bool:
        if self._app.events_url is not None:
            answer = await self._post(json.dumps(payload), "application/json", repeat.headers)
        else:
            more = {"accepts_response_payload": False, **repeat.in_envelope}
            answer = await self._sockets.deliver("events_api", payload, self._app.ack_seconds, **more)
        return answer is not None

    # HTTP

    async def _post(
        self, body: str, content_type: str, more: Mapping[str, str], url: str | None = None
    ) -> Json | None:
        """One signed request, to events_url by default; its answer, or None if it fails or takes too long."""
        headers = {"Content-Type": content_type, **signature(self._app.signing_secret, body), **more}
        patience = ClientTimeout(total=self._app.ack_seconds)
        try:
            async with (
                ClientSession(timeout=patience) as session,
                session.post(
                    url or str(self._app.events_url), data=body.encode(), headers=headers
                ) as response,
            ):
                said = await response.text()
                return _answer(said) if response.ok else None
        except (ClientError, TimeoutError):
            return None

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """Give up all deliveries under way."""
        running = list(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def signature(secret: str, body: str) -> dict[str, str]:
    """Slack's v0 signature, in real time as the bot checks it against its own clock."""
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _answer(said: str) -> Json:
    """JSON as it is; anything else is a text to show."""
    if not said.strip():
        return {}
    try:
        answer = json.loads(said)
    except ValueError:
        return {"text": said}
    return answer if isinstance(answer, dict) else {"text": said}
