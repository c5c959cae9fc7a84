"""Fires timers: each due timer runs its use case once, late rather than never."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from db import cases, newer, questions, said
from db.answers import approvals
from db.queue import deliveries, timers
from db.queue.subjects import ApprovalOf, AskOf, ShiftOf
from db.rows import Timer, TimerKind
from handlers.desk import alerts, outbox
from handlers.desk.cases import digests
from handlers.desk.cases import duty as leaving
from handlers.desk.experts import escalate
from handlers.desk.follow_ups import remind
from handlers.desk.intake import forget
from handlers.desk.obligations import reply_clock
from handlers.desk.replies import approve, drafts
from handlers.desk.work import Desk, Work, use_case
from handlers.slack.directory import Directory
from handlers.slack.duty import Duty
from triage.errors import CaseMoved, DeskError, NotOfThisVersion
from triage.people import People
from triage.rights import Person

log = structlog.get_logger()

KEPT_ENDED = timedelta(days=7)
# How long a timer is left alone that could not be fired.
COLLIDED, BROKEN, UNREADABLE = timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=1)


# What happens at each kind of timer; some need to know who is on duty.
BY_ITSELF = {
    TimerKind.LANE: outbox.resume,
    TimerKind.BREACH: reply_clock.breach,
    TimerKind.WORDING: reply_clock.reword,
    TimerKind.WRITING: drafts.lapse,
    TimerKind.ABSENCE: leaving.is_over,
}
WITH_DUTY = {
    TimerKind.WARNING: reply_clock.warn,
    TimerKind.FOLLOW_UP: remind.fall_due,
    TimerKind.FOLLOW_UP_UNANSWERED: remind.unanswered,
    TimerKind.CHASE: escalate.chase,
    TimerKind.CHASE_AGAIN: escalate.chase,
    TimerKind.ASK_BACK: escalate.chase_back,
    TimerKind.ASK_BACK_AGAIN: escalate.chase_back,
}


@dataclass(frozen=True, slots=True)
class Timekeeper:
    """Fires what is due."""

    desk: Desk
    directory: Directory
    duty: Duty

    async def due(self) -> list[Timer]:
        async with self.desk.database.read() as connection:
            return await timers.due(connection, self.desk.now())

    async def fire(self, timer: Timer) -> None:
        """Fire one due timer; a case that keeps moving under it leaves it armed, one that has moved on ends it."""
        try:
            await self._fire(timer)
        except CaseMoved:
            log.info("timer_collided", kind=timer.kind, subject=str(timer.subject))
            await _put_off(self.desk, timer, COLLIDED)
        except NotOfThisVersion as unknown:
            log.warning("timer_unknown", kind=timer.kind, what=unknown.what)
            await _set_aside(self.desk, timer, unknown.what)
        except DeskError as refusal:
            log.info("timer_moot", kind=timer.kind, subject=str(timer.subject), why=str(refusal))
            await _drop(self.desk, timer)

    async def put_off(self, timer: Timer) -> None:
        """It could not be fired for a fault of ours: the others must not wait for it."""
        await _put_off(self.desk, timer, BROKEN)

    async def _fire(self, timer: Timer) -> None:
        if alone := BY_ITSELF.get(timer.kind):
            await alone(self.desk, timer)
        elif with_duty := WITH_DUTY.get(timer.kind):
            await with_duty(self.desk, timer, await self._on_duty(timer))
        elif timer.kind is TimerKind.ASK:
            await escalate.expire(self.desk, timer, await self._experts(timer))
        elif timer.kind is TimerKind.APPROVAL:
            await approve.expire(self.desk, timer, await self._readers(timer))
        elif timer.kind in digests.TITLES:
            person = await self.directory.person(timer.about(ShiftOf).person)
            await digests.tell(self.desk, timer, person, is_quiet=await self.duty.is_quiet(person.slack))

    async def _on_duty(self, timer: Timer) -> list[str]:
        """The people on duty for the area of the timer's case."""
        return await self.duty.on_duty_for(timer.case_id) if timer.case_id is not None else []

    async def _experts(self, timer: Timer) -> list[Person]:
        async with self.desk.database.read() as connection:
            ask = await questions.load(connection, timer.about(AskOf).question_id)
            area = ask.area or (await cases.load(connection, ask.case_id)).area if ask else None
        return await self.duty.experts(area)

    async def _readers(self, timer: Timer) -> People:
        """The people who may be asked next."""
        async with self.desk.database.read() as connection:
            row = await approvals.load(connection, timer.about(ApprovalOf).approval_id)
        return await self.directory.readers(row.who, row.step + 1) if row else People()

    async def next_due(self) -> timedelta | None:
        """The time until the next timer; None if none is armed."""
        async with self.desk.database.read() as connection:
            due_at = await timers.next_due(connection)
        return None if due_at is None else due_at - self.desk.now()

    async def sweep(self) -> None:
        """Drop rows that only say that something is over; see to it that everybody's day is known.

        What a newer version has written is looked for, and told.
        """
        await _sweep(self.desk)
        async with self.desk.database.survey() as connection:
            unknown = await newer.unknown_words(connection)
        for what in unknown:
            log.warning("written_by_a_newer_version", what=what)
            await _tell_of(self.desk, what)
        while await forget.expire(self.desk):
            log.info("old_cases_removed")
        policy = self.desk.policy
        listed = [entry.slack for entry in policy.person if entry.hours is not None]
        for who in dict.fromkeys([*listed, *policy.everybody_leading]):
            # Last: Slack is asked who they are, and may be away.
            await digests.arm(self.desk, await self.directory.person(who))


@use_case
async def _put_off(work: Work, timer: Timer, pause: timedelta) -> None:
    await timers.put_off(work.connection, timer, work.now + pause)


@use_case
async def _set_aside(work: Work, timer: Timer, what: str) -> None:
    """This version can't read it: it stays armed for one that can, and the leads are told once."""
    await timers.put_off(work.connection, timer, work.now + UNREADABLE)
    await alerts.something_new(work, f"timers.subject: {what}")


@use_case
async def _tell_of(work: Work, what: str) -> None:
    await alerts.something_new(work, what)


@use_case
async def _drop(work: Work, timer: Timer) -> None:
    await timers.fire(work.connection, timer, work.now)


@use_case
async def _sweep(work: Work) -> None:
    before = work.now - KEPT_ENDED
    await timers.sweep(work.connection, before)
    await deliveries.sweep(work.connection, before)
    await said.sweep(work.connection, work.now - timedelta(days=45))
