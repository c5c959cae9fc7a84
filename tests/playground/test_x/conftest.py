"""A pretend X on a socket, and the real client pointed at it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from oauthlib.oauth1 import Client as Signer
from tweepy.asynchronous import AsyncClient
from yarl import URL

from demo.x import Timeline


@dataclass
class HandClock:
    """A clock that stands still until it is moved by hand."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 18, 9, 30, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, **length: float) -> None:
        self.moment += timedelta(**length)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def x(clock: HandClock) -> Timeline:
    """Two brand accounts, @acme_help the app's owner, and three customers."""
    timeline = Timeline(clock)
    for handle in ("acme_help", "acme"):
        timeline.add_profile(
            handle, handle.title(), access_token=f"demo-{handle}", access_secret=f"demo-{handle}-secret"
        )
    timeline.app_owner = "acme_help"
    for handle, followers in (("giulia_f", 120), ("tomek_wro", 45), ("big_voice", 480_000)):
        timeline.add_profile(handle, handle.title(), followers=followers)
    return timeline


@pytest.fixture
async def server(x: Timeline) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.add_routes(x.routes())
    async with TestServer(app) as running:
        yield running


@pytest.fixture
async def client_as(server: TestServer) -> AsyncIterator[Callable[..., AsyncClient]]:
    """Makes clients: client_as("acme_help"), or with another token, secret or key."""
    sessions: list[aiohttp.ClientSession] = []

    def make(handle: str = "acme_help", **keys: str) -> AsyncClient:
        credentials = {
            "consumer_key": "demo-key",
            "consumer_secret": "demo-secret",
            "access_token": f"demo-{handle}",
            "access_token_secret": f"demo-{handle}-secret",
        } | keys
        client = AsyncClient(**credentials, return_type=dict)
        client.session = aiohttp.ClientSession(middlewares=[redirected(server.make_url("/x"), credentials)])
        sessions.append(client.session)
        return client

    yield make
    for session in sessions:
        await session.close()


@pytest.fixture
async def desk(client_as: Callable[..., AsyncClient]) -> AsyncClient:
    """The client of @acme_help."""
    return client_as("acme_help")


def redirected(base: URL, keys: dict[str, str]) -> aiohttp.ClientMiddlewareType:
    """Sends a request elsewhere, signed anew for the URL it is really sent to."""

    async def redirect(
        request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        request.url = URL(f"{base}{request.url.raw_path_qs}", encoded=True)
        request.headers["Host"] = base.authority
        signer = Signer(
            keys["consumer_key"],
            keys["consumer_secret"],
            keys["access_token"],
            keys["access_token_secret"],
        )
        _, headers, _ = signer.sign(str(request.url), request.method)
        request.headers["Authorization"] = headers["Authorization"]
        return await handler(request)

    return redirect
