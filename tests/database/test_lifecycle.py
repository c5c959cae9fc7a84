"""Whatever people, customers and time do in whatever order: no event is lost, and the record stays in order."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from db.engine import Database
from db.queue import deliveries
from db.rows import DeliveryState
from db.schema import migrate
from db.sql import tables
from handlers.desk.cases import claim as claiming
from handlers.desk.cases import close, correct
from handlers.desk.experts import escalate as escalating
from handlers.desk.follow_ups import remind
from handlers.desk.intake import changed_posts, receive
from handlers.desk.intake.receive import Voice
from handlers.desk.replies import prepare, submit
from handlers.desk.work import Desk
from handlers.workers.timers import Timekeeper
from scene import policy_with
from triage.cases.case import MOVES, Move, Outcome, Status
from triage.cases.mention import Author, Mention
from triage.errors import DeskError
from triage.people import People
from triage.rights import Person, Role
from triage.scoring.priority import Priority

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANNA = Person("U0ANNA", "Anna Bianchi", "AB", Role.AGENT)
MARCO = Person("U0MARCO", "Marco Rossi", "MR", Role.AGENT)
KASIA = Person("U0KASIA", "Kasia Nowak", "KN", Role.AGENT)
LAURA = Person("U0LAURA", "Laura Conti", "LC", Role.LEAD)
PEOPLE = (ANNA, MARCO, KASIA, LAURA)
EXPERTS = tuple(Person(slack, slack, "EX", Role.AGENT) for slack in ("U0KASIA", "U0MARCO"))
AREAS = [
    {"name": "billing", "keywords": {"en": ["refund"]}},
    {
        "name": "network",
        "timezone": "America/New_York",
        "hours": {"mon": ["09:00-13:00"], "wed": ["14:00-17:00"]},
    },
]
POLICY = policy_with(undo_seconds=60, area=AREAS)
VOICE = Voice({"acme_help": "900", "acme": "901"})
CUSTOMERS = tuple(Author("x", str(number), f"cust_{number}", f"Customer {number}") for number in (1, 2))
WORDS = ("my line is dead since monday", "thanks!", "where is my refund", "gas leak, please hurry", "ok")
MOVE_NAMES = {move.value for move in Move}

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass
class Play:
    """A desk on a database of its own, a clock that only we move, and every gesture as a method."""

    folder: Path
    database: Database
    now: datetime = START
    posts: int = 0
    written: list[str] = field(default_factory=list)

    @property
    def desk(self) -> Desk:
        return Desk(self.database, POLICY, lambda: self.now)

    def rows(self) -> Rows:
        """Every row of every table, as it stands in the file."""
        database = sqlite3.connect(f"file:{self.folder}/desk.db?mode=ro", uri=True)
        database.row_factory = sqlite3.Row
        try:
            return {
                table.name: [dict(row) for row in database.execute(f"SELECT * FROM {table.name}")]
                for table in tables.metadata.sorted_tables
            }
        finally:
            database.close()

    # What people do

    async def claim(self, case: int, who: Person, _n: int) -> None:
        await claiming.claim(self.desk, case, who)

    async def race(self, case: int, who: Person, n: int) -> None:
        """Two people claim at the same moment."""
        rivals = (who, PEOPLE[(PEOPLE.index(who) + 1 + n % 3) % 4])
        claims = (claiming.claim(self.desk, case, rival) for rival in rivals)
        results = await asyncio.gather(*claims, return_exceptions=True)
        refused = [result for result in results if isinstance(result, BaseException)]
        assert all(isinstance(refusal, DeskError) for refusal in refused), refused
        assert len(refused) >= 1, "two people own one case"
        if len(refused) == len(rivals):
            raise refused[0]

    async def release(self, case: int, who: Person, _n: int) -> None:
        await claiming.release(self.desk, case, who)

    async def transfer(self, case: int, who: Person, n: int) -> None:
        await claiming.transfer(self.desk, case, who, PEOPLE[n % 4], "for you")

    async def escalate(self, case: int, who: Person, n: int) -> None:
        await escalating.escalate(self.desk, case, who, [EXPERTS[n % 2]], "What now?")

    async def answer(self, case: int, who: Person, _n: int) -> None:
        await escalating.answer(self.desk, case, who, "Turn it off and on.")

    async def pass_on(self, case: int, who: Person, _n: int) -> None:
        await escalating.pass_on(self.desk, case, who, EXPERTS)

    async def reply(self, case: int, who: Person, n: int) -> None:
        at_hand = await prepare.composing(self.desk, case, who)
        text = "We are sorry. A technician comes. " * (1 + n % 2 * 8)
        outcome = await submit.submit(self.desk, case, who, People(), submit.Request(at_hand.seen, text))
        if isinstance(outcome, submit.Refused):
            raise outcome.why
        assert isinstance(outcome, submit.Queued)
        assert (len(outcome.verdict.parts) > 1) is bool(n % 2)

    async def undo(self, case: int, who: Person, _n: int) -> None:
        await submit.undo(self.desk, case, who)

    async def resolve(self, case: int, who: Person, _n: int) -> None:
        await close.resolve(self.desk, case, who, Outcome.ANSWERED)

    async def dismiss(self, case: int, who: Person, n: int) -> None:
        await close.dismiss(self.desk, case, who, Outcome.SPAM if n % 2 else Outcome.NOT_US)

    async def reopen(self, case: int, who: Person, _n: int) -> None:
        await close.reopen(self.desk, case, who)

    async def follow_up(self, case: int, who: Person, n: int) -> None:
        await remind.follow_up(self.desk, case, who, self.now + timedelta(hours=n), "call back")

    async def done(self, case: int, who: Person, _n: int) -> None:
        await remind.done(self.desk, case, who)

    async def not_yet(self, case: int, who: Person, n: int) -> None:
        await remind.not_yet(self.desk, case, who, self.now + timedelta(hours=n), "")

    async def set_priority(self, case: int, who: Person, n: int) -> None:
        await correct.set_priority(self.desk, case, who, list(Priority)[n % 4])

    async def set_area(self, case: int, who: Person, n: int) -> None:
        await correct.set_area(self.desk, case, who, ("billing", "network", None)[n % 3])

    # What customers do

    async def customer_writes(self, _case: int, _who: Person, n: int) -> None:
        author = CUSTOMERS[n % 2]
        self.posts += 1
        post = Mention(
            network="x",
            post_id=str(1000 + self.posts),
            author_id=author.id,
            account="acme_help",
            text=WORDS[n % len(WORDS)],
            posted_at=self.now,
            conversation_id=author.id,
            url="https://x.com/i/status/1",
            tags=() if n == 6 else ("acme_help",),
        )
        self.written.append(post.post_id)
        await receive.receive(self.desk, [post], [author], VOICE)
        assert await receive.receive(self.desk, [post], [author], VOICE) == 0, "one post, taken in twice"

    async def post_deleted(self, _case: int, _who: Person, n: int) -> None:
        await changed_posts.honour_lookup(self.desk, "x", [], [self.written[n % len(self.written)]])

    # What happens by itself

    async def reply_leaves(self, _case: int, _who: Person, n: int) -> None:
        """X takes the parts that are due; now and then it refuses one."""
        async with self.database.write() as connection:
            waiting = select(tables.deliveries.c.id).where(
                tables.deliveries.c.kind == "reply",
                tables.deliveries.c.state == DeliveryState.PENDING,
                tables.deliveries.c.not_before <= self.now,
            )
            due = [
                await deliveries.load(connection, number)
                for number in (await connection.execute(waiting)).scalars().all()
            ]
        for part in filter(None, due):
            self.posts += 1
            if n == 7:
                await submit.part_refused(self.desk, part, "X said no.")
            else:
                await submit.part_sent(self.desk, part, str(5000 + self.posts), "https://x.com/i/status/5")

    async def time_passes(self, _case: int, _who: Person, n: int) -> None:
        self.now += timedelta(minutes=(1, 5, 30, 61, 300, 1500, 3000, 20_000)[n])
        duty: Any = SimpleNamespace(experts=_experts, on_duty=_nobody, on_duty_for=_nobody)
        keeper = Timekeeper(self.desk, duty, duty)
        while due := await keeper.due():
            for timer in due:
                await keeper.fire(timer)


async def _experts(_area: str | None) -> list[Person]:
    return list(EXPERTS)


async def _nobody(_area: str | None) -> list[str]:
    return []


GESTURES = tuple(
    name
    for name, member in vars(Play).items()
    if asyncio.iscoroutinefunction(member) and not name.startswith("_")
)
# What somebody might well do next; chosen at random from everything, most steps would be refused.
LIKELY = {
    Status.NEW: ("claim", "escalate", "reply", "follow_up", "race"),
    Status.CLAIMED: ("reply", "escalate", "done", "follow_up", "not_yet", "release", "transfer"),
    Status.ESCALATED: ("answer", "pass_on", "time_passes", "follow_up", "reply"),
    Status.WAITING: ("undo", "time_passes", "reply_leaves", "customer_writes", "time_passes", "transfer"),
    Status.RESOLVED: ("reopen", "customer_writes", "undo", "resolve"),
    Status.DISMISSED: ("reopen", "customer_writes"),
}
NEXT = "next"


@dataclass(frozen=True, slots=True)
class Step:
    """A gesture, or what is likely next; by somebody, or by whoever has the case or was asked about it."""

    gesture: str
    who: Person | None
    n: int

    def on(self, case: Row, rows: Rows) -> tuple[str, Person]:
        likely = LIKELY[Status(case["status"])]
        gesture = likely[self.n % len(likely)] if self.gesture == NEXT else self.gesture
        asked = [ask["expert"] for ask in of(case, rows["asks"]) if ask["state"] == "open"]
        turn = asked[0] if asked and gesture in ("answer", "pass_on") else case["owner"]
        return gesture, self.who or next((person for person in PEOPLE if person.slack == turn), ANNA)


steps = st.lists(
    st.builds(
        Step,
        st.sampled_from((*GESTURES, *[NEXT] * 2 * len(GESTURES))),
        st.sampled_from((None, None, None, *PEOPLE)),
        st.integers(0, 41),
    ),
    min_size=15,
    max_size=32,
)


@pytest.fixture(scope="session")
def empty_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database to copy: migrating one takes longer than a whole play."""
    file = tmp_path_factory.mktemp("lifecycle") / "desk.db"

    async def made() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await migrate(database)
        await database.close()

    asyncio.run(made())
    return file


Watch = Callable[[Rows, Rows], None]


async def played(empty: Path, script: list[Step], watch: Watch) -> None:
    """Play a script; `watch` sees every row before and after each step that was not refused."""
    with TemporaryDirectory() as folder:
        shutil.copy(empty, f"{folder}/desk.db")
        play = Play(Path(folder), Database(f"sqlite+aiosqlite:///{folder}/desk.db"))
        try:
            await play.customer_writes(0, ANNA, 0)
            before = play.rows()
            for step in script:
                case = before["cases"][step.n % len(before["cases"])]
                name, who = step.on(case, before)
                after = await _step(play, getattr(play, name), case["id"], who, step.n % 8, before)
                watch(before, after)
                before = after
        finally:
            await play.database.close()


async def _step(
    play: Play,
    gesture: Callable[[int, Person, int], Awaitable[None]],
    case: int,
    who: Person,
    n: int,
    before: Rows,
) -> Rows:
    with suppress(DeskError):
        await gesture(case, who, n)
        return play.rows()
    after = play.rows()
    assert after == before, "something was refused, and something was written"
    return after


@settings(max_examples=20, deadline=None)
@given(script=steps)
def test_no_order_of_events_loses_one_or_breaks_the_record(empty_desk: Path, script: list[Step]) -> None:
    def watch(before: Rows, after: Rows) -> None:
        history_only_grows(before, after)
        each_customer_has_one_open_case(after)
        each_post_and_each_drawing_is_there_once(after)
        for case in after["cases"]:
            every_change_has_its_event(case, before, after)
            an_owner_where_there_must_be_one(case)
            questions_stand_only_while_an_expert_is_asked(case, after)
            promises_are_timed(case, after)
            the_clock_runs_to_the_due_time(case, after)

    asyncio.run(played(empty_desk, script, watch))


def of(case: Row, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["case_id"] == case["id"]]


def history_only_grows(before: Rows, after: Rows) -> None:
    assert after["events"][: len(before["events"])] == before["events"]
    assert {post["post_id"] for post in before["mentions"]} <= {post["post_id"] for post in after["mentions"]}


def every_change_has_its_event(case: Row, before: Rows, after: Rows) -> None:
    """Each move is in the table, has its event, and makes the version grow."""
    seen = next((row for row in before["cases"] if row["id"] == case["id"]), None)
    new = of(case, after["events"][len(before["events"]) :])
    if seen is None:
        assert new[0]["what"] == "opened"
        seen = {**case, "status": "new", "version": 0}
    moves = [Move(event["what"]) for event in new if event["what"] in MOVE_NAMES]
    assert Status(case["status"]) in _led_to(Status(seen["status"]), moves)
    assert case["version"] - seen["version"] >= len(moves)
    if case != seen:
        assert case["version"] > seen["version"]
    if any(case[name] != seen[name] for name in ("status", "owner", "priority", "area", "account")):
        assert new, "the case changed and its history does not say why"


def _led_to(status: Status, moves: list[Move]) -> set[Status]:
    """Where the table leads; where it says the owner's turn, nobody's when there is no owner."""
    reached = {status}
    for move in moves:
        targets = {MOVES[one, move] for one in reached if (one, move) in MOVES}
        assert targets, (status, moves)
        reached = targets | ({Status.NEW} if Status.CLAIMED in targets else set())
    return reached


def an_owner_where_there_must_be_one(case: Row) -> None:
    status = Status(case["status"])
    if status in (Status.CLAIMED, Status.ESCALATED):
        assert case["owner"]
    if status is Status.NEW:
        assert case["owner"] is None
    assert status.is_open == (case["closed_at"] is None) == (case["outcome"] is None)


def questions_stand_only_while_an_expert_is_asked(case: Row, rows: Rows) -> None:
    asked = [ask for ask in of(case, rows["asks"]) if ask["state"] == "open"]
    assert len(asked) == (case["status"] == "escalated")
    assert armed(case, rows, "ask") == {f"ask:{ask['id']}": ask["due_at"] for ask in asked}


def promises_are_timed(case: Row, rows: Rows) -> None:
    promised = [row for row in of(case, rows["follow_ups"]) if row["state"] in ("promised", "reminded")]
    assert len(promised) <= 1
    assert not promised or Status(case["status"]).is_open
    due = {f"follow_up:{row['id']}": row["due_at"] for row in promised if row["state"] == "promised"}
    assert armed(case, rows, "follow_up") == due
    reminded = {f"follow_up:{row['id']}" for row in promised if row["state"] == "reminded"}
    assert armed(case, rows, "follow_up_unanswered").keys() == reminded


def the_clock_runs_to_the_due_time(case: Row, rows: Rows) -> None:
    breach = armed(case, rows, "breach")
    if case["due_at"] is None:
        assert breach == armed(case, rows, "warning") == {}
    elif case["late_at"] != case["due_at"]:
        assert breach == {f"case:{case['id']}": case["due_at"]}
        assert all(at <= case["due_at"] for at in armed(case, rows, "warning").values())


def armed(case: Row, rows: Rows, kind: str) -> dict[str, str]:
    """{subject: due time} of the armed timers of a kind."""
    timers = [row for row in of(case, rows["timers"]) if row["kind"] == kind and row["state"] == "armed"]
    return {timer["subject"]: timer["due_at"] for timer in timers}


def each_customer_has_one_open_case(rows: Rows) -> None:
    opened = Counter(case["author_id"] for case in rows["cases"] if Status(case["status"]).is_open)
    assert set(opened.values()) <= {1}


def each_post_and_each_drawing_is_there_once(rows: Rows) -> None:
    pending = [row for row in rows["deliveries"] if row["state"] == "pending" and row["kind"] == "message"]
    for once in ([post["post_id"] for post in rows["mentions"]], [row["subject"] for row in pending]):
        assert len(once) == len(set(once))
