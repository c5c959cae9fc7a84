"""Click → ack, click → card updated, CPU a click and clicks a second: ours, the raw floor, Bolt as documented."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bench.databases import Databases, create_plain
from bench.figures import Aim, Figure, figure, p50, p99
from bench.filling import fill_cards, prepare
from bench.side import COMMANDS, Press, Side, a_side

BOLT = "Bolt as documented"
WARM_UP = 5
# The delivery's end is recorded after the card has changed: people are no faster than that.
PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it: `rounds`, in each so many clicks one after the other, then so many `in_flight` at a time."""

    rounds: int = 8
    clicks: int = 25
    burst: int = 64
    in_flight: int = 32

    @property
    def cards(self) -> int:
        return WARM_UP + self.rounds * (self.clicks + self.burst)


@dataclass(slots=True)
class Taken:
    """What one side's rounds came to."""

    acked: list[list[float]] = field(default_factory=list)
    updated: list[list[float]] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    burst_rate: list[float] = field(default_factory=list)
    burst_cpu: list[float] = field(default_factory=list)


async def clicks(
    databases: Databases, size: Size, advance: Callable[[], None], *, over_http: bool
) -> list[Figure]:
    """All sides run at once and take their turns: what disturbs one round disturbs all sides."""
    async with _three_sides(databases, size, over_http) as sides:
        taken = {side.name: Taken() for side in sides}
        for _round in range(size.rounds):
            for side in sides:
                await _one_by_one(side, taken[side.name], size)
                await _at_once(side, taken[side.name], size)
                advance()
    mode = "HTTP" if over_http else "Socket Mode"
    return _figures(taken, f"{databases.label}, {mode}", size)


@asynccontextmanager
async def _three_sides(databases: Databases, size: Size, over_http: bool) -> AsyncIterator[list[Side]]:
    async with AsyncExitStack() as stack:
        sides = []
        for name in COMMANDS:
            url = databases.create()
            folder = databases.folder / f"{'http' if over_http else 'socket'}-{name.replace(' ', '-')}"
            side = await stack.enter_async_context(a_side(name, folder, url, over_http=over_http))
            cards = await side.post_cards(size.cards)
            if name == "ours":
                await prepare(url, folder)
                fill_cards(url, cards)
            else:
                places = [{"channel": card.channel, "ts": card.ts} for card in cards]
                create_plain(url, [{"case": number, **place} for number, place in enumerate(places, 1)])
            await side.start()
            sides.append(side)
        for side in sides:
            await in_turn(side, WARM_UP)
        yield sides


async def in_turn(side: Side, count: int) -> list[Press]:
    """One click after the other, each when the last one is over and done."""
    presses = []
    for _number in range(count):
        presses.append(await side.press(side.next_card()))
        await asyncio.sleep(PAUSE)
    return presses


async def _one_by_one(side: Side, taken: Taken, size: Size) -> None:
    began = side.cpu
    presses = await in_turn(side, size.clicks)
    taken.cpu.append((side.cpu - began) / size.clicks)
    taken.acked.append([press.acked for press in presses])
    taken.updated.append([press.updated for press in presses])


async def _at_once(side: Side, taken: Taken, size: Size) -> None:
    gate = asyncio.Semaphore(size.in_flight)

    async def one() -> None:
        async with gate:
            await side.press(side.next_card())

    cpu, began = side.cpu, time.perf_counter()
    await asyncio.gather(*(one() for _number in range(size.burst)))
    taken.burst_rate.append(size.burst / (time.perf_counter() - began))
    await asyncio.sleep(PAUSE)
    taken.burst_cpu.append((side.cpu - cpu) / size.burst)


def _figures(taken: dict[str, Taken], where: str, size: Size) -> list[Figure]:
    acked = {side: each.acked for side, each in taken.items()}
    updated = {side: each.updated for side, each in taken.items()}
    ack_aims = [Aim("floor", 3), Aim(BOLT, 0.25)]
    return [
        _latency("click → ack, p50", where, acked, p50, ack_aims),
        _latency("click → ack, p99", where, acked, p99, [Aim("floor")]),
        _latency("click → card updated, p50", where, updated, p50, [Aim("floor", 5)]),
        _latency("click → card updated, p99", where, updated, p99, [Aim("floor")]),
        figure(
            "clicks",
            "CPU a click, one after the other",
            where,
            "ms",
            _milli({side: each.cpu for side, each in taken.items()}),
            aims=[Aim("floor", 3.5)],
        ),
        figure(
            "clicks",
            f"CPU a click, {size.in_flight} in flight",
            where,
            "ms",
            _milli({side: each.burst_cpu for side, each in taken.items()}),
            aims=[Aim("floor")],
        ),
        figure(
            "clicks",
            f"clicks a second, {size.in_flight} in flight",
            where,
            "/s",
            {side: each.burst_rate for side, each in taken.items()},
            aims=[Aim("floor")],
        ),
    ]


def _latency(
    what: str,
    where: str,
    seconds: dict[str, list[list[float]]],
    percentile: Callable[[list[float]], float],
    aims: list[Aim],
) -> Figure:
    rounds = _milli({side: [percentile(each) for each in turns] for side, turns in seconds.items()})
    whole = {
        side: 1000 * percentile([one for each in turns for one in each]) for side, turns in seconds.items()
    }
    return figure("clicks", what, where, "ms", rounds, whole=whole, aims=aims)


def _milli(seconds: dict[str, list[float]]) -> dict[str, list[float]]:
    return {side: [1000 * one for one in each] for side, each in seconds.items()}
