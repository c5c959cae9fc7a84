"""Mentions a second and CPU a mention, from an X page to stored cases, against tweepy alone and raw inserts."""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from bench.databases import Databases
from bench.figures import Aim, Figure, figure
from bench.filling import prepare
from bench.pages import PAGE
from bench.side import ROOT


async def ingest(
    databases: Databases, pages: int, mentions: int, advance: Callable[[], None]
) -> list[Figure]:
    """`pages` are compared; then the desk goes on alone up to `mentions`, for its memory."""
    read_from, write_to = databases.create(), databases.create()
    for url in (read_from, write_to):
        await prepare(url, databases.folder / "ingest")
    told = await _told([read_from, write_to, str(pages), str(mentions)], advance)
    where = databases.label
    cpu = {side: [1000 * one / PAGE for one in each] for side, each in told["cpu"].items()}
    both = [parsed + stored for parsed, stored in zip(cpu["tweepy"], cpu["raw inserts"], strict=True)]
    statements = {"ours": [one / PAGE for one in told["statements"]]}
    aims = [Aim("tweepy", 1.5), Aim("raw inserts"), Aim("tweepy + raw")]
    memory = told["memory"]
    after = {"ours": [memory["after"]], "before": [memory["before"]]}
    return [
        figure("ingest", "CPU a mention taken in", where, "ms", {**cpu, "tweepy + raw": both}, aims=aims),
        figure("ingest", "SQL statements a mention taken in", where, "", statements),
        figure("ingest", "mentions a second", where, "/s", {"ours": [told["rate"]]}),
        figure("ingest", f"RSS after {memory['mentions']:,} mentions", where, "MB", after, note="in-process"),
    ]


async def _told(arguments: list[str], advance: Callable[[], None]) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.taking_in",
        *arguments,
        limit=2**24,
        stdout=asyncio.subprocess.PIPE,
        env=environment,
    )
    told: dict[str, Any] = {}
    assert process.stdout is not None
    while line := await process.stdout.readline():
        told = json.loads(line)
        advance()
    if await process.wait() or "cpu" not in told:
        raise RuntimeError("taking in mentions failed")
    return told
