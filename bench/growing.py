"""A claim and an App Home with a million cases in the database, against an empty one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from bench.clicking import WARM_UP, in_turn
from bench.databases import Databases
from bench.figures import Aim, Figure, figure, p50
from bench.filling import fill_cards, fill_history, prepare
from bench.side import Side, a_side

AGENT, LEAD = "U0MARCO", "U0LAURA"
HOMES = 4
EMPTY = "empty database"


async def million(
    databases: Databases, count: int, rounds: int, clicks: int, advance: Callable[[], None]
) -> list[Figure]:
    """The same program twice, with `count` cases of the past and without, in turns."""
    taken: dict[str, dict[str, list[float]]] = {}
    async with _two_sides(databases, count, WARM_UP + rounds * clicks, advance) as sides:
        for _round in range(rounds):
            for name, side in sides.items():
                for what, value in (await _one_round(side, clicks)).items():
                    taken.setdefault(what, {}).setdefault(name, []).append(1000 * value)
                advance()
    where, aims = f"{databases.label}, {count:,} cases", [Aim(EMPTY, 1.2)]
    return [figure("million", what, where, "ms", each, aims=aims) for what, each in taken.items()]


async def _one_round(side: Side, clicks: int) -> dict[str, float]:
    cpu = side.cpu
    presses = await in_turn(side, clicks)
    used = (side.cpu - cpu) / clicks
    return {
        "claim: click → card updated, p50": p50([press.updated for press in presses]),
        "claim: CPU": used,
        "App Home of an agent": await _home(side, AGENT),
        "App Home of a lead": await _home(side, LEAD),
    }


async def _home(side: Side, person: str) -> float:
    return p50([await side.open_home(person) for _number in range(HOMES)])


@asynccontextmanager
async def _two_sides(
    databases: Databases, count: int, cards: int, advance: Callable[[], None]
) -> AsyncIterator[dict[str, Side]]:
    async with AsyncExitStack() as stack:
        sides = {}
        for name in (EMPTY, "ours"):
            url, folder = databases.create(), databases.folder / f"million-{name.replace(' ', '-')}"
            side = await stack.enter_async_context(a_side("ours", folder, url))
            await prepare(url, folder)
            if name == "ours":
                await asyncio.to_thread(fill_history, url, count)
                advance()
            fill_cards(url, await side.post_cards(cards))
            await side.start()
            sides[name] = side
        for side in sides.values():
            await in_turn(side, WARM_UP)
            await _home(side, LEAD)
        yield sides
