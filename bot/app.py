"""The composition root: builds every part and hands it down."""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.cancelling import is_cancelled
from bot.clock import Now, moved_clock, system_clock
from bot.engines.in_process import InProcess
from bot.engines.leases import Alone, Leased, Leases
from bot.engines.turns import Engine, Turns
from bot.networks import ROOMS
from bot.settings import Settings
from bot.supervisor import BOARDS, RECHECK, SWEEP, Runner
from bot.web import Web
from db.engine import Database
from db.schema import migrate
from handlers.desk import outbox, settings_changes
from handlers.desk.cases import rehome
from handlers.desk.intake import introduce
from handlers.desk.replies import saved
from handlers.desk.work import Desk
from handlers.ports import Network, Networks
from handlers.problems import NotDone, OutcomeUnknown, RateLimited
from handlers.slack import listeners as slack_desk
from handlers.slack.chat import SlackChat, call
from handlers.slack.context import Context
from handlers.slack.directory import Directory, Workspace
from handlers.slack.duty import Duty
from handlers.slack.gestures import Gestures, Tasks
from handlers.slack.views.draw import Painter
from handlers.workers.grace_period import SETTLE_SECONDS, Settling
from handlers.workers.health import Health
from handlers.workers.poller import Poller, Source
from handlers.workers.public_sender import Publishing
from handlers.workers.sender import Deliver
from handlers.workers.slack_sender import Showing
from handlers.workers.timers import Timekeeper
from handlers.workers.watchdog import Watch
from triage.i18n import speak
from triage.policy import Policy
from triage.replies import ready

T = TypeVar("T")

log = structlog.get_logger()

SLACK_TIMEOUT = 10
# Seconds from SIGTERM to the end: docker and systemd allow ten or more.
DRAIN_SECONDS = 8.0
# Slack gives a submitted modal three seconds for its ack.
ACK_SECONDS = 2.0
# Seconds until we notice a connection that died silently; Bolt's own choice is 10.
SOCKET_PING = 3


@dataclass(slots=True)
class Mentiondesk:
    """The running program: `start`, then `stop`."""

    settings: Settings
    policy: Policy
    desk: Desk = field(init=False)
    gestures: Gestures = field(init=False)
    runner: Runner = field(init=False)
    web: Web = field(init=False)
    port: int = 0
    settle_seconds: float = SETTLE_SECONDS
    started: asyncio.Event = field(default_factory=asyncio.Event)
    _session: aiohttp.ClientSession = field(init=False)
    _socket: AsyncSocketModeHandler | None = None
    _networks: Networks = field(default_factory=Networks)
    _tasks: Tasks = field(default_factory=Tasks)
    _deadline: float = 0.0
    # The steps of stop(), in reverse order of the start; after a failed start it undoes only the steps that ran.
    _undone: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        """Open the database, greet Slack, listen, and start all loops; no network need answer."""
        speak(self.policy.desk.staff_language)
        database = Database(self.settings.database_url)
        self._undone.push_async_callback(database.close)
        await database.lock()
        await migrate(database)
        self.desk = Desk(database, self.policy, self._clock())
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT))
        self._undone.push_async_callback(self._session.close)
        client = self._slack_client()
        workspace = await patiently(lambda: greet(client))
        for name, room in ROOMS.items():  # one that desk.toml names no more still has cases
            known = await introduce.known_ids(self.desk, name)
            network = room.opened(self.settings, self.policy, known, self.desk.now)
            self._undone.push_async_callback(network.close)
            self._networks[name] = network
        directory = Directory(client, self.policy)
        ctx = Context(self.desk, client, directory, Duty(self.desk, directory), workspace, self._networks)
        app = self._bolt(client, workspace)
        self.gestures = slack_desk.register(app, ctx, self._tasks)
        self.runner = self._runner(client, ctx)
        await rehome.rehome(self.desk)
        await outbox.show_again(self.desk)
        await saved.plant(self.desk)
        await settings_changes.note(self.desk)
        await self._listen(app)
        self.runner.start()
        self._undone.push_async_callback(self._stop_running)
        self._undone.push_async_callback(self._stop_listening)
        await asyncio.to_thread(ready.load)  # in a thread: clicks are heard already
        self.started.set()
        _settle_memory()
        log.info(
            "running",
            desk=self.policy.desk.name,
            team=workspace.team,
            web=f"{self.settings.host}:{self.port}",
        )

    def _clock(self) -> Now:
        offset = self.settings.clock_offset_file
        return moved_clock(offset) if offset and self.settings.pretends else system_clock

    def _slack_client(self) -> AsyncWebClient:
        token = self.settings.slack_bot_token
        # slack-sdk's own retries repeat a POST after a lost answer: two messages, one "ok".
        return AsyncWebClient(
            token=token.get_secret_value() if token else None,
            base_url=self.settings.slack_api_url,
            session=self._session,
            timeout=SLACK_TIMEOUT,
            retry_handlers=[],
        )

    def _bolt(self, client: AsyncWebClient, workspace: Workspace) -> AsyncApp:
        authorized = AuthorizeResult(
            enterprise_id=None,
            team_id=workspace.team_id,
            bot_token=client.token,
            bot_id=workspace.bot_id,
            bot_user_id=workspace.bot_user_id,
        )

        async def authorize(**_context: object) -> AuthorizeResult:
            return authorized

        secret = self.settings.slack_signing_secret
        # Measured: with process_before_response an ack leaves in 0.3 ms, without it in 11.
        return AsyncApp(
            client=AsyncWebClient(base_url=self.settings.slack_api_url),
            authorize=authorize,
            signing_secret=secret.get_secret_value() if secret else "",
            process_before_response=True,
            request_verification_enabled=not self.settings.uses_socket_mode,
            logger=logging.getLogger("slack_bolt"),
        )

    def _runner(self, client: AsyncWebClient, ctx: Context) -> Runner:
        painter = Painter(self.policy, self._networks)
        health = Health(self.desk)
        deliver = Deliver(
            self.desk,
            health,
            Showing(
                self.desk,
                SlackChat(client),
                painter,
                ctx.directory.language_of,
                ctx.duty.after_hours,
            ),
            Publishing(self.desk, self._networks),
            Settling(self.settle_seconds),
        )
        sources = sources_of(self.policy, self._networks)
        engine, leases = engine_of(Turns(self.desk, deliver), [source.name for source in sources])
        poller = Poller(self.desk, health, self.settings.x_poll_seconds)
        watch = Watch(self.desk, health, tells_of_clock=self.settings.clock_offset_file is None)
        return Runner(engine, leases, Timekeeper(self.desk, ctx.directory, ctx.duty), poller, sources, watch)

    async def _listen(self, app: AsyncApp) -> None:
        bolt = None if self.settings.uses_socket_mode else app
        self.web = Web(self.desk, self.runner, self._slack_condition, bolt)
        self._undone.push_async_callback(self.web.stop)
        self.port = await self.web.start(self.settings.host, self.settings.port)
        if self.settings.uses_socket_mode and self.settings.slack_app_token:
            # Its own client: the socket's calls carry the app token.
            token = self.settings.slack_app_token.get_secret_value()
            client = AsyncWebClient(token=token, base_url=self.settings.slack_api_url, timeout=SLACK_TIMEOUT)
            self._socket = AsyncSocketModeHandler(
                app,
                token,
                web_client=client,
                ping_interval=SOCKET_PING,
                logger=logging.getLogger("slack_socket"),
            )
            self._undone.push_async_callback(self._socket.close_async)
            await patiently(lambda: call(self._socket.connect_async))  # type: ignore[union-attr]

    async def _slack_condition(self) -> str | None:
        if self._socket is None or await self._socket.client.is_connected():
            return None
        return "the socket is not connected; reconnecting"

    async def stop(self) -> None:
        """Stop listening, finish work in progress, close the doors."""
        await self._undone.aclose()
        log.info("stopped")

    async def _stop_running(self) -> None:
        await self.runner.stop(max(1.0, self._deadline - asyncio.get_running_loop().time()))

    async def _stop_listening(self) -> None:
        self._deadline = asyncio.get_running_loop().time() + DRAIN_SECONDS
        await self._tasks.settle(ACK_SECONDS)  # their acks need the socket
        if self._socket is not None:
            # Disconnect first: Slack then sends to another connection, or sends again later.
            self._socket.client.auto_reconnect_enabled = False
            await self._socket.client.disconnect()  # type: ignore[no-untyped-call]
        self.web.stopping = True
        unfinished = await self._tasks.drain(DRAIN_SECONDS / 2)
        if unfinished:
            log.warning("listeners_cut", count=unfinished)


def _settle_memory() -> None:
    """Freeze the objects made at the start, because they live as long as the program: the collector then skips them.

    Measured: a quarter less CPU for each mention, a third less from a click to the card.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Ask Slack until it answers, so that a start during an incident of Slack succeeds in the end."""
    pauses = iter([1.0, 2.0, 5.0, 10.0])
    while not is_cancelled():
        try:
            return await ask()
        except RateLimited as limit:
            problem, pause = str(limit), limit.seconds
        except (NotDone, OutcomeUnknown) as trouble:
            problem, pause = str(trouble), next(pauses, 15.0)
        log.warning("slack_waits", problem=problem, seconds=pause)
        await asyncio.sleep(pause)
    raise asyncio.CancelledError


async def greet(client: AsyncWebClient) -> Workspace:
    """Ask Slack for our workspace and bot; raises a DoorProblem."""
    answer = await call(client.auth_test)
    return Workspace(answer["team_id"], answer.get("team", ""), answer["user_id"], answer.get("bot_id", ""))


def engine_of(turns: Turns, sources: list[str]) -> tuple[Engine, Leases]:
    """The engine and leases for the database: one process on SQLite, replicas that share the work on PostgreSQL."""
    database = turns.desk.database
    if database.is_sqlite:
        return InProcess(turns), Alone()
    from bot.engines.replicated import Replicated

    return Replicated(turns), Leased(database, [*sources, SWEEP, RECHECK, BOARDS])


def sources_of(policy: Policy, networks: Mapping[str, Network]) -> list[Source]:
    """The sources to read: every account's mentions and own posts, and every watch."""
    accounts = [(networks[account.network], account.handle) for account in policy.account]
    watches = [
        (networks[watch.network], policy.answering_account(watch.network).handle, watch.query)
        for watch in policy.watch
    ]
    return [
        *[Source("mentions", network, handle) for network, handle in accounts],
        *[Source("watch", network, handle, query) for network, handle, query in watches],
        *[Source("own", network, handle) for network, handle in accounts],
    ]


async def run_until(app: Mentiondesk, stopped: asyncio.Event) -> None:
    """Start the program, run it until `stopped` is set, and stop it in order."""
    starting = asyncio.create_task(app.start())
    stop = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({starting, stop}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            await stop
    finally:
        for task in (starting, stop):
            task.cancel()
        await asyncio.gather(starting, stop, return_exceptions=True)
        await app.stop()
