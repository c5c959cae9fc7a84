"""The simulated fortnight from the command line: `PYTHONPATH=tests python -m fortnight --help`."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from fortnight.desks import PLACES
from fortnight.hands import begin
from fortnight.judge import SENTENCES, Judge, Verdict
from fortnight.play import Fortnight
from rich.console import Console
from rich.progress import Progress

err = Console(stderr=True)


async def played(place_number: int, customers: int, seed: int, folder: Path, progress: Progress) -> Fortnight:
    place = PLACES[place_number]
    play = Fortnight(place, customers, seed, folder)
    await play.open()
    begin(play)
    task = progress.add_task(place.name, total=14)
    await play.run(lambda now: progress.update(task, completed=(now - place.start).days))
    progress.update(task, completed=14)
    return play


def main(
    seed: Annotated[int, typer.Option(help="What all lots are drawn from.")] = 1,
    cases: Annotated[int, typer.Option(min=3, help="How many customers write, over the three desks.")] = 2000,
    picture: Annotated[Path | None, typer.Option(help="Draw the timeline there.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the table there too.")] = None,
) -> None:
    """Play three desks' fortnights, and judge them. Ends with 1 when a promise was broken."""
    verdict = asyncio.run(_play(seed, cases, picture))
    text = table(verdict)
    sys.stdout.write(text + "\n")
    if out is not None:
        out.write_text(text + "\n", encoding="utf-8")
    raise typer.Exit(1 if verdict.breaches else 0)


async def _play(seed: int, cases: int, picture: Path | None) -> Verdict:
    verdict, plays = Verdict(), []
    with tempfile.TemporaryDirectory(prefix="mentiondesk-fortnight-") as folder, Progress(console=err) as bar:
        for number in range(len(PLACES)):
            play = await played(number, cases // len(PLACES), seed, Path(folder), bar)
            judge = Judge(play, play.chat.said)
            verdict.add(await judge.judge())
            plays.append(judge)
            await play.desk.database.close()
    if picture is not None:
        from fortnight.picture import draw

        draw(plays, picture)
    return verdict


def table(verdict: Verdict) -> str:
    lines = ["| promise | held against | broken |", "|---|---|---|"]
    for sentence in SENTENCES:
        broken = len(verdict.breaches.get(sentence, ()))
        lines.append(f"| {sentence} | {verdict.looked_at[sentence]} | {broken or 'never'} |")
    for sentence, some in verdict.breaches.items():
        lines += ["", f"**{sentence}** was broken {len(some)} times:", "", *(f"- {one}" for one in some[:8])]
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
