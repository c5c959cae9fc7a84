"""Real processes, several on one PostgreSQL: together they are one desk, also while they come and go."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress
from pathlib import Path
from typing import Any

import pytest

import postgres
from db.engine import Database
from db.schema import migrate
from demo.story.cast import CHANNELS, STAFF
from processes import Crew, Running, a_crew, apart, environment, running
from scene import DESK_TOML, Scene, a_scene

pytestmark = pytest.mark.long

# Bounds, no aims: on a busy machine processes start and end slowly. What must not hold them up takes a minute or more.
ENDS_WITHIN = 40.0
TAKEN_OVER_WITHIN = 60.0
PATIENCE = 60.0
AT_ONCE = 6  # however slow the machine, no more matters are in hand
LIVE = "SELECT count(*) FROM deliveries WHERE state IN ('pending', 'sending', 'unknown')"


@pytest.fixture
async def stage(tmp_path: Path, postgres_server: str) -> AsyncIterator[Scene]:
    """The pretend Slack and X, and an empty database; nobody runs yet."""
    url = postgres.a_database(postgres_server)
    async with a_scene(tmp_path, started=False, DATABASE_URL=url) as scene:
        scene.slack.keep_calls(20_000)
        yield scene


def env_of(stage: Scene) -> dict[str, str]:
    return environment(stage.playground.url, stage.folder, **stage.settings)


def crew_of(stage: Scene, count: int) -> AbstractAsyncContextManager[Crew]:
    return a_crew(stage.folder, env_of(stage), count)


def colleagues(stage: Scene, count: int) -> list[str]:
    """So many people more, who are members of the desk's channels."""
    people = [f"U0P{number:03}" for number in range(count)]
    for number, person in enumerate(people):
        stage.slack.add_user(person, f"p{number}", f"Person {number}")
    for channel, name in CHANNELS.items():
        stage.slack.add_channel(channel, name, [*STAFF, *people])
    return people


async def quiet(stage: Scene, crew: Crew) -> None:
    await stage.eventually(lambda: crew.asked(LIVE) == [(0,)], "everything to be delivered")


def cards_ever_posted(stage: Scene) -> int:
    return len([post for post in stage.slack.posts if post.channel in CHANNELS and not post.thread_ts])


async def test_a_replica_told_to_stop_just_as_it_starts_ends_in_time(stage: Scene) -> None:
    """Its queue may be opening its connections then; what it leaves open would keep the process alive."""
    for _ in range(3):
        async with running(stage.folder, env_of(stage)) as desk, asyncio.timeout(ENDS_WITHIN):
            assert await desk.ends(signal.SIGTERM) == 0


async def test_of_two_hundred_who_claim_at_once_one_is_faster_and_the_others_are_told(stage: Scene) -> None:
    people = colleagues(stage, 200)
    async with crew_of(stage, 3) as crew:
        assert stage.slack.connections == 3
        stage.writes("@acme_help who will it be?")
        card = await stage.card("who will it be?")
        acks = await asyncio.gather(*(stage.click(person, card, "claim") for person in people))
        assert [ack for ack in acks if not ack.ok] == []
        await stage.eventually(
            lambda: sum(bool(stage.heard(person)) for person in people) == 199, "199 to be told"
        )
        await quiet(stage, crew)
        ((owner,),) = crew.asked("SELECT owner FROM cases")
        for person in set(people) - {owner}:
            (told,) = stage.heard(person)
            assert f"<@{owner}> was faster" in told.plain
        assert stage.heard(owner) == []
        assert crew.asked("SELECT who FROM events WHERE what = 'claim'") == [(owner,)]
        await stage.shows(card, f"With <@{owner}>")
        assert cards_ever_posted(stage) == 1
        assert "Traceback" not in crew.log


async def test_each_mention_is_in_one_case_and_on_one_card_though_three_replicas_find_it(
    stage: Scene,
) -> None:
    """Each is found three times: in the mentions of both accounts and by the watch, which different ones read."""
    about = ("the app", "my invoice", "the router")  # a channel each
    readers = "SELECT count(DISTINCT holder) FROM leases WHERE name NOT LIKE 'replica:%'"
    async with crew_of(stage, 3) as crew:
        await stage.eventually(lambda: crew.asked(readers) == [(3,)], "all three to read", within=PATIENCE)
        for number in range(9):
            words = f"@acme_help @acme {about[number % 3]} of acme mobile, no. {number:02}"
            stage.writes(words, handle=f"customer_{number}")
            await asyncio.sleep(0.1)
        for number in range(9):
            await stage.card(f"no. {number:02}", within=PATIENCE)
        await quiet(stage, crew)
        assert crew.asked(
            "SELECT count(*), count(DISTINCT post_id), count(DISTINCT case_id) FROM mentions"
        ) == [(9, 9, 9)]
        assert cards_ever_posted(stage) == 9
        assert "Traceback" not in crew.log


async def test_a_rolling_restart_loses_nothing_that_was_acked(stage: Scene) -> None:
    """Mentions, claims, notes and replies go on, while one replica after the other is restarted."""
    people = colleagues(stage, 60)
    async with crew_of(stage, 2) as crew:
        days = [Day(stage, crew, number, person) for number, person in enumerate(people)]
        restarting = asyncio.create_task(restart_each(crew))
        working: list[asyncio.Task[None]] = []
        for day in days:
            if restarting.done() and len(working) >= 10:
                break
            working.append(asyncio.create_task(day.work()))
            await asyncio.sleep(0.6)
            while sum(not one.done() for one in working) >= AT_ONCE:
                await asyncio.sleep(0.1)
        ends = await restarting
        await asyncio.gather(*working)
        await quiet(stage, crew)
        assert [code for code, _seconds in ends] == [0, 0]
        assert max(seconds for _code, seconds in ends) < ENDS_WITHIN
        for day in days[: len(working)]:
            day.judge()
        cut_off = "listeners_cut" in crew.log  # it was told to end, and had no more time for them
        assert cut_off or [day.matter for day in days if day.clicks_lost] == []
        assert cards_ever_posted(stage) == len(working)
        assert crew.asked("SELECT count(*) FROM cases") == [(len(working),)]


async def restart_each(crew: Crew) -> list[tuple[int, float]]:
    """Each exit code, and after how many seconds it ended."""
    found = []
    for replica in list(crew.replicas):
        await asyncio.sleep(1.5)
        found.append(await ended(replica))
        await crew.starts()
    return found


async def ended(replica: Running) -> tuple[int, float]:
    told_at = time.monotonic()
    code = await replica.ends(signal.SIGTERM)
    return code, time.monotonic() - told_at


class Day:
    """One customer's matter and one person who looks after it: a claim, a note, an answer."""

    def __init__(self, stage: Scene, crew: Crew, number: int, person: str) -> None:
        self.stage, self.crew, self.person = stage, crew, person
        about = ("the app", "my invoice", "the router")[number % 3]
        self.matter = f"{about} does not work, no. {number:02}"
        self.remark, self.answer = f"Looking at no. {number:02}", f"Here is help for no. {number:02}."
        self.handle = f"customer_{number}"
        self.sent = False
        self.clicks_lost = 0  # acked, and yet nothing came of them
        self.said: list[tuple[float, dict[str, str], str | None]] = []  # how each submission was taken

    async def work(self) -> None:
        self.stage.writes(f"@acme_help {self.matter}", handle=self.handle)
        self.card = await self.stage.card(self.matter, within=PATIENCE)
        await self._claim()
        await self.stage.slack.write(self.person, self.card.channel, self.remark, thread_ts=self.card.ts)
        await self._reply()

    async def _claim(self) -> None:
        """Whoever is told that a click did not get through, or sees nothing come of it, clicks again."""
        with suppress(LookupError):  # the card has lost its Claim: the click came through, its ack did not
            while not self._is_mine():
                acked = (await self.stage.click(self.person, self.card, "claim")).ok
                await self._card_changes(within=PATIENCE if acked else 0.1)
                self.clicks_lost += acked and not self._is_mine()
        await self.stage.shows(self.card, f"With <@{self.person}>")

    def _is_mine(self) -> bool:
        return f"With <@{self.person}>" in self.stage.again(self.card).plain

    async def _card_changes(self, within: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not self._is_mine():
                    await asyncio.sleep(0.02)

    async def _reply(self) -> None:
        while self.stage.slack.modal(self.person) is None:
            await self.stage.click(self.person, self.card, "reply")
            await self._modal_opens()
        await self._submit({"text": self.answer})
        for _look_again in range(3):  # a window that stays open says why: not sent yet, or sent already
            if self.stage.slack.modal(self.person) is None:
                self.sent = True
                return
            await self._submit({})

    async def _submit(self, values: dict[str, str]) -> None:
        """Again while a replica that went away does not answer."""
        for _ in range(3):
            ack = await self.stage.slack.submit(self.person, values)
            self.said.append((ack.seconds, ack.errors, ack.payload.get("response_action")))
            if "_timeout" not in ack.errors:
                return

    async def _modal_opens(self) -> None:
        """In as long as a person would wait before they click again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(2.0):
                while self.stage.slack.modal(self.person) is None:
                    await asyncio.sleep(0.02)

    def judge(self) -> None:
        """What was acked is there, once; what was not may be there, once."""
        case = f"(SELECT case_id FROM mentions WHERE text LIKE '%{self.matter}')"
        claims = self.crew.asked(f"SELECT who FROM events WHERE what = 'claim' AND case_id = {case}")
        assert claims == [(self.person,)], self.matter
        notes = self.crew.asked(
            f"SELECT count(*) FROM events WHERE what = 'note' AND case_id = {case} AND who = '{self.person}'"
        )
        assert notes == [(1,)], self.remark
        times = sum(self.answer in post.text for post in self.stage.ours())
        assert times == 1 or (times == 0 and not self.sent), (self.answer, self.said)


async def test_sigterm_while_a_delivery_is_in_hand_finishes_it_and_ends_in_time(stage: Scene) -> None:
    slow = stage.slack.fail("chat.postMessage", "delay", seconds=3.0)
    async with crew_of(stage, 1) as crew:
        stage.writes("@acme_help before you go")
        await stage.eventually(lambda: slow.struck, "Slack to be asked")
        code, seconds = await ended(crew.replicas[0])
        assert (code, seconds < ENDS_WITHIN) == (0, True), seconds
        await stage.card("before you go")
        assert crew.asked("SELECT state FROM deliveries WHERE subject = 'card:1'") == [("done",)]
        assert crew.asked("SELECT count(*) FROM leases") == [(0,)]
        assert "Traceback" not in crew.log


async def test_sigterm_while_slack_does_not_answer_ends_in_time_all_the_same(stage: Scene) -> None:
    dead = stage.slack.fail("chat.postMessage", "delay", seconds=60.0)
    async with crew_of(stage, 1) as crew:
        stage.writes("@acme_help before you go")
        await stage.eventually(lambda: dead.struck, "Slack to be asked")
        code, seconds = await ended(crew.replicas[0])
        assert (code, seconds < ENDS_WITHIN) == (0, True), seconds


async def test_all_that_start_together_on_an_empty_database_migrate_it_once(stage: Scene) -> None:
    env = env_of(stage)
    (stage.folder / "desk.toml").write_text(DESK_TOML)
    migrating = asyncio.gather(*(apart(stage.folder, env, "migrate") for _ in range(2)))
    async with crew_of(stage, 3) as crew:
        said = await migrating
        assert [(one.code, one.err) for one in said] == [(0, "")] * 2
        assert sum("Brought from empty" in one.said for one in said) <= 1
        assert len(crew.asked("SELECT version_num FROM alembic_version")) == 1
        assert "error" not in crew.log
        stage.writes("@acme_help are you there?")
        await stage.card("are you there?")


async def test_an_older_version_refuses_to_start_on_a_newer_schema(stage: Scene) -> None:
    env = env_of(stage)
    (stage.folder / "desk.toml").write_text(DESK_TOML)
    await made_by_a_newer_version(env["DATABASE_URL"])
    refused = await apart(stage.folder, env, "run")
    assert refused.code == 2
    assert "The database was written by a newer Mentiondesk" in refused.said
    assert "9999" in refused.said
    assert "Traceback" not in refused.said
    assert stage.slack.calls == type(stage.slack.calls)()
    assert Crew(stage.folder, env).asked("SELECT version_num FROM alembic_version") == [("9999",)]


async def made_by_a_newer_version(url: str) -> None:
    database = Database(url)
    await migrate(database)
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await database.close()


async def test_when_the_replica_that_reads_is_killed_the_others_take_over(stage: Scene) -> None:
    reads = "SELECT holder FROM leases WHERE name = 'x:mentions:acme_help'"
    async with crew_of(stage, 1) as crew:
        (first,) = crew.replicas
        await stage.eventually(lambda: crew.asked(reads), "somebody to read")
        holder = crew.asked(reads)
        await crew.starts(2)
        stage.writes("@acme_help before", handle="customer_1")
        await stage.card("before")
        assert crew.asked(reads) == holder
        killed_at = time.monotonic()
        await first.ends(signal.SIGKILL)
        stage.writes("@acme_help afterwards", handle="customer_2")
        await stage.card("afterwards", within=TAKEN_OVER_WITHIN)
        assert time.monotonic() - killed_at < TAKEN_OVER_WITHIN
        assert crew.asked(reads) != holder
        assert cards_ever_posted(stage) == 2
        assert await ends_well(crew.replicas[1:]) == [0, 0]


async def ends_well(replicas: list[Running]) -> list[Any]:
    return await asyncio.gather(*(one.ends(signal.SIGTERM) for one in replicas))
