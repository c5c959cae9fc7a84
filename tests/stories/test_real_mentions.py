"""Real input: 3,110 public posts through the pretend X into a running desk, each in a case, each case on a card."""

import asyncio
import json
import random
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from demo.slack import Message
from processes import environment
from scene import CHANNELS, DESK_TOML, Scene, a_scene

ROOT = str(Path(__file__).parents[2])
POSTS = Path(__file__).parents[3] / "shared" / "data" / "real-mentions.jsonl"
ACCOUNT = "acme_help"
FIRST_BATCH, BATCH = 500, 700  # X's mentions reach back 800 posts
MINUTES_A_BATCH = 5.5  # longer than the overlap with which X is read again
GROWTH_MIB = 24
PATIENCE = 500.0  # a bound, no aim: other tests run beside it
# A process of its own, so that its memory is the desk's alone. It posts as fast as this Slack takes it.
PROGRAM = "from handlers.workers import slack_sender; slack_sender.POST_SECONDS *= 0; from bot.cli.main import main; main()"


@dataclass(frozen=True, slots=True)
class Running:
    """The desk as a process: what it keeps, and how big it is."""

    scene: Scene
    process: asyncio.subprocess.Process

    def asked(self, question: str) -> list[tuple[Any, ...]]:
        with _opened(self.scene.folder / "desk.db") as database:
            return database.execute(question).fetchall()

    def count(self, rows: str) -> int:
        return int(self.asked(f"SELECT count(*) FROM {rows}")[0][0])

    def rss_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    async def until(self, rows: str, number: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while (found := self.count(rows)) != number:
            assert self.process.returncode is None, "the desk ended"
            assert time.monotonic() < deadline, f"{found} of {number} {rows}"
            await asyncio.sleep(0.05)

    async def settled(self) -> None:
        """Everything is delivered, and no board is left that stood while much was waiting."""
        await self.until("messages WHERE subject LIKE 'board:%'", 0)
        await self.until("deliveries WHERE state IN ('pending', 'sending', 'unknown')", 0)


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        yield database
    finally:
        database.close()


@asynccontextmanager
async def a_desk_of_its_own(folder: Path) -> AsyncIterator[Running]:
    """A furnished playground, and the desk in another process."""
    async with a_scene(folder, started=False) as scene:
        scene.slack.keep_calls(100_000)
        scene.x.limits.clear()  # X's 300 readings in 15 minutes are the poller's matter, not this story's
        (folder / "desk.toml").write_text(DESK_TOML, encoding="utf-8")
        env = environment(scene.playground.url, folder, PYTHONPATH=ROOT, X_POLL_SECONDS="1")
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", PROGRAM, "run"), cwd=folder, env=env, stderr=log
            )
            try:
                await scene.eventually(lambda: scene.slack.connections, "the desk to listen")
                yield Running(scene, process)
            finally:
                if process.returncode is None:
                    process.terminate()
                await asyncio.wait_for(process.wait(), PATIENCE)


@dataclass(frozen=True, slots=True)
class Written:
    """A post that somebody wrote: its id on X, by whom, and the words."""

    id: str
    handle: str
    text: str


def write(scene: Scene, texts: list[str], writers: list[str]) -> list[Written]:
    written = []
    for text, handle in zip(texts, writers, strict=True):
        if scene.x.find_profile(handle) is None:
            scene.x.add_profile(handle, f"Customer {handle[-5:]}", followers=int(handle[-5:]) ** 2 // 40)
        post = scene.x.post(handle, text)
        written.append(Written(post.id, handle, text))
    return written


def texts() -> list[str]:
    posts = [json.loads(line)["text"] for line in POSTS.read_text(encoding="utf-8").splitlines()]
    return [text if f"@{ACCOUNT}" in text else f"@{ACCOUNT} {text}" for text in posts]


def writers(number: int) -> list[str]:
    """Who writes each post: most write once, one post in six is by somebody who wrote before."""
    chance = random.Random(2026)
    chosen: list[str] = []
    for new in range(number):
        again = chosen and chance.random() < 1 / 6
        chosen.append(chance.choice(chosen) if again else f"cust_{new:05d}")
    return chosen


@dataclass(frozen=True, slots=True)
class Replayed:
    """The desk after the last card, what was written, and how it went."""

    desk: Running
    written: list[Written]
    seconds: float
    early_mib: float
    late_mib: float

    @property
    def figures(self) -> str:
        pace = len(self.written) / self.seconds
        memory = f"{self.early_mib:.0f} MiB after {FIRST_BATCH}, {self.late_mib:.0f} MiB at the end"
        return f"{len(self.written)} posts in {self.seconds:.1f} s ({pace:.0f} a second), {memory}"


async def replay(desk: Running) -> Replayed:
    """Write all posts, a batch every few minutes of the clock, and wait for the last card."""
    said = texts()
    by = writers(len(said))
    written: list[Written] = []
    early = 0.0
    started = time.monotonic()
    while len(written) < len(said):
        size = BATCH if written else FIRST_BATCH
        here = slice(len(written), len(written) + size)
        written += write(desk.scene, said[here], by[here])
        await desk.until("mentions", len(written))
        desk.scene.skip(minutes=MINUTES_A_BATCH)
        if not early:
            await desk.settled()
            early = desk.rss_mib()
    await desk.settled()
    return Replayed(desk, written, time.monotonic() - started, early, desk.rss_mib())


@pytest.fixture
async def replayed(tmp_path: Path) -> AsyncIterator[Replayed]:
    async with a_desk_of_its_own(tmp_path) as desk:
        yield await replay(desk)


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.skipif(
    not POSTS.exists(), reason="the real posts are not on this machine (they are never copied)"
)
async def test_every_real_post_is_in_one_case_and_every_case_has_one_card(
    replayed: Replayed, record_property: Callable[[str, object], None]
) -> None:
    record_property("replay", replayed.figures)
    print(replayed.figures)  # noqa: T201 - for the closing note: pytest -s
    each_post_is_in_one_case(replayed)
    each_case_has_one_live_card(replayed)
    slack_refused_nothing(replayed)
    assert replayed.desk.scene.slack.pings == []
    assert replayed.late_mib - replayed.early_mib < GROWTH_MIB


def each_post_is_in_one_case(replayed: Replayed) -> None:
    """With its words as they were written, in the only case of whoever wrote it."""
    kept = replayed.desk.asked("SELECT post_id, text, case_id FROM mentions WHERE NOT ours")
    assert {post_id: text for post_id, text, _case in kept} == {
        post.id: post.text for post in replayed.written
    }
    assert len(kept) == len(replayed.written)
    of_author: dict[str, set[int]] = {post.handle: set() for post in replayed.written}
    case_of = {post_id: case for post_id, _text, case in kept}
    for post in replayed.written:
        of_author[post.handle].add(case_of[post.id])
    assert {len(cases) for cases in of_author.values()} == {1}
    assert replayed.desk.count("cases") == len(of_author)


def each_case_has_one_live_card(replayed: Replayed) -> None:
    cases = {case for (case,) in replayed.desk.asked("SELECT id FROM cases WHERE status = 'new'")}
    cards = [case_on(card) for channel in CHANNELS for card in replayed.desk.scene.slack.messages(channel)]
    assert len(cases) == replayed.desk.count("cases")
    assert Counter(cards) == Counter(cases)


def case_on(card: Message) -> int:
    """The case that a card's "I'll take this" would claim."""
    buttons = [element for block in card.blocks for element in block.get("elements", ())]
    return next(int(button["value"]) for button in buttons if button.get("action_id") == "claim")


def slack_refused_nothing(replayed: Replayed) -> None:
    failed = replayed.desk.asked(
        "SELECT subject, problem FROM deliveries WHERE state NOT IN ('done', 'cancelled')"
    )
    assert failed == []
    calls = Counter((call.method, call.outcome) for call in replayed.desk.scene.slack.calls)
    assert {outcome for _method, outcome in calls} == {"ok"}
    further = len(replayed.written) - replayed.desk.count("cases")
    moved = calls["chat.delete", "ok"]  # a further post may say which area it is: the card stands there anew
    posted = sum(
        one.channel in CHANNELS for one in replayed.desk.scene.slack.posts
    )  # leads hear of late ones
    assert posted == replayed.desk.count("cases") + further + moved
