"""The playground: a pretend Slack, a pretend X and a page to watch them, on one loopback port."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from demo.clock import Clock
from demo.page import feed
from demo.page.changes import Changes
from demo.slack import Workspace
from demo.x import Timeline

HOST = "127.0.0.1"
SHUTDOWN_SECONDS = 1.0


class StoryTeller(Protocol):
    """A story that the page can see, start and pause."""

    @property
    def running(self) -> bool: ...

    @property
    def next_in(self) -> float | None: ...

    def play(self) -> None: ...

    def pause(self) -> None: ...


class Playground:
    """Slack, X and the page behind one address of this machine. Its starter sets and runs `story`."""

    def __init__(
        self, *, port: int = 8765, offset_file: Path | None = None, post_rate: float | None = 1.0
    ) -> None:
        self.clock = Clock(offset_file)
        self.slack = Workspace(self.clock, post_rate=post_rate)
        self.x = Timeline(self.clock)
        self.changes = Changes()
        self.story: StoryTeller | None = None
        # Calls that the pretend Slack and X have not answered yet.
        self.under_way = 0
        self._port = port
        self._runner: web.AppRunner | None = None
        self.slack.listeners.append(self.changes.announce)
        self.x.listeners.append(self.changes.announce)

    @property
    def url(self) -> str:
        """The page's address, without a final slash."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen; with port 0 a free one is taken. Raises OSError when the port is in use."""
        runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        try:
            await web.TCPSite(runner, HOST, self._port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner, self._port = runner, runner.addresses[0][1]
        self.slack.base_url = self.x.base_url = self.url
        self.changes.open()

    async def stop(self) -> None:
        """Close the streams and the sockets, then the port. Stopping twice is harmless."""
        self.changes.close()
        await self.slack.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Playground:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._count])
        app.add_routes([*self.slack.routes(), *self.x.routes(), *feed.routes(self)])
        return app

    @web.middleware
    async def _count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A call is under way until it is answered; the page and the sockets do not count."""
        if not request.path.startswith(("/slack/api/", "/slack/response/", "/x/")):
            return await handler(request)
        self.under_way += 1
        try:
            return await handler(request)
        finally:
            self.under_way -= 1
