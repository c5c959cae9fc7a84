"""A storm over one channel that takes a post a second: how long each priority waits for its card."""

import asyncio
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median, quantiles

from bench.databases import Databases
from bench.figures import Figure, figure
from bench.filling import prepare
from bench.side import Side, a_side

CHANNEL = "C0MENTIONS"
# 10,000 in ten minutes.
PER_SECOND = 1000 / 60
SHARES = {"urgent": 0.03, "high": 0.12, "copy": 0.25, "normal": 0.60}
WORDS = [
    "tea",
    "sun",
    "cup",
    "map",
    "oak",
    "ink",
    "jam",
    "fox",
    "sea",
    "hat",
    "bee",
    "key",
    "owl",
    "pie",
    "rug",
    "saw",
]
TEXTS = {
    "urgent": "this is an emergency, my house is on fire because of your charger {more}",
    "high": "nothing works here since this morning and I am furious {more}",
    "copy": "the free film evening in the park did not take place again and nobody told us anything {number}",
    "normal": "a question about {more}, please",
}
WHO = re.compile(r"@storm(urgent|high|copy|normal)(\d+)")


@dataclass(slots=True)
class Weather:
    """When each post was written and when its card stood, in seconds."""

    written: dict[tuple[str, int], float] = field(default_factory=dict)
    shown: dict[tuple[str, int], float] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    board: float | None = None
    memory: list[float] = field(default_factory=list)  # MB, at every look

    def waited(self, kind: str) -> list[float]:
        return sorted(
            self.shown[key] - at for key, at in self.written.items() if key in self.shown and key[0] == kind
        )

    def without_card(self, kind: str) -> int:
        return sum(key[0] == kind and key not in self.shown for key in self.written)


async def storm(databases: Databases, seconds: float, advance: Callable[[], None]) -> list[Figure]:
    """A storm of so many seconds, and as long to look at what became of it."""
    url, folder = databases.create(), databases.folder / "storm"
    async with a_side("ours", folder, url, post_rate=1.0) as side:
        await prepare(url, folder)
        side.environment["X_POLL_SECONDS"] = "1"
        await side.start()
        weather = await _blow(side, seconds, advance)
    where = databases.label
    return [*(_row(where, weather, kind) for kind in SHARES), _board(where, weather), _memory(where, weather)]


def _row(where: str, weather: Weather, kind: str) -> Figure:
    waited, left = weather.waited(kind), weather.without_card(kind)
    p90 = quantiles(waited, n=10)[8] if len(waited) > 1 else float("nan")
    sides = {"p50": [median(waited) if waited else float("nan")], "p90": [p90]}
    note = f"{len(waited)} cards stand, {left} wait on the board or under another card"
    return figure("storm", f"mention → card, {kind}", where, "s", sides, note=note)


def _board(where: str, weather: Weather) -> Figure:
    at = float("nan") if weather.board is None else weather.board
    note = f"{len(weather.written)} mentions written"
    return figure("storm", "first mention → board", where, "s", {"ours": [at]}, note=note)


def _memory(where: str, weather: Weather) -> Figure:
    """Resident memory: before the first mention, as the last one is written, and at most until all was looked at."""
    before, middle, most = weather.memory[0], weather.memory[len(weather.memory) // 2], max(weather.memory)
    sides = {"before": [before], "as it ends": [middle], "at most": [most]}
    return figure("storm", "RSS", where, "MB", sides, note=f"{len(weather.written)} mentions written")


async def _blow(side: Side, seconds: float, advance: Callable[[], None]) -> Weather:
    weather, lots, began = Weather(memory=[side.memory]), random.Random(7), time.monotonic()
    while (now := time.monotonic() - began) < 2 * seconds:
        while now < seconds and len(weather.written) < now * PER_SECOND:
            _write(side, weather, lots)
        _look(side, weather, began)
        weather.memory.append(side.memory)
        advance()
        await asyncio.sleep(0.2)
    return weather


def _write(side: Side, weather: Weather, lots: random.Random) -> None:
    number = len(weather.written)
    (kind,) = lots.choices(list(SHARES), list(SHARES.values()))
    x, handle = side.playground.x, f"storm{kind}{number}"
    more = " ".join(f"{lots.choice(WORDS)}{lots.randrange(99)}" for _word in range(6))
    x.add_profile(handle, handle.title(), followers=50)
    x.post(handle, "@acme_help " + TEXTS[kind].format(more=more, number=number))
    weather.written[kind, number] = time.monotonic()


def _look(side: Side, weather: Weather, began: float) -> None:
    now = time.monotonic()
    for message in side.playground.slack.messages(CHANNEL):
        if message.ts in weather.seen:
            continue
        weather.seen.add(message.ts)
        found = WHO.search(message.text)
        if "wait for their cards" in message.text:
            weather.board = weather.board or now - began
        elif found:
            weather.shown[found[1], int(found[2])] = now
