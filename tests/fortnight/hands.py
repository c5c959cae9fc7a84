"""What customers and colleagues do in a fortnight, drawn by lot."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fortnight import calendars
from fortnight.desks import Colleague
from fortnight.play import TEXTS, Fortnight
from sqlalchemy import select

from db import cases, follow_ups
from db.sql import tables
from handlers.desk.cases import claim, close
from handlers.desk.experts import escalate
from handlers.desk.follow_ups import remind
from handlers.desk.replies import prepare, submit
from triage.cases.case import Case, Outcome, Status
from triage.cases.mention import Author
from triage.errors import DeskError
from triage.people import People

WAYS = ("Sorry about that. We are looking into it.", "It works again. Please try once more.")


@dataclass(slots=True)
class Crowd:
    """Customers write at any hour, more by day; some write again after their case was closed."""

    play: Fortnight
    posts: int = 0

    def begin(self) -> None:
        place, die = self.play.place, self.play.die
        for number in range(self.play.number):
            day = timedelta(days=die.uniform(0, 13.3))
            at = place.start + day
            author = Author("x", str(5000 + number), f"customer_{number}", f"Customer {number}", 120, None)
            self.play.at(at, lambda author=author: self._first(author))

    async def _first(self, author: Author) -> None:
        self.posts += 1
        post = str(100_000 + self.posts)
        await self.play.writes(author, f"{self.play.die.choice(TEXTS)} ({author.id})", post)
        if self.play.die.random() < 0.15:
            later = self.play.now + timedelta(days=self.play.die.uniform(0.5, 5))
            self.play.at(later, lambda: self._again(author, post))

    async def _again(self, author: Author, first: str) -> None:
        self.posts += 1
        async with self.play.desk.database.read() as connection:
            statement = select(tables.cases.c.id).where(tables.cases.c.author_id == author.id)
            case_id = (await connection.execute(statement)).scalars().first()
        if case_id is not None:
            await self.play.writes_again(case_id, author, str(100_000 + self.posts), first)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a colleague finds when they look: all in one reading."""

    reminded: list[Any]
    asked: list[Any]
    asking: list[Any]
    mine: list[Case]
    free: list[Case]


@dataclass(slots=True)
class Hand:
    """A colleague at work: every few minutes of their hours they do one thing."""

    play: Fortnight
    one: Colleague
    notes: int = 0
    forgotten: set[int] = field(default_factory=set)
    taken_up: set[int] = field(default_factory=set)

    def begin(self) -> None:
        for (since, until), (_a, _b, hands_over) in zip(
            calendars.away_spans(self.one), self.one.away, strict=True
        ):
            self.play.at(
                since,
                lambda until=until, over=hands_over: self.play.leaves(self.one, until, hands_over=over),
            )
        self._come_again()

    def _come_again(self) -> None:
        # Few customers need no staff that looks every five minutes.
        busy = timedelta(minutes=self.play.die.uniform(3, 7) * max(1.0, 200 / self.play.number))
        self.play.at(
            calendars.of_person(self.play.place.name, self.one.slack).opens(self.play.now + busy), self.visit
        )

    async def visit(self) -> None:
        """The next one is planned first: whatever goes wrong with this."""
        self._come_again()
        seen = await self._look()
        for thing in (self._reminders, self._questions, self._own, self._next_one):
            with suppress(DeskError):
                if await thing(seen):
                    return

    async def _look(self) -> Seen:
        promised, asks = tables.follow_ups.c, tables.asks.c
        async with self.play.desk.database.read() as connection:

            async def rows(table: Any, *conditions: Any) -> list[Any]:
                return list((await connection.execute(select(table).where(*conditions))).all())

            return Seen(
                await rows(
                    tables.follow_ups, promised.person == self.one.slack, promised.state == "reminded"
                ),
                await rows(tables.asks, asks.expert == self.one.slack, asks.state == "open"),
                await rows(tables.asks, asks.asked_by == self.one.slack, asks.state == "open"),
                await cases.open_cases(connection, cases.Listed(owner=self.one.slack), limit=20),
                await cases.open_cases(connection, cases.Listed(unclaimed=True), limit=1),
            )

    async def _reminders(self, seen: Seen) -> bool:
        """Promises that they were reminded of: kept, put off, or forgotten for good."""
        for row in seen.reminded:
            if row.id in self.forgotten or self.play.die.random() > 0.4:
                continue
            if row.id not in self.taken_up and self.play.die.random() < self.one.forgets:
                self.forgotten.add(row.id)
                continue
            self.taken_up.add(row.id)
            person = await self.play.person(self.one)
            if self.play.die.random() < 0.7:
                await remind.done(self.play.desk, row.case_id, person)
            else:
                await remind.not_yet(self.play.desk, row.case_id, person, self._some_day(), "")
            return True
        return False

    async def _questions(self, seen: Seen) -> bool:
        """Questions put to them as an expert, and what experts ask them back."""
        person, die = await self.play.person(self.one), self.play.die
        for ask in seen.asked:
            lot = die.random()
            if ask.asked_back and not ask.told_back:
                continue
            if lot < 0.08:
                on_duty = await self.play.duty.on_duty_for(ask.case_id)
                await escalate.answer(self.play.desk, ask.case_id, person, "Reset it.", on_duty)
                return True
            if lot < 0.11:
                area = (await self.play.case(ask.case_id)).area
                await escalate.pass_on(
                    self.play.desk, ask.case_id, person, await self.play.duty.experts(area)
                )
                return True
            if lot < 0.12 and not ask.asked_back:
                await escalate.ask_back(self.play.desk, ask.case_id, person, "Since when?")
                return True
        for ask in seen.asking:
            if ask.asked_back and not ask.told_back and die.random() < 0.3:
                await escalate.tell_back(self.play.desk, ask.case_id, person, "Since Monday.")
                return True
        return False

    async def _own(self, seen: Seen) -> bool:
        for case in () if self.one.is_expert else seen.mine:
            if self.play.die.random() < 0.5 and await self._work_on(case):
                return True
        return False

    async def _work_on(self, case: Case) -> bool:
        person, lot, desk = await self.play.person(self.one), self.play.die.random(), self.play.desk
        if case.status is Status.CLAIMED and lot < 0.25:
            experts = [one for one in await self.play.duty.experts(case.area) if one.slack != self.one.slack]
            if experts:
                await escalate.escalate(desk, case.id, person, experts[:1], "What shall I say?")
                return True
        if case.status is Status.CLAIMED:
            await self._answers(case)
            return True
        if case.status is Status.WAITING and lot < 0.3:
            self.notes += 1
            note = f"promise {self.one.slack} {self.notes}"
            await remind.follow_up(desk, case.id, person, self._some_day(), note)
            return True
        if case.status is Status.WAITING and lot < 0.8 and not await self._is_promised(case):
            await close.resolve(desk, case.id, person, Outcome.ANSWERED)
            return True
        return False

    async def _is_promised(self, case: Case) -> bool:
        async with self.play.desk.database.read() as connection:
            return bool(await follow_ups.open_ones(connection, case.id))

    async def _answers(self, case: Case) -> None:
        person, desk = await self.play.person(self.one), self.play.desk
        at_hand = await prepare.composing(desk, case.id, person)
        text = self.play.die.choice(WAYS)
        outcome = await submit.submit(desk, case.id, person, People(), submit.Request(at_hand.seen, text))
        if isinstance(outcome, submit.Refused):
            raise outcome.why

    async def _next_one(self, seen: Seen) -> bool:
        if self.one.is_expert or not seen.free:
            return False
        await claim.claim(self.play.desk, seen.free[0].id, await self.play.person(self.one))
        return True

    def _some_day(self) -> datetime:
        """A moment of the next days; at night too, as people promise."""
        return self.play.now + timedelta(minutes=self.play.die.randrange(120, 4 * 24 * 60, 15))


def begin(play: Fortnight) -> None:
    """Customers begin to write, and everybody begins to work."""
    Crowd(play).begin()
    for one in play.place.people:
        Hand(play, one).begin()
