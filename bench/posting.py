"""Many mentions through one channel that takes one post a second, and what each spends of Slack's and X's calls."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.databases import Databases
from bench.figures import Aim, Figure, figure
from bench.filling import prepare
from bench.side import Side, a_side

CHANNEL = "C0MENTIONS"
SETTLING = 3.0


async def one_channel(databases: Databases, count: int, advance: Callable[[], None]) -> list[Figure]:
    """`count` customers write at once; ideal is a card a second."""
    url, folder = databases.create(), databases.folder / "one-channel"
    async with a_side("ours", folder, url, post_rate=1.0) as side:
        await prepare(url, folder)
        side.environment["X_POLL_SECONDS"] = "1"
        await side.start()
        await asyncio.sleep(SETTLING)
        before = _calls(side)
        took = await _posted(side, count, advance)
        calls = _calls(side) - before
    where, aims = databases.label, [Aim("ideal", 1.1)]
    each = {name: [number / count] for name, number in sorted(calls.items())}
    total = {"Slack": [_total(each, "Slack")], "X": [_total(each, "X")], **each}
    return [
        figure(
            "one channel",
            f"{count} mentions through one channel",
            where,
            "s",
            _against(took, count),
            aims=aims,
        ),
        figure(
            "one channel", "calls a mention", where, "", total, note=f"{count} at once, X read each second"
        ),
    ]


def _against(took: float, count: int) -> dict[str, list[float]]:
    return {"ours": [took], "ideal": [float(count)]}


def _total(each: dict[str, list[float]], service: str) -> float:
    return sum(number for name, (number,) in each.items() if name.startswith(f"{service}:"))


async def _posted(side: Side, count: int, advance: Callable[[], None]) -> float:
    x, slack = side.playground.x, side.playground.slack
    for number in range(count):
        x.add_profile(f"writer_{number}", f"Writer {number}", followers=number)
        x.post(
            f"writer_{number}", f"@acme_help is anybody there? I have been waiting since Monday ({number})"
        )
    began, seen = time.perf_counter(), 0
    while (stand := len(slack.messages(CHANNEL))) < count:
        for _card in range(seen, stand):
            advance()
        seen = stand
        if time.perf_counter() - began > 5 * count + 30:
            raise RuntimeError(f"only {stand} of {count} cards stand: {side.said()}")
        await asyncio.sleep(0.05)
    return time.perf_counter() - began


def _calls(side: Side) -> Counter[str]:
    slack: Any = (f"Slack: {call.method}" for call in side.playground.slack.calls)
    return Counter([*slack, *(f"X: {call.endpoint}" for call in side.playground.x.calls)])
