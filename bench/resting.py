"""A desk with nothing to do: its CPU, its SQL statements, its memory; and how many statements a click takes."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.clicking import WARM_UP, in_turn
from bench.databases import Databases
from bench.figures import Aim, Figure, figure
from bench.filling import fill_cards, prepare
from bench.side import Side, a_side

CLICKS = 20
SETTLING = 2.0
LOOKS = 1000


async def idle(
    databases: Databases, rounds: int, seconds: float, advance: Callable[[], None]
) -> list[Figure]:
    """Settings as they are without any: X is read every 15 seconds at most."""
    url, folder = databases.create(), databases.folder / "idle"
    async with a_side("ours", folder, url) as side:
        await prepare(url, folder)
        fill_cards(url, await side.post_cards(CLICKS + WARM_UP))
        count_file = folder / "count"
        side.environment["COUNT_FILE"] = str(count_file)
        await side.start(sys.executable, "-m", "bench.counted")
        await asyncio.sleep(SETTLING)
        memory = side.memory
        cpu, statements = [], []
        for _round in range(rounds):
            used, said = await _rest(side, count_file, seconds)
            cpu.append(100 * used)
            statements.append(said)
            advance()
        await in_turn(side, WARM_UP)
        before = await _count(side, count_file)
        await in_turn(side, CLICKS)
        clicked = (await _count(side, count_file) - before) / CLICKS
    where = databases.label
    return [
        figure("idle", "CPU when idle", where, "%", {"ours": cpu}, aims=[Aim("", 1)]),
        figure("idle", "SQL statements a second when idle", where, "/s", {"ours": statements}),
        figure("idle", "RSS when idle", where, "MB", {"ours": [memory]}, aims=[Aim("", 90)]),
        figure("idle", "SQL statements a claim", where, "", {"ours": [clicked]}),
    ]


async def _rest(side: Side, count_file: Path, seconds: float) -> tuple[float, float]:
    """The share of a core and the statements a second while nothing happens."""
    before, cpu, began = await _count(side, count_file), side.cpu, time.perf_counter()
    await asyncio.sleep(seconds)
    used, took = side.cpu - cpu, time.perf_counter() - began
    return used / took, (await _count(side, count_file) - before) / took


async def _count(side: Side, count_file: Path) -> int:
    """How many statements the program has made since it began."""
    assert side.process is not None
    _forget(count_file)
    side.process.send_signal(signal.SIGUSR1)
    for _look in range(LOOKS):
        if (said := _said(count_file)).endswith("\n"):
            return int(said)
        await asyncio.sleep(0.005)
    raise RuntimeError("the program did not say how many statements it made")


def _forget(count_file: Path) -> None:
    count_file.unlink(missing_ok=True)


def _said(count_file: Path) -> str:
    return count_file.read_text(encoding="utf-8") if count_file.exists() else ""
