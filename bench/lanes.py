"""`python -m bench.lanes`: Slack's lanes at a large brand's load, simulated. Nothing is sent, and no clock is read."""

import argparse
import random
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from math import inf
from pathlib import Path
from typing import Any

from bot.supervisor import BOARD_SECONDS
from handlers.desk.intake.board import FROM
from handlers.desk.work import RANKS
from handlers.slack.views.board import LINES
from handlers.workers.slack_sender import POST_SECONDS

HOUR, DAY = 3600.0, 86_400.0
# The simulated day begins where it is quietest, so that the evening's backlog has the night to drain.
BEGINS_AT = 4
# Assumed: how a day's mentions spread over its hours, from midnight. Low at night, high at noon and in the evening.
HOURS = (
    45,
    30,
    22,
    20,
    22,
    35,
    60,
    90,
    115,
    130,
    135,
    140,
    145,
    140,
    135,
    130,
    130,
    135,
    145,
    155,
    160,
    145,
    110,
    75,
)
PRIORITIES = tuple(RANKS)
SHARES = (0.03, 0.12, 0.60, 0.25)
CHANNELS = (1, 4, 12, 24)
STORM_CHANNELS, COPIES = 24, (0.0, 0.5, 0.8, 0.95)
# Slack's Tier 3, "50+ a minute" for a method, app and workspace: taken as exactly 50.
UPDATES_A_MINUTE = 50
# Of these the boards are taken to have a half at most: more channels, and each board is redrawn less often.
BOARDS_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Load:
    """A brand's day. `poll`: seconds between two readings of X."""

    mentions: int = 1_000_000
    storm: int = 10_000
    storm_begins: float = 7 * HOUR  # eleven o'clock
    storm_seconds: float = 600.0
    poll: float = 24.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Mentions:
    """One day's mentions in order, a column each; seconds from the day's beginning."""

    written: MutableSequence[float] = field(default_factory=lambda: array("d"))
    known: MutableSequence[float] = field(default_factory=lambda: array("d"))
    rank: MutableSequence[int] = field(default_factory=lambda: array("b"))
    area: MutableSequence[float] = field(default_factory=lambda: array("d"))  # [0, 1): which of the channels
    likeness: MutableSequence[float] = field(
        default_factory=lambda: array("d")
    )  # [0, 1): below the share: a near-copy
    storm: MutableSequence[int] = field(default_factory=lambda: array("b"))


def a_day(load: Load) -> Mentions:
    """Everybody's mentions and the storm's; the storm is about one subject, so all of it is for one channel."""
    chance, day = random.Random(load.seed), Mentions()
    everyday = ((second, 0) for second in _over_the_day(load.mentions - load.storm, chance))
    storm = ((load.storm_begins + chance.random() * load.storm_seconds, 1) for _ in range(load.storm))
    for second, stormy in sorted(chain(everyday, storm)):
        day.written.append(second)
        day.known.append((second // load.poll + 1) * load.poll)
        day.rank.append(chance.choices(range(len(SHARES)), SHARES)[0])
        day.area.append(0.0 if stormy else chance.random())
        day.likeness.append(chance.random() if stormy else 1.0)
        day.storm.append(stormy)
    return day


def _over_the_day(count: int, chance: random.Random) -> Iterator[float]:
    hours = HOURS[BEGINS_AT:] + HOURS[:BEGINS_AT]
    for hour in chance.choices(range(24), hours, k=count):
        yield (hour + chance.random()) * HOUR


@dataclass(frozen=True, slots=True)
class Rules:
    """How the desk posts. `copies`: the share of a storm's mentions that repeat another person's words."""

    channels: int
    copies: float = 0.0
    workspace: float = 0.0  # messages a minute over all channels; 0: as many as the channels take

    @property
    def rest(self) -> float:
        """Seconds between two posts of one channel; a limit for the workspace is split evenly."""
        return max(POST_SECONDS, 60 * self.channels / self.workspace if self.workspace else 0.0)

    @property
    def board_every(self) -> float:
        return max(BOARD_SECONDS, 60 * self.channels / (UPDATES_A_MINUTE * BOARDS_SHARE))


@dataclass(slots=True)
class Outcome:
    """What became of a day: seconds from mention to card (inf: none by the end), and to card or line of a board."""

    rules: Rules
    card: list[list[float]] = field(default_factory=lambda: [[] for _ in PRIORITIES])
    seen: list[list[float]] = field(default_factory=lambda: [[] for _ in PRIORITIES])
    storm_card: list[list[float]] = field(default_factory=lambda: [[] for _ in PRIORITIES])
    grouped: int = 0
    backlog: list[list[int]] = field(default_factory=list)  # a channel's, at each full minute

    @property
    def without(self) -> float:
        """The share that has no card by the end."""
        every = [each for rank in self.card for each in rank]
        return sum(each == inf for each in every) / len(every)

    def add(self, rank: int, card: float, seen: float, stormy: bool) -> None:
        self.card[rank].append(card)
        self.seen[rank].append(min(card, seen))
        if stormy:
            self.storm_card[rank].append(card)


def simulate(day: Mentions, rules: Rules) -> Outcome:
    mine: list[MutableSequence[int]] = [array("l") for _ in range(rules.channels)]
    for number, area in enumerate(day.area):
        mine[int(area * rules.channels)].append(number)
    outcome = Outcome(rules)
    for numbers in mine:
        Lane(day, rules, numbers, outcome).run()
    return outcome


class Lane:
    """One channel's day: posts one at a time, by rank and then by age.

    A near-copy stands under the first one's card as soon as it is known, unless it is urgent, and gets its own
    when nothing else waits.
    """

    def __init__(self, day: Mentions, rules: Rules, mine: Sequence[int], outcome: Outcome) -> None:
        self.day, self.rules, self.mine, self.outcome = day, rules, mine, outcome
        self.waiting: list[deque[int]] = [deque() for _ in PRIORITIES]
        self.copies = self.size = self.next = 0
        self.on_board: dict[int, float] = {}
        self.board_at = 0.0
        self.minutes: list[int] = []

    def run(self) -> None:
        now = 0.0
        while now < DAY:
            self._take_in(now)
            self._note(now)
            if self.size or self.copies:
                self._post(now)
                now += self.rules.rest
            elif self.next < len(self.mine):
                now = self.day.known[self.mine[self.next]]
            else:
                break
        self._end()

    def _take_in(self, now: float) -> None:
        day, mine = self.day, self.mine
        while self.next < len(mine) and day.known[mine[self.next]] <= now:
            number = mine[self.next]
            self.next += 1
            if day.rank[number] and day.likeness[number] < self.rules.copies:
                self.copies += 1
                self.outcome.grouped += 1
                continue
            self.waiting[day.rank[number]].append(number)
            self.size += 1

    def _note(self, now: float) -> None:
        """The backlog of each minute, and the board."""
        while len(self.minutes) * 60 <= now:
            self.minutes.append(self.size)
        if now >= self.board_at:
            self.board_at = now + self.rules.board_every
            if self.size + self.copies >= FROM:
                for number in islice(chain(*self.waiting), LINES):
                    self.on_board.setdefault(number, now)

    def _post(self, now: float) -> None:
        if self.size:
            self.size -= 1
            self._card(next(each for each in self.waiting if each).popleft(), now)
        else:
            self.copies -= 1

    def _card(self, number: int, now: float) -> None:
        day, written = self.day, self.day.written[number]
        seen = self.on_board.pop(number, inf)
        self.outcome.add(day.rank[number], now - written, seen - written, bool(day.storm[number]))

    def _end(self) -> None:
        for number in chain(*self.waiting, self.mine[self.next :]):
            self._card(number, inf)
        self.outcome.backlog.append(self.minutes)


@dataclass(frozen=True, slots=True)
class Clicks:
    """Agents at work: shifts follow the day's curve, a case takes some minutes, and its card is redrawn four times."""

    agents: int = 500
    case_seconds: float = 300.0
    shift: float = 8 * HOUR
    updates: float = UPDATES_A_MINUTE
    seed: int = 1


def click_waits(clicks: Clicks) -> tuple[list[float], int]:
    """Seconds from a move to its card as redrawn, and how many calls that took.

    All cards share one limit. What waits is coalesced: moves of one case that wait are one call.
    """
    moves = sorted(_moves(clicks))
    pause, free, at = 60 / clicks.updates, 0.0, 0
    pending: dict[int, list[float]] = {}
    waits: list[float] = []
    calls = 0
    while (at < len(moves) or pending) and free < DAY:
        while at < len(moves) and (moves[at][0] <= free or not pending):
            free = max(free, moves[at][0]) if not pending else free
            pending.setdefault(moves[at][1], []).append(moves[at][0])
            at += 1
        first = next(iter(pending))
        waits += [free - asked for asked in pending.pop(first)]
        calls += 1
        free += pause
    rest = sum(map(len, pending.values())) + len(moves) - at
    return waits + [inf] * rest, calls


def _moves(clicks: Clicks) -> Iterator[tuple[float, int]]:
    """Claimed; answered; the answer is out, ten seconds later; resolved."""
    chance = random.Random(clicks.seed)
    cases = int(clicks.agents * clicks.shift / clicks.case_seconds)
    for number, began in enumerate(_over_the_day(cases, chance)):
        answered = began + chance.expovariate(1 / clicks.case_seconds)
        yield from ((second, number) for second in (began, answered, answered + 10, answered + 30))


def quantile(values: Sequence[float], share: float) -> float:
    """Of all, those without a card too."""
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


def span(seconds: float) -> str:
    if seconds == inf:
        return "none"
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


def two(values: Sequence[float]) -> str:
    return f"{span(quantile(values, 0.5))} / {span(quantile(values, 0.9))}"


def by_channels(outcomes: Mapping[int, Outcome]) -> Iterator[list[str]]:
    yield ["channels", "cards a day at most", *map(str, PRIORITIES), "no card by the end"]
    for channels, outcome in outcomes.items():
        most = f"{DAY / outcome.rules.rest * channels:,.0f}"
        yield [str(channels), most, *map(two, outcome.card), f"{outcome.without:.0%}"]


def by_board(outcomes: Mapping[int, Outcome]) -> Iterator[list[str]]:
    yield ["channels", "board redrawn every", *map(str, PRIORITIES)]
    for channels, outcome in outcomes.items():
        yield [str(channels), span(outcome.rules.board_every), *map(two, outcome.seen)]


def by_copies(outcomes: Mapping[float, Outcome], load: Load) -> Iterator[list[str]]:
    yield ["near-copies", "under another's card", *map(str, PRIORITIES), "longest backlog", "crowded for"]
    for copies, outcome in outcomes.items():
        crowd = outcome.backlog[0]
        cards = map(two, outcome.storm_card)
        lasts = span(_over_after(crowd, load))
        yield [f"{copies:.0%}", f"{outcome.grouped:,}", *cards, f"{max(crowd):,}", lasts]


def _over_after(backlog: Sequence[int], load: Load) -> float:
    """Seconds from the storm's beginning until its channel is no longer crowded."""
    begins = int(load.storm_begins // 60)
    stormy = next((at for at in range(begins, len(backlog)) if backlog[at] >= FROM), begins)
    calm = next((at for at in range(stormy, len(backlog)) if backlog[at] < FROM), None)
    return inf if calm is None else (calm - begins) * 60.0


def by_size(load: Load) -> Iterator[list[str]]:
    yield ["mentions a day, one channel", *map(str, PRIORITIES), "no card by the end"]
    for mentions in (1_000, 10_000, 20_000, 40_000, 60_000, 80_000, 100_000):
        day = a_day(replace(load, mentions=mentions, storm=mentions // 100, poll=15.0))
        outcome = simulate(day, Rules(1))
        yield [f"{mentions:,}", *map(two, outcome.card), f"{outcome.without:.0%}"]


def by_agents(seed: int) -> Iterator[list[str]]:
    yield ["agents", "chat.update a minute", "moves a day", "calls", "move → card redrawn", "not by the end"]
    sizes = [(agents, 50) for agents in (25, 50, 100, 200, 500)] + [(500, each) for each in (100, 150, 250)]
    for agents, updates in sizes:
        waits, calls = click_waits(Clicks(agents, updates=updates, seed=seed))
        none = sum(each == inf for each in waits) / len(waits)
        yield [str(agents), str(updates), f"{len(waits):,}", f"{calls:,}", two(waits), f"{none:.0%}"]


def table(title: str, rows: Iterable[Sequence[str]]) -> str:
    head, *rest = rows
    lines = [f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rest]]
    return "\n".join([f"\n**{title}**\n", *lines])


def draw(everyday: Mapping[int, Outcome], storms: Mapping[float, Outcome], load: Load, path: Path) -> None:
    """Two pictures side by side: waiting by priority and channels; the storm's channel with and without grouping."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    mpl.rcParams["font.size"] = 12
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(15, 6.4), layout="constrained")
    figure.suptitle(f"Slack's lanes at {load.mentions:,} mentions a day (simulated)", fontsize=16)
    _draw_waits(left, everyday)
    _draw_storm(right, storms, load)
    figure.savefig(path, dpi=110, metadata={"Software": None})


# Told apart by shape, dash and place, not by colour alone; the colours are Okabe's and Ito's.
COLOURS = ("#D55E00", "#E69F00", "#0072B2", "#555555")
SHAPES = ("o", "s", "^", "D")
DASHES = ("solid", "dashed", "dashdot", "dotted")


def _draw_waits(axes: Any, everyday: Mapping[int, Outcome]) -> None:
    never = 40 * HOUR
    for at, outcome in enumerate(everyday.values()):
        for rank, values in enumerate(outcome.card):
            x, colour, shape = at + (rank - 1.5) * 0.17, COLOURS[rank], SHAPES[rank]
            low, high = (min(never, quantile(values, share)) for share in (0.5, 0.9))
            label = str(PRIORITIES[rank]) if at == 0 else None
            axes.plot([x, x], [low, high], linewidth=2, color=colour, linestyle=DASHES[rank])
            axes.scatter([x], [high], marker=shape, s=90, facecolor="white", edgecolor=colour, zorder=3)
            axes.scatter([x], [low], marker=shape, s=40, color=colour, label=label, zorder=4)
    axes.set(
        title="Half have a card after (full mark), nine of ten (open mark)",
        xlabel="Channels, each a message a second",
        ylabel="Time from mention to card (logarithmic)",
        yscale="log",
        ylim=(5, never * 1.6),
    )
    axes.set_xticks(range(len(everyday)), map(str, everyday))
    ticks = {"10 s": 10, "1 min": 60, "10 min": 600, "1 h": HOUR, "6 h": 6 * HOUR}
    axes.set_yticks([*ticks.values(), never], [*ticks, "no card\nthat day"])
    axes.minorticks_off()
    axes.grid(axis="y", alpha=0.3)
    axes.legend(title="Priority", loc="center right")


def _draw_storm(axes: Any, storms: Mapping[float, Outcome], load: Load) -> None:
    begins = int(load.storm_begins // 60)
    for (copies, outcome), colour, dash in zip(storms.items(), COLOURS, DASHES, strict=True):
        shown = outcome.backlog[0][begins - 30 :]
        hours = [at / 60 - 0.5 for at in range(len(shown))]
        axes.plot(hours, shown, color=colour, linestyle=dash, linewidth=2.2, label=f"{copies:.0%}")
    axes.set(
        title=f"A storm of {load.storm:,} in ten minutes, in one of {STORM_CHANNELS} channels",
        xlabel="Hours since the storm began",
        ylabel="Mentions that wait for a card of their own",
        xlim=(-0.5, 9),
    )
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(alpha=0.3)
    axes.legend(title="Near-copies among them,\ngrouped under one card")


def main() -> None:
    given = _options().parse_args()
    load = Load(given.mentions, given.storm, poll=given.poll, seed=given.seed)
    day = a_day(load)
    everyday = {channels: simulate(day, Rules(channels)) for channels in CHANNELS}
    storms = {copies: simulate(day, Rules(STORM_CHANNELS, copies)) for copies in COPIES}
    if given.picture:
        draw(everyday, storms, load, given.picture)
    print(table("From mention to card, p50 / p90", by_channels(everyday)))
    limited = {
        channels: simulate(day, Rules(channels, workspace=given.workspace)) for channels in CHANNELS[1:]
    }
    title = f"The same, where the workspace takes {given.workspace:.0f} messages a minute"
    print(table(title, by_channels(limited)))
    print(table("From mention to card or line of a board, p50 / p90", by_board(everyday)))
    print(table(f"A storm of {load.storm:,} in one of {STORM_CHANNELS} channels", by_copies(storms, load)))
    print(table("One channel alone, p50 / p90; a hundredth of the day is a storm", by_size(load)))
    print(table("Agents' moves and their cards redrawn, p50 / p90", by_agents(load.seed)))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mentions", type=int, default=1_000_000, help="a day")
    options.add_argument("--storm", type=int, default=10_000, help="of these, in ten minutes")
    options.add_argument("--poll", type=float, default=24.0, help="seconds between two readings of X")
    options.add_argument(
        "--workspace", type=float, default=300.0, help="messages a minute that a workspace takes"
    )
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--picture", type=Path, help="draw it here too; needs matplotlib")
    return options


if __name__ == "__main__":
    main()
