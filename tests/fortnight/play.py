"""A fortnight of one desk: the real use cases, timers and deliveries, with the clock as an argument."""

import heapq
import random
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from fortnight import calendars
from fortnight.desks import Colleague, Place
from fortnight.doors import Chat, Public, Workspace

from db import cases
from db.engine import Database
from db.queue import deliveries
from db.schema import migrate
from handlers.desk.cases import duty as leaving
from handlers.desk.intake import receive
from handlers.desk.intake.receive import Voice
from handlers.desk.work import Desk
from handlers.ports import Network
from handlers.slack.directory import Directory
from handlers.slack.duty import Duty
from handlers.slack.views.draw import Painter
from handlers.workers.health import Health
from handlers.workers.public_sender import Publishing
from handlers.workers.sender import Deliver
from handlers.workers.slack_sender import Showing
from handlers.workers.timers import Timekeeper
from triage.cases.mention import Author, Mention
from triage.errors import DeskError
from triage.rights import Person

Act = Callable[[], Awaitable[None]]
VOICE = Voice({"acme_help": "900"})
# What is due at one instant is over after so many steps, or it never will be.
MOST_STEPS = 5000
TEXTS = (
    "@acme_help my invoice is wrong",
    "@acme_help no signal since this morning",
    "@acme_help my card was swallowed",
    "@acme_help this is a disgrace, third time I write, I will go to a lawyer",
    "@acme_help when do you open?",
    "@acme_help can somebody answer me please?",
)


@dataclass(slots=True)
class Fortnight:
    """One desk's fortnight: `number` customers write, and its people do what people do."""

    place: Place
    number: int
    seed: int
    folder: Path
    now: datetime = field(init=False)
    reopened: list[tuple[datetime, int, str | None]] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _order: Any = field(default_factory=count)
    _lanes: dict[str, datetime] = field(default_factory=dict)
    die: random.Random = field(init=False)
    desk: Desk = field(init=False)
    chat: Chat = field(init=False)
    directory: Directory = field(init=False)
    duty: Duty = field(init=False)
    keeper: Timekeeper = field(init=False)
    deliver: Deliver = field(init=False)

    async def open(self) -> None:
        """An empty desk on the first instant of its fortnight."""
        self.now, self.die = self.place.start, random.Random(f"{self.seed}/{self.place.name}")
        calendars.know([self.place])
        database = Database(f"sqlite+aiosqlite:///{self.folder}/{self.place.name[:6].strip()}.db")
        await migrate(database)
        database.on_work = self._summon
        policy = self.place.policy
        self.desk = Desk(database, policy, lambda: self.now)
        self.chat = Chat(lambda: self.now)
        workspace: Any = Workspace(self.place, lambda: self.now)
        self.directory = Directory(workspace, policy)
        self.duty = Duty(self.desk, self.directory)
        networks: dict[str, Network] = {"x": Public()}
        showing = Showing(
            self.desk,
            self.chat,
            Painter(policy, networks),
            self.directory.language_of,
            reachable_from=self.duty.after_hours,
        )
        self.deliver = Deliver(self.desk, Health(self.desk), showing, Publishing(self.desk, networks))
        self.keeper = Timekeeper(self.desk, self.directory, self.duty)
        await self.keeper.sweep()  # everybody's day is known

    def at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), act))

    async def run(self, progress: Callable[[datetime], None] = lambda now: None) -> None:
        """From instant to instant, until the fortnight is over and what was due in it is said."""
        while True:
            await self._all_that_is_due()
            moment = await self._next()
            if moment is None or moment > self.place.end:
                return
            if moment.date() != self.now.date():
                progress(moment)
            self.now = max(self.now, moment)

    async def _next(self) -> datetime | None:
        timer = await self.keeper.next_due()
        moments = [*self._lanes.values(), *([self._queue[0][0]] if self._queue else [])]
        if timer is not None:
            moments.append(self.now + timer)
        return min(moments, default=None)

    async def _all_that_is_due(self) -> None:
        for _step in range(MOST_STEPS):
            # Thirty seconds of a real clock are kept in mind; here they are days.
            self.directory._quiet.clear()
            if self._queue and self._queue[0][0] <= self.now:
                with suppress(DeskError):  # somebody was faster, or it is over
                    await heapq.heappop(self._queue)[2]()
            elif due := await self.keeper.due():
                await self.keeper.fire(due[0])
            elif lane := next((name for name, at in self._lanes.items() if at <= self.now), None):
                await self._turn(lane)
            else:
                return
        raise AssertionError(f"it never comes to rest at {self.now}")

    # Lanes

    def _summon(self, names: Collection[str]) -> None:
        for lane in names:
            self._lanes[lane] = min(self.now, self._lanes.get(lane, self.now))

    async def _turn(self, lane: str) -> None:
        """One delivery of a lane, as bot/engines/turns.py does it; its rest is waited for by the clock."""
        async with self.desk.database.read() as connection:
            look = await deliveries.look(connection, lane, self.now)
        del self._lanes[lane]
        if look.due is not None:
            rest = await self.deliver(look.due, lane)
            self._lanes[lane] = self.now + timedelta(seconds=max(0.0, rest))
        elif look.again_at is not None:
            self._lanes[lane] = look.again_at

    # Customers

    async def writes(self, author: Author, text: str, post_id: str, answers: str | None = None) -> None:
        """A customer's post is read at once."""
        post = Mention(
            network="x",
            post_id=post_id,
            author_id=author.id,
            account="acme_help",
            text=text,
            posted_at=self.now,
            conversation_id=answers or post_id,
            url=f"https://x.com/i/status/{post_id}",
            tags=("acme_help",),
        )
        await receive.receive(self.desk, [post], [author], VOICE)

    async def writes_again(self, case_id: int, author: Author, post_id: str, first: str) -> None:
        """A closed case is opened again by its customer."""
        before = await self.case(case_id)
        await self.writes(author, "@acme_help it still does not work", post_id, answers=first)
        after = await self.case(case_id)
        if not before.status.is_open and after.status.is_open:
            self.reopened.append((self.now, case_id, after.owner))

    async def case(self, case_id: int) -> Any:
        async with self.desk.database.read() as connection:
            return await cases.load(connection, case_id)

    # People

    async def person(self, one: Colleague) -> Person:
        return await self.directory.person(one.slack)

    async def leaves(self, one: Colleague, until: datetime, *, hands_over: bool) -> None:
        person = await self.person(one)
        await leaving.leave(self.desk, person, until)
        if not hands_over:
            return
        async with self.desk.database.read() as connection:
            mine = await cases.open_cases(connection, cases.Listed(owner=one.slack), limit=200)
        for case in mine:
            others = [who for who in await self.duty.on_duty(case.area) if who != one.slack]
            to = await self.directory.person(others[0]) if others else None
            with suppress(DeskError):
                await leaving.hand_over(self.desk, case.id, person, to)
