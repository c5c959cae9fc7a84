"""The command line. A command imports what it needs, so `--version` and faults in the settings are said at once."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.console import Console

if TYPE_CHECKING:
    from bot.app import Mentiondesk
    from bot.settings import Settings
    from db.copies.transfer import Told
    from triage.policy import Policy

T = TypeVar("T")

app = typer.Typer(
    help="Mentiondesk: brand mentions as cards in Slack.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
saved_replies = typer.Typer(help="Saved replies as TOML.", no_args_is_help=True)
app.add_typer(saved_replies, name="saved-replies")
out = Console()
err = Console(stderr=True)

BAD_INPUT = 2


def main() -> None:
    app()


def _say_version(wanted: bool) -> None:
    from importlib import metadata

    if wanted:
        out.print(f"mentiondesk {metadata.version('mentiondesk')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_say_version),
    ] = False,
) -> None:
    """Brand mentions as cards in Slack."""


@app.command()
def run(verbose: Annotated[bool, typer.Option(help="Log every gesture.")] = False) -> None:
    """Run the desk, until Ctrl-C or SIGTERM."""
    settings, policy = _read()
    from bot import logs
    from bot.app import Mentiondesk

    logs.set_up(verbose=verbose)
    _run(_until_signalled(Mentiondesk(settings, policy)))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The page's port.")] = 8765,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    story: Annotated[bool, typer.Option(help="Let customers write by themselves.")] = True,
) -> None:
    """Try it out: a pretend Slack and X on this machine, with the real desk between them."""
    from bot import logs
    from bot.cli.try_out import try_out

    logs.set_up()
    _run(try_out(port, open_browser=browser, tell_story=story, announce=_announce_demo, stopped=_signalled()))


@app.command()
def check() -> None:
    """Test tokens, scopes, channels, accounts, database and desk.toml."""
    settings, policy = _read()
    from bot.cli.checks import check as find_faults

    with err.status("Asking Slack and the networks …"):
        faults = _run(find_faults(settings, policy))
    if faults:
        _refuse(faults)
    out.print("Everything is in order: `mentiondesk run` can start.")
    _say_hours(policy)


def _say_hours(policy: Policy) -> None:
    """Print the desk's hours, and those of areas with hours of their own, as the promised times count them."""
    from rich.markup import escape

    from bot.clock import system_clock

    out.print(f"Open: {policy.working_time.in_words(system_clock())}", highlight=False)
    for area, working in policy.own_working_times.items():
        out.print(f"Open for {escape(area)}: {working.in_words(system_clock())}", highlight=False)


@app.command()
def migrate() -> None:
    """Bring the database to this version's schema. `run` does it by itself."""
    settings = _read_settings()
    before, after = _run(_migrate(settings))
    out.print(f"Already at {after}." if before == after else f"Brought from {before or 'empty'} to {after}.")


async def _migrate(settings: Settings) -> tuple[str | None, str]:
    from db.engine import Database
    from db.schema import migrate as bring_up_to_date

    database = Database(settings.database_url)
    try:
        return await bring_up_to_date(database)
    finally:
        await database.close()


@app.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="Your https address, for HTTP in place of Socket Mode.")
    ] = None,
) -> None:
    """Print the Slack app manifest to paste at api.slack.com/apps."""
    import json

    from bot.manifest import manifest as slack_manifest

    if url is not None and not url.startswith("https://"):
        _refuse([f"--url {url}: Slack calls only https addresses, such as https://desk.example.com."])
    sys.stdout.write(json.dumps(slack_manifest(url), indent=2, ensure_ascii=False) + "\n")


@app.command()
def forget(
    handle: Annotated[str, typer.Argument(help="The author's handle, such as @jane.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove an author: their posts, cases and history here, and what stands of them in Slack."""
    settings, policy = _read()
    if not yes:
        typer.confirm(f"Remove everything about {handle}? This can't be taken back", abort=True)
    from handlers.desk.intake.forget import NothingKnown

    try:
        count = _run(_forget(settings, policy, handle))
    except NothingKnown as nothing:
        _refuse([str(nothing)])
    out.print(
        f"Removed {count} case{'' if count == 1 else 's'}. What stands in Slack goes as soon as the desk runs."
    )


async def _forget(settings: Settings, policy: Policy, handle: str) -> int:
    from bot.clock import system_clock
    from db.engine import Database
    from db.schema import migrate as bring_up_to_date
    from handlers.desk.intake.forget import forget as forget_author
    from handlers.desk.work import Desk

    database = Database(settings.database_url)
    try:
        await bring_up_to_date(database)
        return await forget_author(Desk(database, policy, system_clock), handle)
    finally:
        await database.close()


@app.command("move-database")
def move_database(
    to: Annotated[str, typer.Option(help="The new, empty database, as DATABASE_URL would name it.")],
) -> None:
    """Carry everything into another database, such as from SQLite to PostgreSQL. Stop the desk first."""
    settings = _read_settings()
    from rich.markup import escape

    from bot.cli import backups

    with _progress("Moving") as told:
        rows, name = _run(backups.move(settings.database_url, to, told))
    out.print(
        f"Moved {_rows(rows)} to {escape(name)}, and verified. Next: set DATABASE_URL to it, then run "
        "`mentiondesk check` and `mentiondesk run`. The old database stays as it is; run nothing on it again."
    )


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
) -> None:
    """Write a copy of everything into one file, while the desk runs or not."""
    settings = _read_settings()
    from rich.markup import escape

    from bot.cli import backups

    with _progress("Copying") as told:
        rows = _run(backups.back_up(settings.database_url, file, told))
    out.print(
        f"Wrote {_rows(rows)} to {escape(str(file))}, and verified. Keep .env and desk.toml with it: they are not in it."
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `mentiondesk backup` wrote.")],
) -> None:
    """Fill the empty database that DATABASE_URL names from a backup."""
    settings = _read_settings()
    from rich.markup import escape

    from bot.cli import backups

    with _progress("Restoring") as told:
        rows, name = _run(backups.restore(file, settings.database_url, told))
    out.print(
        f"Restored {_rows(rows)} to {escape(name)}, and verified. Next: `mentiondesk run`. What was to be sent when "
        "the backup was made is looked for before it is sent; look at the cards that ask about a reply."
    )


@saved_replies.command("export")
def export_saved_replies(
    file: Annotated[Path | None, typer.Argument(help="The file to write; the screen otherwise.")] = None,
) -> None:
    """Write all saved replies as TOML."""
    settings = _read_settings()
    from rich.markup import escape

    from bot.cli import saved_replies as saved_files

    text, count = _run(saved_files.export(settings))
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        _refuse([f"{file}: {error.strerror or error}."])
    out.print(f"Wrote {count} saved repl{'y' if count == 1 else 'ies'} to {escape(str(file))}.")


@saved_replies.command("import")
def import_saved_replies(
    file: Annotated[Path, typer.Argument(help="A file as `export` writes it.")],
    replace: Annotated[bool, typer.Option("--replace", help="Remove those that are not in it.")] = False,
) -> None:
    """Take in saved replies from TOML, known by title and language; also while the desk runs."""
    settings, policy = _read()
    from bot.cli import saved_replies as saved_files
    from triage.replies.saved_file import BadSavedReplies

    try:
        wanted = saved_files.read_file(policy, file)
    except BadSavedReplies as error:
        _refuse([f"{file}: {fault}" for fault in error.faults])
    taken = _run(saved_files.take_in_all(settings, policy, wanted, instead=replace))
    out.print(f"{taken.added} added, {taken.changed} changed, {taken.removed} removed.")


@contextlib.contextmanager
def _progress(doing: str) -> Iterator[Told]:
    from rich.progress import Progress

    with Progress(console=err, transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _rows(number: int) -> str:
    return f"{number} row{'' if number == 1 else 's'}"


def _read_settings() -> Settings:
    from bot.settings import read_settings

    return _or_refuse(read_settings)


def _read() -> tuple[Settings, Policy]:
    from bot.settings import read_all

    return _or_refuse(read_all)


def _or_refuse(read: Callable[[dict[str, str]], T]) -> T:
    from bot.settings import BadSettings, environment_with_dotenv

    try:
        return read(environment_with_dotenv(dict(os.environ), Path(".env")))
    except BadSettings as error:
        _refuse(error.faults)


def _refuse(faults: list[str]) -> NoReturn:
    """Print every fault in one message and exit."""
    from rich.panel import Panel
    from rich.text import Text

    lines = Text("\n".join(f"• {fault}" for fault in faults))
    err.print(
        Panel(lines, title=f"{len(faults)} thing{'s' if len(faults) > 1 else ''} to mend", title_align="left")
    )
    raise typer.Exit(BAD_INPUT)


def _run(work: Coroutine[object, object, T]) -> T:
    from sqlalchemy.exc import DBAPIError

    from bot.settings import BadSettings
    from db.engine import DatabaseProblem
    from handlers.problems import DoorProblem

    try:
        return asyncio.run(work)
    except (DatabaseProblem, BadSettings) as problem:
        _refuse([str(problem)])
    except DBAPIError as error:
        _refuse([f"The database does not answer: {str(error.orig).strip()}"])
    except DoorProblem as problem:
        _refuse([f"{problem} Run `mentiondesk check` for more."])
    except OSError as error:
        hint = " Is it running already?" if error.errno == errno.EADDRINUSE else ""
        _refuse([f"{error.strerror or error} ({error.filename or 'network'}).{hint}"])


async def _until_signalled(desk: Mentiondesk) -> None:
    from bot.app import run_until

    await run_until(desk, _signalled()())


def _signalled() -> Callable[[], asyncio.Event]:
    """A function to call inside the loop; it returns an event that Ctrl-C or SIGTERM sets."""

    def event() -> asyncio.Event:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, stopped.set)
        return stopped

    return event


def _announce_demo(url: str) -> None:
    from rich.panel import Panel
    from rich.text import Text

    out.print(
        Panel(
            Text(f"{url}\n\nCtrl-C stops it. Nothing is kept.", justify="center"),
            title="The try-out is running",
        )
    )
