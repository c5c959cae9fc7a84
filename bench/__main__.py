"""`python -m bench`: measure, say what was met, and write the figures down."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.clicking import Size, clicks
from bench.databases import Databases, NoPostgresql, databases
from bench.figures import Figure, in_words, markdown, met_in_words, number, write_json
from bench.growing import million
from bench.ingesting import ingest
from bench.machine import machine
from bench.pages import PAGE
from bench.posting import one_channel
from bench.resting import idle
from bench.starting import start
from bench.storming import storm
from bench.worktime import worktime

Advance = Callable[[], None]
# What can go wrong with one part shall not take the other parts' figures along.
TROUBLE = (RuntimeError, OSError, TimeoutError, psutil.Error)
console = Console()


class Part(StrEnum):
    """What can be measured."""

    SOCKET = "socket"
    HTTP = "http"
    INGEST = "ingest"
    MILLION = "million"
    START = "start"
    IDLE = "idle"
    CHANNEL = "channel"
    STORM = "storm"
    WORKTIME = "worktime"


# Measured once, whatever the databases.
WITHOUT_DATABASE = {Part.WORKTIME}


class Kind(StrEnum):
    """Where."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of each part."""

    clicks: Size
    pages: int
    mentions: int
    cases: int
    rounds: int
    rest: float
    posts: int
    storm: float
    promises: int


QUICK = Sizes(Size(rounds=2, clicks=4, burst=8, in_flight=4), 2, 500, 2_000, 2, 1.0, 4, 5.0, 50)


@dataclass(frozen=True, slots=True)
class Plan:
    """One part on one database: what does it, and in how many steps."""

    part: Part
    kind: Kind
    steps: int
    measure: Callable[[Databases, Advance], Awaitable[list[Figure]]]


def plan_of(part: Part, kind: Kind, sizes: Sizes) -> Plan:
    turns, rounds = sizes.clicks.rounds * 3, sizes.rounds
    pages = max(sizes.pages + 2, sizes.mentions // PAGE) + 1
    steps, measure = {
        Part.SOCKET: (turns, lambda where, go: clicks(where, sizes.clicks, go, over_http=False)),
        Part.HTTP: (turns, lambda where, go: clicks(where, sizes.clicks, go, over_http=True)),
        Part.INGEST: (pages, lambda where, go: ingest(where, sizes.pages, sizes.mentions, go)),
        Part.MILLION: (
            2 * rounds + 1,
            lambda where, go: million(where, sizes.cases, rounds, sizes.clicks.clicks, go),
        ),
        Part.START: (rounds + 1, lambda where, go: start(where, rounds, go)),
        Part.IDLE: (rounds, lambda where, go: idle(where, rounds, sizes.rest, go)),
        Part.STORM: (int(2 * sizes.storm / 0.2), lambda where, go: storm(where, sizes.storm, go)),
        Part.CHANNEL: (sizes.posts, lambda where, go: one_channel(where, sizes.posts, go)),
        Part.WORKTIME: (rounds + 1, lambda _where, go: worktime(sizes.promises, rounds, go)),
    }[part]
    return Plan(part, kind, steps, measure)


def main(
    parts: Annotated[
        list[Part] | None, typer.Argument(help="What to measure; everything if left out.")
    ] = None,
    database: Annotated[list[Kind] | None, typer.Option(help="Where; both if left out.")] = None,
    quick: Annotated[bool, typer.Option(help="A few of each: shows that it works, not how fast.")] = False,
    rounds: Annotated[int, typer.Option(min=2, help="Rounds in which the sides take turns.")] = 8,
    mentions: Annotated[int, typer.Option(min=0, help="Mentions taken in before memory is read.")] = 5_000,
    cases: Annotated[int, typer.Option(min=1, help="Cases of the past in the full database.")] = 1_000_000,
    minutes: Annotated[
        float, typer.Option(help="How long the storm blows, at 1,000 mentions a minute.")
    ] = 10,
    out: Annotated[Path, typer.Option(help="Folder for bench.json and bench.md.")] = Path("dist"),
) -> None:
    """Measure the desk against raw floors, in one run, and write bench.json and bench.md."""
    size = Size(rounds=rounds)
    full = Sizes(size, rounds, mentions, cases, min(rounds, 5), 10.0, 60, minutes * 60, 1_000)
    sizes = QUICK if quick else full
    kinds = list(dict.fromkeys(database or Kind))
    facts, figures, troubles = _measured(list(dict.fromkeys(parts or Part)), kinds, sizes)
    out.mkdir(parents=True, exist_ok=True)
    write_json(out / "bench.json", facts, figures)
    (out / "bench.md").write_text(markdown(facts, figures), encoding="utf-8")
    console.print(_shown(figures))
    for trouble in troubles:
        console.print(f"[red]not measured:[/] {trouble}", highlight=False)
    console.print(f"Written: {out / 'bench.json'}, {out / 'bench.md'}")
    if troubles:
        raise typer.Exit(1)


def _measured(
    parts: list[Part], kinds: list[Kind], sizes: Sizes
) -> tuple[dict[str, str], list[Figure], list[str]]:
    """The machine, the figures, and what could not be measured."""
    facts = machine()
    figures: list[Figure] = []
    troubles: list[str] = []
    # Redrawn at each step only: a clock of its own would take CPU from what is measured.
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, auto_refresh=False) as progress:
        for kind in kinds:
            here = [part for part in parts if kind is kinds[0] or part not in WITHOUT_DATABASE]
            if not here:
                continue
            try:
                with databases(kind.value) as where:
                    facts[where.label] = where.version()
                    for part in here:
                        _take(plan_of(part, kind, sizes), where, progress, figures, troubles)
            except NoPostgresql as missing:
                troubles.append(str(missing))
    return facts, figures, troubles


def _take(
    plan: Plan, where: Databases, progress: Progress, figures: list[Figure], troubles: list[str]
) -> None:
    task = progress.add_task(f"{where.label}: {plan.part}", total=plan.steps)
    try:
        figures += asyncio.run(_awaited(plan, where, _advance(progress, task)))
    except TROUBLE as trouble:
        troubles.append(f"{where.label}, {plan.part}: {trouble}")


async def _awaited(plan: Plan, where: Databases, advance: Advance) -> list[Figure]:
    return await plan.measure(where, advance)


def _advance(progress: Progress, task: TaskID) -> Advance:
    def advance() -> None:
        progress.advance(task)
        progress.refresh()

    return advance


def _shown(figures: list[Figure]) -> Table:
    table = Table("figure", "where", "each side", "against", "met")
    for one in figures:
        sides = "\n".join(f"{side} {number(sample.value)} {one.unit}" for side, sample in one.sides.items())
        aims = "\n".join(in_words(verdict, one.unit) for verdict in one.verdicts)
        met = "\n".join(met_in_words(verdict).strip("*") for verdict in one.verdicts)
        table.add_row(one.what, one.where, sides, aims, met)
    return table


if __name__ == "__main__":
    typer.run(main)
