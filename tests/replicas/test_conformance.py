"""What both engines promise: the in-process one on SQLite, and replicas on PostgreSQL."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from sqlalchemy import func, select, text, update

import migrated
import postgres
from bot.app import engine_of
from bot.clock import system_clock
from bot.engines import in_process, replicated
from bot.engines.turns import Turns
from bot.networks.x.network import X
from bot.supervisor import Runner
from db.engine import Database
from db.queue import deliveries, lanes
from db.queue.lanes import MessagesTo
from db.queue.subjects import Notice
from db.rows import DeliveryKind, Place
from db.sql import tables
from handlers.desk.cases import claim, close
from handlers.desk.intake import receive as receiving
from handlers.desk.intake.receive import Voice
from handlers.desk.work import Desk
from handlers.ports import Message
from handlers.problems import RateLimited
from handlers.slack.views.draw import Painter
from handlers.workers import slack_sender
from handlers.workers.health import Health
from handlers.workers.poller import Poller
from handlers.workers.public_sender import Publishing
from handlers.workers.sender import Deliver
from handlers.workers.slack_sender import Showing
from handlers.workers.timers import Timekeeper
from handlers.workers.watchdog import Watch
from scene import ANNA, KASIA, MARCO, MENTIONS, policy_with
from triage.cases.case import Outcome
from triage.cases.mention import Author, Mention
from triage.rights import Person, Role
from triage.scoring.priority import Priority

T = TypeVar("T")

PATIENCE = 20.0
# So that the tests need not be patient; the ratio between them is the product's own.
POST_SECONDS, HEARTBEAT_SECONDS, SILENT_SECONDS, FORGOTTEN_SECONDS = 0.4, 0.3, 1.2, 0.3
# What a busy machine adds to a wait.
SLACK = 2.5
POLICY = policy_with()
ISOLATES = "\u2068\u2069"  # around what other people wrote
OWNER = Person(ANNA, "anna", "AB", Role.AGENT)


async def in_english(_person: str) -> str:
    return "en"


@dataclass
class Call:
    """One call of the pretend Slack: what was shown where, and from when to when it was in hand."""

    where: str
    text: str
    thread: str | None
    key: str
    ts: str
    begun: float
    ended: float = float("inf")


@dataclass
class Slack:
    """The door: shows messages, counts them, asks to wait and hangs when told to. Shared by all replicas."""

    posts: list[Call] = field(default_factory=list)
    edits: list[Call] = field(default_factory=list)
    asks_to_wait: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    takes: float = 0.0
    hangs: set[str] = field(default_factory=set)

    async def post(self, channel: str, message: Message, *, key: str, thread: str | None = None) -> Place:
        self._may_ask_to_wait()
        ts = f"{len(self.posts) + 1}.0"
        call = Call(channel, message.text, thread, key, ts, time.monotonic())
        self.posts.append(call)
        await self._in_hand(call)
        return Place(channel, call.ts)

    async def update(self, place: Place, message: Message) -> None:
        self._may_ask_to_wait()
        call = Call(place.channel, message.text, None, "", place.ts, time.monotonic())
        self.edits.append(call)
        await self._in_hand(call)

    async def remove(self, place: Place) -> None:
        raise AssertionError("nothing is removed here")

    async def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> Place | None:
        return next((Place(channel, one.ts) for one in list(self.posts) if one.key == key), None)

    async def stands(self, place: Place) -> bool:
        return True

    async def dm(self, person: str) -> str:
        return f"D-{person}"

    def _may_ask_to_wait(self) -> None:
        if self.asks_to_wait:
            self.refused.append(time.monotonic())
            raise RateLimited(self.asks_to_wait.pop(0))

    async def _in_hand(self, call: Call) -> None:
        await asyncio.sleep(self.takes)
        while call.where in self.hangs:
            await asyncio.sleep(0.01)
        call.ended = time.monotonic()

    def told(self, person: str) -> list[str]:
        """What a person was told, in the order in which it was begun."""
        return [words(one) for one in list(self.posts) if one.where == f"D-{person}"]


def words(call: Call) -> str:
    """The part of a notice that the test chose."""
    return call.text.rsplit(": ", 1)[-1].strip(ISOLATES)


class ReadsNothing:
    """Leases of a replica that is here for deliveries and timers only."""

    def holds(self, _name: str) -> bool:
        return False

    async def renew(self) -> float:
        return 3600.0

    async def give_back(self) -> None:
        return


async def nobody(_area: str | None) -> list[str]:
    return []


class Replica:
    """An engine with its timers in a thread of its own: it can stop in order, or fall silent at once."""

    def __init__(self, url: str, slack: Slack) -> None:
        self.url, self.slack = url, slack
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.is_silent = self.has_stopped = False

    async def start(self) -> None:
        self.thread.start()
        await self.does(self._start())

    async def _start(self) -> None:
        self.database = Database(self.url)
        self.desk = Desk(self.database, POLICY, system_clock)
        networks: dict[str, Any] = {"x": X({}, {})}
        health = Health(self.desk)
        shows = Showing(self.desk, self.slack, Painter(POLICY, networks), in_english)
        turns = Turns(self.desk, Deliver(self.desk, health, shows, Publishing(self.desk, networks)))
        engine, _leases = engine_of(turns, [])
        people: Any = SimpleNamespace(on_duty=nobody, on_duty_for=nobody)  # nobody is looked up here
        self.runner = Runner(
            engine,
            ReadsNothing(),
            Timekeeper(self.desk, people, people),
            Poller(self.desk, health, 15.0),
            [],
            Watch(self.desk, health, tells_of_clock=False),
        )
        self.runner.start()

    async def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the replica's own thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self.loop))

    async def stop(self, seconds: float = 10.0) -> None:
        await self.does(self._stop(seconds))
        self.has_stopped = True
        self.fall_silent()

    async def _stop(self, seconds: float) -> None:
        await self.runner.stop(seconds)
        await self.database.close()

    def fall_silent(self) -> None:
        """As a process that was killed: not one step further."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.is_silent = True

    def bury(self) -> None:
        """What is left of it after the test is cleared away."""
        if self.is_silent and not self.has_stopped:
            self.thread = threading.Thread(target=self.loop.run_until_complete, args=[self._stop(0.0)])
            self.thread.start()
            self.thread.join()
        self.loop.close()


@dataclass
class House:
    """One database, one Slack, and as many replicas as its engine may have."""

    url: str
    slack: Slack
    database: Database  # a connection that belongs to no replica
    most: int
    replicas: list[Replica] = field(default_factory=list)

    async def starts(self, count: int = 1) -> list[Replica]:
        begun = [Replica(self.url, self.slack) for _ in range(count)]
        self.replicas += begun
        for one in begun:
            await one.start()
        return begun

    async def starts_all(self) -> list[Replica]:
        return await self.starts(self.most)

    async def promise(self, *sayings: str, to: str = ANNA, rank: int = 5, by: Replica | None = None) -> None:
        """Notices to somebody, in one transaction of a replica."""
        replica = by or next(one for one in self.replicas if not one.is_silent)
        await replica.does(_promise(replica.database, sayings, to, rank))

    async def eventually(self, look: Callable[[], Any], what: str, within: float = PATIENCE) -> Any:
        deadline = time.monotonic() + within
        while not (found := look()):
            assert time.monotonic() < deadline, f"waited in vain for {what}; posted: {self.slack.posts}"
            await asyncio.sleep(0.01)
        return found

    async def tells(self, *sayings: str, to: str = ANNA, within: float = PATIENCE) -> None:
        """Wait until somebody was told all this, in this order and nothing else."""
        what = f"{sayings} told to {to}"
        await self.eventually(lambda: len(self.slack.told(to)) >= len(sayings), what, within)
        assert self.slack.told(to) == list(sayings)

    async def quiet(self) -> None:
        """Wait until everything is delivered."""
        live = select(func.count()).where(tables.deliveries.c.state.in_(["pending", "sending", "unknown"]))
        deadline = time.monotonic() + PATIENCE
        while await self.count(live):
            assert time.monotonic() < deadline, "deliveries are left over"
            await asyncio.sleep(0.05)

    async def count(self, statement: Any) -> int:
        async with self.database.read() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def jobs(self) -> int:
        if self.database.is_sqlite:
            return 0
        return await self.count(text("SELECT count(*) FROM procrastinate_jobs"))


async def _promise(database: Database, sayings: tuple[str, ...], to: str, rank: int) -> None:
    async with database.write() as connection:
        for saying in sayings:
            await insert_notice(connection, saying, to=to, rank=rank)


async def insert_notice(connection: Any, saying: str, *, to: str = ANNA, rank: int = 5) -> None:
    await deliveries.insert_delivery(
        connection,
        DeliveryKind.NOTICE,
        Notice("trouble"),
        case_id=None,
        lane=MessagesTo(to),
        rank=rank,
        at=system_clock(),
        payload={"person": to, "notice": "trouble", "case": None, "cause": saying, "since": 0},
    )


@asynccontextmanager
async def a_house(url: str, most: int) -> AsyncIterator[House]:
    database = Database(url)
    await migrated.fill(database)
    house = House(url, Slack(), database, most)
    try:
        yield house
    finally:
        house.slack.hangs.clear()
        for replica in house.replicas:
            if not replica.is_silent:
                await replica.stop(1.0)
            await asyncio.to_thread(replica.bury)
        await database.close()


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slack_sender, "POST_SECONDS", POST_SECONDS)
    monkeypatch.setattr(replicated, "HEARTBEAT_SECONDS", HEARTBEAT_SECONDS)
    monkeypatch.setattr(replicated, "SILENT_SECONDS", SILENT_SECONDS)
    monkeypatch.setattr(replicated, "FORGOTTEN_SECONDS", FORGOTTEN_SECONDS)
    monkeypatch.setattr(in_process, "FORGOTTEN_SECONDS", FORGOTTEN_SECONDS)
    monkeypatch.setattr(deliveries, "OVERDUE", timedelta())


@pytest.fixture(params=["sqlite", "postgresql"])
async def house(request: pytest.FixtureRequest, tmp_path: Path, hurried: None) -> AsyncIterator[House]:
    """Both engines, each on its database."""
    if request.param == "sqlite":
        async with a_house(f"sqlite+aiosqlite:///{tmp_path}/desk.db", most=1) as alone:
            yield alone
    else:
        server = request.getfixturevalue("postgres_server")
        async with a_house(postgres.a_database(server), most=2) as shared:
            yield shared


class ChangedOurMind(Exception):
    """Something went wrong after a delivery was promised."""


async def test_what_is_rolled_back_leaves_no_job_and_is_not_delivered(house: House) -> None:
    (replica, *_others) = await house.starts_all()

    async def changes_its_mind() -> None:
        async with replica.database.write() as connection:
            await insert_notice(connection, "never mind")
            raise ChangedOurMind

    with suppress(ChangedOurMind):
        await replica.does(changes_its_mind())
    assert await house.jobs() == 0
    await house.promise("this counts")
    await house.tells("this counts")
    await house.quiet()
    assert house.slack.told(ANNA) == ["this counts"]


async def test_work_that_was_committed_before_the_start_is_taken_up(house: House) -> None:
    await _promise(house.database, ("left over",), ANNA, 5)
    await house.starts_all()
    await house.tells("left over")


async def test_work_that_another_connection_commits_is_picked_up(house: House) -> None:
    """As `mentiondesk forget` does beside a running desk."""
    await house.starts_all()
    await house.promise("we have begun", to=MARCO)
    await house.tells("we have begun", to=MARCO)
    await _promise(house.database, ("from elsewhere",), ANNA, 5)
    await house.tells("from elsewhere", within=FORGOTTEN_SECONDS + SLACK)


async def test_a_turn_killed_midway_is_taken_over_and_says_nothing_twice(house: House) -> None:
    house.slack.hangs.add(f"D-{ANNA}")
    (first,) = await house.starts()
    await house.promise("begun", "not begun")
    await house.eventually(lambda: house.slack.posts, "the first to be in hand")
    first.fall_silent()
    killed = time.monotonic()
    house.slack.hangs.clear()
    await house.starts()
    await house.tells("begun", "not begun", within=SILENT_SECONDS + FORGOTTEN_SECONDS + SLACK)
    assert time.monotonic() - killed < SILENT_SECONDS + FORGOTTEN_SECONDS + SLACK
    await house.quiet()
    assert house.slack.told(ANNA) == ["begun", "not begun"]
    assert [one.ts for one in house.slack.edits] == ["1.0"]  # found again, and drawn as it is now


async def test_a_replica_that_wakes_up_after_it_was_taken_over_says_nothing_twice(house: House) -> None:
    if house.most == 1:
        pytest.skip("a second one may not run beside it")
    house.slack.hangs.add(f"D-{ANNA}")
    first, _second = await house.starts_all()
    await house.promise("begun", "not begun", by=first)
    await house.eventually(lambda: house.slack.posts, "the first to be in hand")
    (holder,) = [one for one in house.replicas if await is_at_work(one)]
    holder.fall_silent()
    house.slack.hangs.clear()
    await house.tells("begun", "not begun", within=SILENT_SECONDS + FORGOTTEN_SECONDS + SLACK)
    holder.thread = threading.Thread(target=holder.loop.run_forever)
    holder.thread.start()
    holder.is_silent = False
    await house.promise("and all is well", by=holder)
    await house.quiet()
    assert house.slack.told(ANNA) == ["begun", "not begun", "and all is well"]


async def is_at_work(replica: Replica) -> bool:
    """Whether a turn is under way there."""
    return any("process job" in name for name in await replica.does(_tasks()))


async def _tasks() -> list[str]:
    return [task.get_name() for task in asyncio.all_tasks()]


async def test_retry_after_is_kept_by_the_whole_lane_and_only_by_that(house: House) -> None:
    house.slack.asks_to_wait.append(1.2)
    await house.starts_all()
    await house.promise("first")
    (asked,) = await house.eventually(lambda: house.slack.refused, "Slack to ask to wait")
    await house.promise("second")
    await house.promise("not held up", to=MARCO)
    await house.tells("not held up", to=MARCO)
    assert time.monotonic() < asked + 1.2
    await house.tells("first", "second")
    assert min(one.begun for one in house.slack.posts if one.where == f"D-{ANNA}") >= asked + 1.2


async def test_retry_after_is_kept_also_when_the_lane_changes_hands(house: House) -> None:
    house.slack.asks_to_wait.append(1.5)
    (first,) = await house.starts()
    await house.promise("first", "second")
    (asked,) = await house.eventually(lambda: house.slack.refused, "Slack to ask to wait")
    await until_rest_is_kept(house, f"dm:{ANNA}")
    await first.stop()
    await house.starts()
    await house.tells("first", "second")
    assert min(one.begun for one in house.slack.posts) >= asked + 1.5


async def until_rest_is_kept(house: House, lane: str) -> None:
    while True:
        async with house.database.read() as connection:
            if await lanes.rests_until(connection, lane):
                return
        await asyncio.sleep(0.01)


async def test_a_lane_keeps_its_rate_however_many_replicas_share_it(house: House) -> None:
    house.slack.takes = 0.05
    await house.starts_all()
    sayings = [f"no. {number}" for number in range(6)]
    for number, saying in enumerate(sayings):
        await house.promise(saying, by=house.replicas[number % house.most])
        await asyncio.sleep(0.1)
    await house.tells(*sayings)
    assert_paced(house.slack.posts)


async def test_a_lane_keeps_its_rate_also_when_it_changes_hands(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_sender, "POST_SECONDS", 1.2)
    (first,) = await house.starts()
    await house.promise("no. 0", "no. 1")
    await house.eventually(lambda: house.slack.posts, "the first post")
    await first.stop()
    await house.starts()
    await house.tells("no. 0", "no. 1")
    assert_paced(house.slack.posts, 1.2)


def assert_paced(posts: list[Call], seconds: float = POST_SECONDS) -> None:
    """Never two at once, and as long between two as a channel asks for."""
    for before, after in pairwise(posts):
        assert after.begun >= before.ended
        assert after.begun - before.begun >= seconds - 0.02  # of the clock's own coarseness


async def test_much_in_many_lanes_is_said_once_each_and_one_at_a_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_sender, "POST_SECONDS", 0.0)
    house.slack.takes = 0.01
    await house.starts_all()
    people = [f"U{number}" for number in range(8)]
    for number in range(8):
        by = house.replicas[number % house.most]
        await asyncio.gather(*(house.promise(f"no. {number}", to=one, by=by) for one in people))
    await house.quiet()
    for one in people:
        assert sorted(house.slack.told(one)) == [f"no. {number}" for number in range(8)]
        assert_paced([call for call in house.slack.posts if call.where == f"D-{one}"], 0.02)


async def test_the_urgent_overtakes_within_its_lane_what_waits_there(house: House) -> None:
    await house.starts_all()
    house.slack.hangs.add(f"D-{ANNA}")
    await house.promise("in hand", rank=30)
    await house.eventually(lambda: house.slack.posts, "the first to be in hand")
    await house.promise("normal", rank=30)
    await house.promise("urgent", rank=10)
    house.slack.hangs.clear()
    await house.tells("in hand", "urgent", "normal")


async def test_a_lane_that_hangs_holds_up_no_other(house: House) -> None:
    house.slack.hangs.add(f"D-{ANNA}")
    await house.starts_all()
    await house.promise("hangs")
    await house.eventually(lambda: house.slack.posts, "the first to be in hand")
    for one in (MARCO, KASIA):
        await house.promise("goes on", to=one)
        await house.tells("goes on", to=one, within=SLACK)
    assert house.slack.posts[0].ended == float("inf")


# What happens in a case


def a_post(number: int, *, ago: timedelta = timedelta(), conversation: int | None = None) -> Mention:
    """Somebody new writes, or goes on in a conversation."""
    begun_by = conversation or number
    return Mention(
        network="x",
        post_id=str(number),
        author_id=f"author{begun_by}",
        account="acme_help",
        text=f"@acme_help this is no. {number}",
        posted_at=system_clock() - ago,
        conversation_id=str(begun_by),
        url=f"https://x.com/somebody/status/{number}",
        tags=("acme_help",),
    )


async def receive(replica: Replica, *posts: Mention) -> None:
    authors = {post.author_id: Author("x", post.author_id, post.author_id, "Somebody") for post in posts}
    await replica.does(receiving.receive(replica.desk, posts, authors.values(), Voice({})))


async def test_a_cases_messages_go_out_in_their_order(house: House) -> None:
    all_of_them = await house.starts_all()
    await receive(all_of_them[0], a_post(1))
    await receive(all_of_them[-1], a_post(2, conversation=1))
    await receive(all_of_them[0], a_post(3, conversation=1))
    await house.eventually(lambda: len(house.slack.posts) >= 3, "a card and two announcements")
    await house.quiet()
    card, *announced = house.slack.posts
    assert (card.where, card.thread) == (MENTIONS, None)
    assert [one.thread for one in announced] == [card.ts, card.ts]
    async with house.database.read() as connection:
        posted = select(tables.messages.c.subject).order_by(tables.messages.c.posted_at)
        subjects = list((await connection.execute(posted.where(tables.messages.c.ts != card.ts))).scalars())
    assert subjects == sorted(subjects)
    assert_paced(house.slack.posts)


async def test_a_timer_fires_once_on_however_many_replicas_and_a_cancelled_one_never(house: House) -> None:
    (replica, *_others) = await house.starts_all()
    due_soon = POLICY.sla.warn_at * POLICY.target_minutes(await a_priority(house, replica), answered=False)
    soon = timedelta(minutes=due_soon) - timedelta(seconds=1.2)
    cases = range(2, 8)
    await receive(replica, *(a_post(number, ago=soon) for number in cases))
    ids = await case_ids(house)
    for case_id in ids[1:]:
        await replica.does(claim.claim(replica.desk, case_id, OWNER))
    await replica.does(close.resolve(replica.desk, ids[-1], OWNER, Outcome.ANSWERED))
    warned = len(ids) - 2  # all but the one that shows the priority, and the resolved one
    await house.eventually(lambda: len(house.slack.told(ANNA)) >= warned, "the owner to be warned")
    await house.quiet()
    assert len(house.slack.told(ANNA)) == warned
    fired = select(func.count()).where(tables.timers.c.kind == "warning", tables.timers.c.state == "fired")
    assert await house.count(fired) == warned


async def a_priority(house: House, replica: Replica) -> Priority:
    """How urgent these posts are taken to be."""
    await receive(replica, a_post(1))
    async with house.database.read() as connection:
        return Priority((await connection.execute(select(tables.cases.c.priority))).scalar_one())


async def case_ids(house: House) -> list[int]:
    async with house.database.read() as connection:
        return list(
            (await connection.execute(select(tables.cases.c.id).order_by(tables.cases.c.id))).scalars()
        )


async def test_what_a_restored_database_holds_without_a_job_is_delivered(house: House) -> None:
    """Deliveries that are overdue, and that no job tells of."""
    await _promise(house.database, ("of the old database",), ANNA, 5)
    async with house.database.write() as connection:
        ago = system_clock() - timedelta(minutes=1)
        await connection.execute(update(tables.deliveries).values(not_before=ago, made_at=ago))
        if not house.database.is_sqlite:
            await lanes.drop_turns(connection, f"dm:{ANNA}")
    await house.starts_all()
    await house.tells("of the old database")


async def test_a_turn_whose_end_was_never_recorded_does_not_lock_its_lane(house: House) -> None:
    """As when the database goes while a turn ends, and its replica lives on."""
    if house.database.is_sqlite:
        pytest.skip("nothing is recorded of turns on SQLite")
    (replica,) = await house.starts()
    await house.promise("before", to=MARCO)
    await house.tells("before", to=MARCO)
    async with house.database.write() as connection:
        await connection.execute(
            text(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, lock, args, status, worker_id)"
                " SELECT :turn, 'default', :lane, '{}', 'doing', max(id) FROM procrastinate_workers"
            ),
            {"turn": lanes.TURN, "lane": f"dm:{ANNA}"},
        )
    await house.promise("after")
    await house.tells("after", within=4 * FORGOTTEN_SECONDS + SLACK)
    assert not replica.is_silent
