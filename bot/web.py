"""The program's own small web server: health, metrics, and Slack over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import scrape
from bot.supervisor import Runner
from db import said
from handlers import metrics
from handlers.desk.work import Desk

# Short, because the caller of /readyz has a deadline of its own.
DATABASE_SECONDS = 2.0

Condition = Callable[[], Awaitable[str | None]]


@dataclass(slots=True)
class Web:
    """The web server on HOST:PORT."""

    desk: Desk
    runner: Runner
    slack: Condition
    bolt: AsyncApp | None
    site: web.AppRunner | None = None
    stopping: bool = False

    async def start(self, host: str, port: int) -> int:
        """Listen, and return the port (for port 0, the one that the system chose)."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._metrics)
        if self.bolt is not None:
            app.router.add_post("/slack/events", self._slack_event)
        self.site = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self.site.setup()
        await web.TCPSite(self.site, host, port).start()
        return int(self.site.addresses[0][1])

    async def stop(self) -> None:
        if self.site is not None:
            await self.site.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        """Answer 503 only for troubles that a restart cures."""
        dead = self.runner.dead()
        if dead:
            return web.json_response({"status": "dead", "loops": dead}, status=503)
        return web.json_response({"status": "ok"})

    async def _readyz(self, _request: web.Request) -> web.Response:
        """Answer with each part and its trouble; the desk is ready even if Slack or a network is in trouble ("degraded")."""
        parts = {
            loop.name: "ok" if not loop.failures else f"failed {loop.failures} times in a row"
            for loop in self.runner.loops
        }
        troubles = self.runner.watch.health.troubles
        parts |= {name: f"since {one.since:%H:%M} UTC: {one.cause}" for name, one in troubles.items()}
        parts["database"] = await self._database()
        parts["slack"] = await self.slack() or parts.get("slack", "ok")
        ready = parts["database"] == "ok"
        status = (
            "ok" if all(part == "ok" for part in parts.values()) else "degraded" if ready else "not ready"
        )
        answer = {"status": status, "parts": parts, "behind": self._behind()}
        return web.json_response(answer, status=200 if ready else 503)

    def _behind(self) -> dict[str, str]:
        """The sources with posts known to be unread, and how far back the reading has come."""
        return {
            source.name: f"{source.taken} taken in, those before {source.reached:%H:%M:%S} UTC are still to come"
            for source in self.runner.sources
            if source.is_behind
        }

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(DATABASE_SECONDS), self.desk.database.read() as connection:
                await said.look(connection)
        except (SQLAlchemyError, TimeoutError) as error:
            return f"no answer: {type(error).__name__}"
        return "ok"

    async def _metrics(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=await scrape(self.desk) + generate_latest(metrics.registry),
            headers={"Content-Type": CONTENT_TYPE_LATEST},
        )

    async def _slack_event(self, request: web.Request) -> web.Response:
        assert self.bolt is not None
        if self.stopping:
            # Slack sends events again, and tells a person who clicked that it did not work.
            return web.Response(status=503)
        answer = await self.bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(answer)
