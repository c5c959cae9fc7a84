"""One side of a comparison: a bot in a process of its own, on a pretend Slack and X of its own."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from bench.card import blocks_of, text_of
from bench.machine import cpu_seconds, megabytes
from demo.server import Playground
from demo.slack import Message
from demo.slack.delivery import signature
from demo.story.cast import STAFF
from demo.story.furniture import furnish

ROOT = Path(__file__).parent.parent
MENTIONDESK = str(Path(sys.executable).parent / "mentiondesk")
COMMANDS = {
    "ours": [MENTIONDESK, "run"],
    "floor": [sys.executable, "-m", "bench.floor"],
    "Bolt as documented": [sys.executable, "-m", "bench.bolt_plain"],
}
CHANNELS = ("C0MENTIONS", "C0BILLING", "C0NETWORK")
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Press:
    """One click, in seconds from the moment that Slack sent it."""

    acked: float
    updated: float


@dataclass(slots=True)
class Side:
    """A bot, and Slack and X around it."""

    name: str
    playground: Playground
    folder: Path
    database_url: str
    port: int
    over_http: bool
    environment: dict[str, str] = field(default_factory=dict)
    cards: list[Message] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    waiting: dict[tuple[str, str], tuple[Message, asyncio.Future[float]]] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None
    _people: int = 0

    # Before

    async def post_cards(self, count: int) -> list[Message]:
        """Unclaimed cards of the cases 1 to `count`, spread over the channels as routing would."""
        slack = self.playground.slack
        slack.app.subscriptions = ()  # nobody listens yet, and nothing shall be redelivered
        headers = {"Authorization": "Bearer xoxb-demo-bot"}
        url = f"{self.playground.url}/slack/api/chat.postMessage"
        async with aiohttp.ClientSession(headers=headers) as session:
            for case in range(1, count + 1):
                channel = CHANNELS[case % len(CHANNELS)]
                card = {"channel": channel, "text": text_of(case), "blocks": blocks_of(case)}
                async with session.post(url, json=card) as response:
                    ts = (await response.json())["ts"]
                message = slack.message(channel, ts)
                assert message is not None
                self.cards.append(message)
        slack.app.subscriptions = None
        return list(self.cards)

    async def start(self, *command: str) -> None:
        """Start the bot and wait until Slack reaches it."""
        self._spawn(command)
        deadline = time.monotonic() + PATIENCE
        while not await self._is_reached():
            if self._has_ended or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start: {self.said()}")
            await asyncio.sleep(0.05)
        self.playground.slack.listeners.append(self._look)
        if self.over_http:
            await self._keep_connections_open()

    def _spawn(self, command: Sequence[str]) -> None:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                command or COMMANDS[self.name],
                cwd=self.folder,
                env=self.variables(),
                stdout=log,
                stderr=log,
            )

    @property
    def _log(self) -> Path:
        return self.folder / f"{self.name.replace(' ', '_')}.log"

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def variables(self) -> dict[str, str]:
        """What the bot takes from outside."""
        mode = (
            {"SLACK_SIGNING_SECRET": "demo-signing-secret"}
            if self.over_http
            else {"SLACK_APP_TOKEN": "xapp-demo-app"}
        )
        return {
            "PATH": os.environ.get("PATH", ""),
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "500",
            "SLACK_BOT_TOKEN": "xoxb-demo-bot",
            "SLACK_API_URL": f"{self.playground.url}/slack/api/",
            "X_API_KEY": "demo-key",
            "X_API_SECRET": "demo-secret",
            "X_ACME_ACCESS_TOKEN": "demo-acme",
            "X_ACME_ACCESS_SECRET": "demo-acme-secret",
            "X_ACME_HELP_ACCESS_TOKEN": "demo-acme_help",
            "X_ACME_HELP_ACCESS_SECRET": "demo-acme_help-secret",
            "X_API_URL": f"{self.playground.url}/x",
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            **mode,
            **self.environment,
        }

    @property
    def _has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    async def _is_reached(self) -> bool:
        if not self.over_http:
            return self.playground.slack.connections > 0
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True

    async def _keep_connections_open(self) -> None:
        """The pretend Slack dials anew for each request: that would be measured on every side alike, and hide much."""
        self._session = session = aiohttp.ClientSession()
        self.playground.slack.events_url = url = f"http://127.0.0.1:{self.port}/slack/events"

        async def post(
            body: str, content_type: str, more: Any, to: str | None = None
        ) -> dict[str, Any] | None:
            headers = {"Content-Type": content_type, **signature("demo-signing-secret", body), **more}
            async with session.post(to or url, data=body.encode(), headers=headers) as response:
                await response.read()
                return {} if response.ok else None

        self.playground.slack._delivery._post = post  # type: ignore[method-assign]

    # Hands

    async def press(self, card: Message, action: str = "claim") -> Press:
        """Click, and wait until the card has changed in Slack."""
        person = list(STAFF)[self._people % len(STAFF)]
        self._people += 1
        updated: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.waiting[card.channel, card.ts] = (card, updated)
        began = time.perf_counter()
        ack = await self.playground.slack.click(person, card.channel, card.ts, action)
        if not ack.ok:
            raise RuntimeError(f"{self.name} did not ack a click: {self.said()}")
        try:
            async with asyncio.timeout(PATIENCE):
                return Press(ack.seconds, await updated - began)
        except TimeoutError:
            raise RuntimeError(f"{self.name} did not redraw a card: {self.said()}") from None

    async def open_home(self, person: str) -> float:
        """Seconds until the person's Home is there."""
        slack = self.playground.slack
        before, began = slack.home(person), time.perf_counter()
        arrived: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def look() -> None:
            if slack.home(person) is not before and not arrived.done():
                arrived.set_result(time.perf_counter())

        slack.listeners.append(look)
        try:
            async with asyncio.timeout(PATIENCE):
                await slack.open_home(person)
                return await arrived - began
        finally:
            slack.listeners.remove(look)

    def _look(self) -> None:
        now = time.perf_counter()
        for place, (before, updated) in list(self.waiting.items()):
            if self.playground.slack.message(*place) is not before:
                updated.set_result(now)
                del self.waiting[place]

    def next_card(self) -> Message:
        return self.cards.pop()

    # What it uses

    @property
    def cpu(self) -> float:
        assert self.process is not None
        return cpu_seconds(self.process.pid)

    @property
    def memory(self) -> float:
        assert self.process is not None
        return megabytes(self.process.pid)

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self.process is not None and not self._has_ended:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait, PATIENCE)


@asynccontextmanager
async def a_side(
    name: str, folder: Path, database_url: str, *, over_http: bool = False, post_rate: float | None = None
) -> AsyncIterator[Side]:
    """Slack, X and people; the bot is started by whoever asked, and stopped at the end."""
    _make(folder)
    async with Playground(port=0, offset_file=folder / "clock", post_rate=post_rate) as playground:
        furnish(playground)
        playground.x.limits.clear()
        side = Side(name, playground, folder, database_url, free_port() if over_http else 0, over_http)
        try:
            yield side
        finally:
            await side.stop()


def _make(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
