"""A pretend Slack on a free port, and the real slack-sdk and slack-bolt to talk to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from demo.clock import Clock
from demo.slack import Workspace

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """Anna and Marco in #mentions, the bot too, on a port of their own."""
    workspace = Workspace(Clock(), post_rate=None)
    workspace.add_user("U0ANNA", "anna", "Anna Bianchi", locale="it-IT")
    workspace.add_user("U0MARCO", "marco", "Marco Rossi")
    workspace.add_channel("C0MENTIONS", "mentions", ["U0ANNA", "U0MARCO"])
    runner = await listening(workspace.routes())
    workspace.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield workspace
    await workspace.close()
    await runner.cleanup()


async def listening(routes: list[web.RouteDef]) -> web.AppRunner:
    app = web.Application()
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner


@pytest.fixture
async def client(slack: Workspace) -> AsyncIterator[AsyncWebClient]:
    """The real client, which does not try anything twice."""
    async with ClientSession() as session:
        yield AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])


@dataclass
class Bot:
    """The real Bolt app; `connect` opens one more Socket Mode connection."""

    app: AsyncApp
    connect: Callable[[], Awaitable[AsyncSocketModeHandler]]
    seen: list[Any] = field(default_factory=list)


@pytest.fixture
async def bot(slack: Workspace, client: AsyncWebClient) -> AsyncIterator[Bot]:
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)
    opened: list[AsyncSocketModeHandler] = []

    async def connect() -> AsyncSocketModeHandler:
        web_client = AsyncWebClient(base_url=slack.api_url)
        handler = AsyncSocketModeHandler(app, slack.app.app_token, web_client=web_client, ping_interval=0.2)
        opened.append(handler)
        before = slack.connections
        await handler.connect_async()
        await _until(lambda: slack.connections > before)
        return handler

    yield Bot(app, connect)
    for handler in opened:
        await handler.close_async()


@pytest.fixture
async def http_bot(slack: Workspace, bot: Bot) -> AsyncIterator[None]:
    """The same Bolt app behind signed URLs instead of a socket."""

    async def serve(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await bot.app.async_dispatch(await to_bolt_request(request)))

    runner = await listening([web.post(path, serve) for path in ("/slack/events", "/slack/options")])
    slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    yield
    await runner.cleanup()


@pytest.fixture
def until() -> Callable[..., Awaitable[None]]:
    """Wait until something holds, 5 s at most."""
    return _until


async def _until(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.005)


@pytest.fixture
def card() -> list[Json]:
    """A section, a button `claim` with the value 42, a menu `more`."""
    options = [
        {"text": plain(words), "value": value}
        for words, value in (("Release", "release:42"), ("Dismiss", "dismiss:42"))
    ]
    buttons = [
        {"type": "button", "action_id": "claim", "text": plain("I'll take this"), "value": "42"},
        {"type": "overflow", "action_id": "more", "options": options},
    ]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "My bill is wrong"}},
        {"type": "actions", "block_id": "doings", "elements": buttons},
    ]


@pytest.fixture
def text_input() -> Callable[..., Json]:
    """An input block by block_id and action_id; more goes to its element."""

    def build(
        block_id: str = "text", action_id: str = "text", *, optional: bool = False, **more: Any
    ) -> Json:
        element = {"type": "plain_text_input", "action_id": action_id, **more}
        shape = {"type": "input", "block_id": block_id, "label": plain("Text"), "element": element}
        return {**shape, "optional": optional}

    return build


@pytest.fixture
def modal(text_input: Callable[..., Json]) -> Callable[..., Json]:
    """A modal `reply` with these blocks, by default one text input."""

    def build(*blocks: Json, **more: Any) -> Json:
        return {
            "type": "modal",
            "callback_id": "reply",
            "title": plain("Reply"),
            "submit": plain("Send"),
            "blocks": list(blocks) or [text_input()],
            **more,
        }

    return build


def plain(words: str) -> Json:
    return {"type": "plain_text", "text": words}


@pytest.fixture
def opened(slack: Workspace, client: AsyncWebClient, bot: Bot, card: list[Json]) -> Callable[..., Any]:
    """Connect a bot that opens this view at a click, let Anna click, and return when the modal stands."""

    async def open_it(view: Json) -> None:
        @bot.app.action("claim")
        async def claim(ack: Any, body: Json) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=view)

        await bot.connect()
        posted = await client.chat_postMessage(channel="C0MENTIONS", text="a card", blocks=card)
        await slack.click("U0ANNA", "C0MENTIONS", posted["ts"], "claim")
        await _until(lambda: slack.modal("U0ANNA") is not None)

    return open_it
