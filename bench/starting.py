"""From the command to ready, against importing the third-party libraries alone."""

import asyncio
import os
import sys
import time
from collections.abc import Callable

from bench.databases import Databases
from bench.figures import Aim, Figure, figure
from bench.filling import prepare
from bench.side import MENTIONDESK, a_side

# What bot/, handlers/, db/ and triage/ import from others, no submodule left out.
LIBRARIES = (
    "slack_bolt.async_app",
    "slack_bolt.adapter.socket_mode.aiohttp",
    "slack_bolt.adapter.aiohttp",
    "slack_sdk.web.async_client",
    "slack_sdk.webhook.async_client",
    "tweepy.asynchronous",
    "oauthlib.oauth1",
    "sqlalchemy.ext.asyncio",
    "alembic.command",
    "pydantic",
    "dotenv",
    "typer",
    "rich.console",
    "rich.panel",
    "structlog",
    "holidays",
    "babel.dates",
    "prometheus_client",
    "twitter_text",
    "aiohttp.web",
)
DRIVERS = {
    "sqlite": ("aiosqlite", "sqlalchemy.dialects.sqlite.aiosqlite"),
    "postgresql": ("psycopg", "sqlalchemy.dialects.postgresql.psycopg"),
}
PATIENCE = 60.0


async def start(databases: Databases, rounds: int, advance: Callable[[], None]) -> list[Figure]:
    """The database is up to date: that is how every start but the first begins."""
    url, folder = databases.create(), databases.folder / "start"
    imports = f"import {', '.join([*LIBRARIES, *DRIVERS[databases.kind]])}"
    taken: dict[str, list[float]] = {"ours": [], "imports alone": []}
    async with a_side("ours", folder, url) as side:
        await prepare(url, folder)
        environment = side.variables()
        for number in range(rounds + 1):
            ready = await _until_running(environment, str(folder))
            imported = await _until_ended(imports, environment)
            if number:  # the first fills the disk's cache
                taken["ours"].append(ready)
                taken["imports alone"].append(imported)
            advance()
    return [figure("start", "start → ready", databases.label, "s", taken, aims=[Aim("imports alone", 1.3)])]


async def _until_running(environment: dict[str, str], folder: str) -> float:
    began = time.perf_counter()
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        MENTIONDESK, "run", cwd=folder, env=environment, stderr=pipe
    )
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while b'"running"' not in (line := await process.stderr.readline()):
            if not line:
                raise RuntimeError("mentiondesk run ended before it was ready")
    took = time.perf_counter() - began
    process.terminate()
    async with asyncio.timeout(PATIENCE):
        await process.communicate()
    return took


async def _until_ended(code: str, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    quiet = {**os.environ, **environment}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, env=quiet)
    if await process.wait():
        raise RuntimeError(f"could not {code}")
    return time.perf_counter() - began
