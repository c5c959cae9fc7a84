"""The fault suite from the command line: `make faults`, or `PYTHONPATH=tests python -m faults --help`."""

import asyncio
import random
import shutil
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from faults.places import a_database
from faults.plan import SABOTAGES, Plan
from faults.report import table
from faults.trial import Trial
from faults.verdict import Verdict
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

err = Console(stderr=True)
Sabotage = StrEnum("Sabotage", {name.replace("-", "_"): name for name in SABOTAGES})


class Kind(StrEnum):
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


def main(
    database: Annotated[Kind, typer.Option(help="On which database.")] = Kind.SQLITE,
    replicas: Annotated[int, typer.Option(min=1, help="Processes; more than one on PostgreSQL only.")] = 1,
    seed: Annotated[
        int | None, typer.Option(help="What all lots are drawn from; by lot, and printed.")
    ] = None,
    mentions: Annotated[int, typer.Option(min=2, help="How many mentions customers post.")] = 5000,
    kills: Annotated[int, typer.Option(min=0, help="How often a process is killed with -9.")] = 100,
    minutes: Annotated[float, typer.Option(help="The busy part ends after so long at the latest.")] = 45.0,
    pace: Annotated[float, typer.Option(help="Mentions a second.")] = 4.0,
    staff: Annotated[int, typer.Option(min=4, max=12, help="How many agents click.")] = 8,
    only: Annotated[
        str, typer.Option(help="What staff do, such as claim,release; everything by default.")
    ] = "",
    lost_answers: Annotated[int, typer.Option(help="Posts whose answer is lost, besides the weather.")] = 0,
    patience: Annotated[float, typer.Option(help="Seconds in which everything has to settle.")] = 300.0,
    sabotage: Annotated[Sabotage | None, typer.Option(help="Break the product on purpose.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the table there too.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep logs and all rows in this folder.")] = None,
) -> None:
    """Try the desk under faults, and judge it. Ends with 1 when a promise was broken."""
    if replicas > 1 and database is Kind.SQLITE:
        raise typer.BadParameter("SQLite takes one process")
    plan = Plan(
        database=database.value,
        seed=random.randrange(1_000_000) if seed is None else seed,
        replicas=replicas,
        mentions=mentions,
        kills=kills,
        minutes=minutes,
        mentions_a_second=pace,
        staff=staff,
        only=tuple(filter(None, only.split(","))),
        lost_answers=lost_answers,
        sabotage=sabotage.value if sabotage else None,
        patience=patience,
    )
    err.print(f"seed {plan.seed}")
    verdict = _carry_out(plan, keep)
    text = table(plan, verdict)
    sys.stdout.write(text + "\n")
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    raise typer.Exit(1 if verdict.broken else 0)


def _carry_out(plan: Plan, keep: Path | None) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="mentiondesk-faults-") as temporary, _bar(plan) as bar:
        task = bar.add_task("starting", total=plan.mentions, kills=0, of=plan.kills)

        def progress(what: str, mentions: int, kills: int) -> None:
            bar.update(task, description=what, completed=mentions, kills=kills)

        folder = Path(temporary)
        try:
            with a_database(plan, folder) as (url, restart):
                return asyncio.run(Trial(plan, folder, url, restart, progress).run())
        finally:
            if keep is not None:
                shutil.copytree(folder, keep, dirs_exist_ok=True)


def _bar(plan: Plan) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} mentions, {task.fields[kills]}/{task.fields[of]} kills"),
        TimeElapsedColumn(),
        console=err,
    )


if __name__ == "__main__":
    typer.run(main)
