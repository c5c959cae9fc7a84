"""Somebody is writing an answer: the card says so, the draft is kept, and it ends by itself."""

import asyncio
from datetime import datetime, timedelta

from db import cases
from db.answers import approvals, replies, writers
from db.answers import drafts as store
from db.queue import timers
from db.queue.subjects import CaseOf
from db.rows import Timer, TimerKind
from handlers.desk.work import Desk, Work, use_case
from triage.cases.case import Case
from triage.replies.seen import Seen
from triage.replies.verdict import require_keepable
from triage.rights import Person

# Without a sign for so long, nobody is writing any more.
SILENCE = timedelta(minutes=10)


@use_case
async def begin(work: Work, case_id: int, person: Person) -> None:
    """The modal is open."""
    await _goes_on(work, await work.case_for(case_id, person, "reply"), person)


async def keep(desk: Desk, case_id: int, person: Person, text: str, seen: str, at: datetime) -> None:
    """Keep what was typed by `at`; what comes late, after the preview or the reply, changes nothing.

    Raises BadText for what must not be sent, so not kept either.
    """
    await asyncio.to_thread(require_keepable, text, desk.policy)
    await _keep(desk, case_id, person, text, seen, at)


@use_case
async def _keep(work: Work, case_id: int, person: Person, text: str, seen: str, at: datetime) -> None:
    case = await work.case_for(case_id, person, "reply")
    answered = [
        reply.id for reply in await replies.of_case(work.connection, case_id) if reply.who == person.slack
    ]
    if max(answered, default=0) > Seen.read(seen).ours:
        return
    waits = await approvals.waiting(work.connection, case_id)
    if waits is not None and waits.who == person.slack and waits.asked_at >= at:
        return
    await store.keep_typed(work.connection, case.id, person.slack, text, seen, at)
    await _goes_on(work, case, person)


async def _goes_on(work: Work, case: Case, person: Person) -> None:
    if await writers.begin(work.connection, case.id, person.slack, work.now + SILENCE):
        await work.draw_card(case)
        await _wait(work, case.id)


async def _wait(work: Work, case_id: int) -> None:
    """Look again when the first of them will have been silent for so long."""
    until = await writers.first_to_lapse(work.connection, case_id)
    if until is not None:
        await timers.arm(work.connection, TimerKind.WRITING, CaseOf(case_id), until, case_id)


@use_case
async def end(work: Work, case_id: int, person: Person) -> None:
    """The modal was closed."""
    if await writers.end(work.connection, case_id, person.slack):
        await work.draw_card(await cases.load(work.connection, case_id))


@use_case
async def lapse(work: Work, timer: Timer) -> None:
    """Drop writers who gave no sign for too long."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, timer.about(CaseOf).case_id)
    await writers.lapse(work.connection, case.id, work.now)
    await _wait(work, case.id)
    await work.draw_card(case)
