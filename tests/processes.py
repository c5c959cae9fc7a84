"""The program as its users start it: a command here, or the console script in a process of its own."""

import asyncio
import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bot.cli import main as cli
from scene import DESK_TOML

MENTIONDESK = str(Path(sys.executable).parent / "mentiondesk")


# A machine's day and zone are what every process on it has, also where faketime gives them.
OF_THE_MACHINE = ("TZ", "LD_PRELOAD", "FAKETIME")


def environment(url: str, folder: Path, **more: str) -> dict[str, str]:
    """What the program takes from outside, and nothing else of the environment of the tests."""
    return {
        **{name: value for name, value in os.environ.items() if name.startswith(OF_THE_MACHINE)},
        "PATH": os.environ.get("PATH", ""),
        "COLUMNS": "500",
        "SLACK_BOT_TOKEN": "xoxb-demo-bot",
        "SLACK_APP_TOKEN": "xapp-demo-app",
        "SLACK_API_URL": f"{url}/slack/api/",
        "X_API_KEY": "demo-key",
        "X_API_SECRET": "demo-secret",
        "X_ACME_ACCESS_TOKEN": "demo-acme",
        "X_ACME_ACCESS_SECRET": "demo-acme-secret",
        "X_ACME_HELP_ACCESS_TOKEN": "demo-acme_help",
        "X_ACME_HELP_ACCESS_SECRET": "demo-acme_help-secret",
        "X_API_URL": f"{url}/x",
        "X_POLL_SECONDS": "0.2",
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder}/desk.db",
        "CLOCK_OFFSET_FILE": str(folder / "clock"),
        "PORT": "0",
        **more,
    }


@dataclass
class Ended:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All of it without the frame around it."""
        bare = "".join(" " if sign in "│╭╮╰╯─┃" else sign for sign in self.out + self.err)
        return " ".join(bare.split())


async def begin(folder: Path, env: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        MENTIONDESK,
        *arguments,
        cwd=folder,
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        preexec_fn=_hear_ctrl_c,
    )


def _hear_ctrl_c() -> None:
    """Undo what a shell does to its background jobs: they, and what they start, are deaf to SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


async def apart(folder: Path, env: dict[str, str], *arguments: str) -> Ended:
    """A command in a process of its own."""
    process = await begin(folder, env, *arguments)
    out, err = await process.communicate()
    return Ended(int(process.returncode or 0), out.decode(), err.decode())


async def command(folder: Path, env: dict[str, str], *arguments: str) -> Ended:
    """A command that prints and ends, in this process: to start another one takes longer than what it does."""
    return await asyncio.to_thread(_typed, folder, env, arguments)


def _typed(folder: Path, env: dict[str, str], arguments: tuple[str, ...]) -> Ended:
    cli.out.width = cli.err.width = int(env["COLUMNS"])
    # Nothing of the environment of the tests reaches the command.
    cleared: dict[str, str | None] = dict.fromkeys(os.environ)
    with chdir(folder):
        ended = CliRunner().invoke(cli.app, list(arguments), env=cleared | env)
    problem = ended.exception
    unforeseen = problem is not None and not isinstance(problem, SystemExit)
    said = "".join(traceback.format_exception(problem)) if unforeseen else ""
    return Ended(ended.exit_code, ended.stdout, ended.stderr + said)


@dataclass
class Running:
    """`mentiondesk run`, until it is ended one way or another."""

    process: asyncio.subprocess.Process
    log: list[str]
    listening: asyncio.Task[None] | None = None

    async def until(self, word: str) -> None:
        """Read the log up to a line with this word."""
        assert self.process.stderr is not None
        while line := (await self.process.stderr.readline()).decode():
            self.log.append(line)
            if word in line:
                return
        raise AssertionError(f"it ended before it said {word!r}: {''.join(self.log)}")

    def listen(self) -> None:
        """Read the log on, so that one who says much is not held up by a full pipe."""

        async def on() -> None:
            assert self.process.stderr is not None
            while line := (await self.process.stderr.readline()).decode():
                self.log.append(line)

        self.listening = asyncio.create_task(on())

    async def ends(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        if self.listening is not None:
            self.listening.cancel()
            await asyncio.wait({self.listening})
        _out, err = await self.process.communicate()
        self.log.append(err.decode())
        return int(self.process.returncode or 0)


@asynccontextmanager
async def running(folder: Path, env: dict[str, str]) -> AsyncIterator[Running]:
    """A desk that has started; killed at the end, if it has not ended by then."""
    (folder / "desk.toml").write_text(DESK_TOML.replace("undo_seconds = 10", "undo_seconds = 0"))
    started = Running(await begin(folder, env, "run"), [])
    try:
        await started.until('"running"')
        yield started
    finally:
        if started.process.returncode is None:
            await started.ends(signal.SIGKILL)


@dataclass
class Crew:
    """Replicas of one desk, on one PostgreSQL database."""

    folder: Path
    env: dict[str, str]
    replicas: list[Running] = field(default_factory=list)

    async def starts(self, count: int = 1) -> list[Running]:
        """So many more, all at once; returns when each of them runs."""
        begun = [Running(await begin(self.folder, self.env, "run"), []) for _ in range(count)]
        self.replicas += begun
        await asyncio.gather(*(one.until('"running"') for one in begun))
        for one in begun:
            one.listen()
        return begun

    @property
    def log(self) -> str:
        return "".join(line for one in self.replicas for line in one.log)

    def asked(self, query: str) -> list[Any]:
        """What the database says."""
        import psycopg

        with psycopg.connect(self.env["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as connection:
            cursor = connection.execute(query)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def a_crew(folder: Path, env: dict[str, str], count: int) -> AsyncIterator[Crew]:
    """So many replicas that run; killed at the end, as far as they have not ended by then."""
    (folder / "desk.toml").write_text(DESK_TOML.replace("undo_seconds = 10", "undo_seconds = 0"))
    crew = Crew(folder, env)
    try:
        await crew.starts(count)
        yield crew
    finally:
        for one in crew.replicas:
            if one.process.returncode is None:
                await one.ends(signal.SIGKILL)


def kept(folder: Path, query: str) -> list[Any]:
    """Read the database of a desk that has ended."""
    connection = sqlite3.connect(folder / "desk.db")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
