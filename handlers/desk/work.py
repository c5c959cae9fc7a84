"""The ground of every use case: the desk, and one transaction of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, events, messages, said
from db.engine import Database, is_deadlock
from db.queue import deliveries, timers
from db.queue.lanes import EditsIn, Lane, MessagesTo, PostsIn
from db.queue.subjects import CardOf, CaseOf, Notice, Subject
from db.rows import DeliveryKind, TimerKind
from triage.cases.case import MOVES, Case
from triage.errors import CaseMoved
from triage.events import Moved, OfCase, OfDesk
from triage.policy import Policy
from triage.rights import Person, require
from triage.scoring.priority import Priority

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 5
# What a due time sets going.
CLOCK = (TimerKind.WARNING, TimerKind.BREACH, TimerKind.WORDING)
# Within a lane the lowest goes first: what somebody waits for, then new cards by priority.
RANK_CLICKED = 0
RANK_DM = 5
# One card for many comes after the urgent ones; what stands under it gets its own when nothing else waits.
RANK_MANY, RANK_ALIKE = 15, 60
RANKS = {Priority.URGENT: 10, Priority.HIGH: 20, Priority.NORMAL: 30, Priority.LOW: 40}


@dataclass(frozen=True, slots=True)
class Desk:
    """The running desk: its database, its policy and its clock."""

    database: Database
    policy: Policy
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction: its connection, the policy, and one instant for all that it writes."""

    connection: AsyncConnection
    policy: Policy
    now: datetime

    async def case_for(self, case_id: int, person: Person, gesture: str) -> Case:
        """The case as it is now, if `person` may do `gesture` to it."""
        case = await cases.load(self.connection, case_id)
        require(person, gesture, case)
        return case

    async def move(self, case: Case, event: Moved, who: Person | str | None, **changes: object) -> Case:
        """Make the move that `event` tells of, and ask for the card to be drawn.

        The table decides the status, a compare-and-set makes the move. `who`: a person, their Slack id, or the desk.
        """
        status = case.after(event.move)
        moved = await cases.change(self.connection, case, status=status.value, **changes)
        await self.record(case, event, who)
        await self.draw_card(moved)
        return moved

    async def move_if_legal(
        self, case: Case, event: Moved, who: Person | str | None, **changes: object
    ) -> Case:
        """The same for what has happened on the network already: where the table has no such move, the status stays."""
        if (case.status, event.move) in MOVES:
            return await self.move(case, event, who, **changes)
        await self.record(case, event, who)
        touched = await cases.change(self.connection, case)
        await self.draw_card(touched)
        return touched

    async def first_heard(self, event_id: str) -> bool:
        """Slack may deliver an event again; taken in the transaction of what it causes, it counts once."""
        return await said.first_time(self.connection, f"event:{event_id}", self.now)

    async def record(self, case: Case, event: OfCase, who: Person | str | None = None) -> None:
        """Write a line of a case's history; `case` as it was before."""
        await events.record(self.connection, case, event, at=self.now, who=_slack(who))

    async def record_on_desk(self, event: OfDesk, who: Person | str | None = None) -> None:
        """Write a line about the desk that concerns no case."""
        await events.record_on_desk(self.connection, event, at=self.now, who=_slack(who))

    async def draw_card(self, case: Case, no_later: int | None = None) -> None:
        """Ask for the card: posted in the channel's lane, or edited, which waits for no post.

        `no_later`: its rank, where its own is a later one.
        """
        place = await messages.place_of(self.connection, CardOf(case.id))
        stands = place is not None and place.channel == case.channel
        lane = EditsIn(case.channel) if stands else PostsIn(case.channel)
        own = rank_of(case) if no_later is None else min(rank_of(case), no_later)
        rank = RANK_CLICKED if place else own
        await self.draw(CardOf(case.id), case.id, lane, rank)
        if case.alike is not None and await cases.exists(self.connection, case.alike):
            await self.draw_card(await cases.load(self.connection, case.alike))  # it counts its copies

    async def draw(
        self, subject: Subject, case_id: int | None, lane: Lane, rank: int, person: str | None = None
    ) -> None:
        await deliveries.insert_message(
            self.connection,
            subject,
            case_id=case_id,
            lane=lane,
            rank=rank,
            at=self.now,
            payload={"person": person} if person else {},
        )

    async def draw_dm(self, subject: Subject, person: str, case_id: int | None) -> None:
        """Ask for a direct message that shows `subject` as it is: posted, or redrawn where it stands."""
        await self.draw(subject, case_id, MessagesTo(person), RANK_DM, person)

    async def tell(self, person: str, notice: str, case: Case | None = None, **detail: object) -> None:
        """Ask for a direct message that is said once and not redrawn."""
        await deliveries.insert_delivery(
            self.connection,
            DeliveryKind.NOTICE,
            Notice(notice),
            case_id=case.id if case else None,
            lane=MessagesTo(person),
            rank=RANK_DM,
            at=self.now,
            payload={"person": person, "notice": notice, "case": case.id if case else None, **detail},
        )

    async def tell_on_duty(
        self, on_duty: Sequence[str], notice: str, case: Case, *, knows: str | None = None, **detail: object
    ) -> None:
        """Tell the people on duty, but not one who `knows`; if a rota names people and none is there, tell the leads why."""
        for person in on_duty:
            if person != knows:
                await self.tell(person, notice, case, **detail)
        if not on_duty and self.policy.rota_of(case.area) is not None:
            await self.tell_leads(notice, case, nobody_for=case.area or "", **detail)

    async def tell_leads(self, notice: str, case: Case | None = None, **detail: object) -> None:
        leads = self.policy.leads_of(case.area if case else None) or self.policy.desk.leads
        for lead in leads:
            await self.tell(lead, notice, case, **detail)

    def due(self, priority: Priority, start: datetime, area: str | None, *, answered: bool) -> datetime:
        """The due time of a reply: the area's working minutes after the customer wrote; `answered`: not the first reply."""
        minutes = self.policy.target_minutes(priority, answered=answered)
        return self.policy.working_time_of(area).due(start, minutes)

    async def aim_clock(self, case: Case, start: datetime, due_at: datetime) -> None:
        """Arm the warning and the breach of a due time; `case` as it is now, in its area."""
        await timers.aim(self.connection, {case.id: (self._warned(case, start, due_at), due_at)})

    async def aim_clocks(self, opened: Sequence[Case]) -> None:
        """The same for new cases."""
        due = [(case, case.due_at) for case in opened if case.due_at]
        aims = {case.id: (self._warned(case, case.waiting_since, due_at), due_at) for case, due_at in due}
        await timers.aim(self.connection, aims)

    def _warned(self, case: Case, start: datetime, due_at: datetime) -> datetime:
        """The time of the warning before a reply falls due."""
        working = self.policy.working_time_of(case.area)
        return working.due(start, working.minutes_between(start, due_at) * self.policy.sla.warn_at)

    async def stop_clock(self, case_id: int) -> None:
        await timers.cancel(self.connection, CaseOf(case_id), at=self.now, kinds=CLOCK)

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)


def _slack(who: Person | str | None) -> str | None:
    return who.slack if isinstance(who, Person) else who


def rank_of(case: Case) -> int:
    """The place of a case's new card in its lane."""
    return RANK_ALIKE if case.alike is not None else RANKS[case.priority]


def use_case(
    function: Callable[Concatenate[Work, P], Awaitable[R]],
) -> Callable[Concatenate[Desk, P], Awaitable[R]]:
    """Run in one transaction, and from its start again when the case moved under it: then it is held."""

    @wraps(function)
    async def run(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
        contested: int | None = None
        for left in reversed(range(ATTEMPTS)):
            try:
                async with desk.database.write() as connection:
                    if contested is not None:
                        await cases.hold(connection, contested)
                    return await function(Work(connection, desk.policy, desk.now()), *args, **kwargs)
            except CaseMoved as moved:
                contested = moved.case_id
                if not left:
                    raise
            except DBAPIError as error:
                # Somebody else wrote the same thing first, or each held what the other needed: look again.
                if not left or not (isinstance(error, IntegrityError) or is_deadlock(error)):
                    raise
        raise CaseMoved

    return run
