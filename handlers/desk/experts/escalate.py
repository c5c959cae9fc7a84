"""Escalates a case to an expert, and chases the answer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db import absences, cases, questions
from db.queue import timers
from db.queue.subjects import AskOf
from db.rows import Question, QuestionState, Timer, TimerKind
from handlers.desk.obligations.open_items import withdraw_asks
from handlers.desk.obligations.pending_answer import pending_answer
from handlers.desk.work import Work, use_case
from triage.cases.case import Case, Status
from triage.errors import DeskError
from triage.events import (
    AskedBack,
    Escalated,
    ExpertAnswered,
    ExpertDroppedOut,
    LooksLater,
    NobodyAnswered,
    QuestionPassed,
    ToldBack,
)
from triage.i18n import _
from triage.rights import Person


class TooLate(DeskError):
    """Somebody else has answered, or the question was taken back. Nothing more to do; thank you."""


class NotAsked(DeskError):
    """This question was put to somebody else."""


@use_case
async def escalate(
    work: Work,
    case_id: int,
    person: Person,
    experts: Sequence[Person],
    question: str,
    area: str | None = None,
) -> Case:
    """Ask an expert, or several at once, of whom the first to answer wins; `area`: whose experts are asked next.

    The escalating person stays, or becomes, the owner.
    """
    case = await work.case_for(case_id, person, "escalate")
    await withdraw_asks(work, case)
    first, *others = [expert.slack for expert in experts]
    escalated = Escalated(first, question, tuple(others))
    moved = await work.move(case, escalated, person, owner=case.owner or person.slack)
    chain = await questions.last_chain(work.connection, case.id) + 1
    for expert in experts:
        await _ask(work, moved, expert, person.slack, question, chain, area)
    return moved


async def _ask(
    work: Work, case: Case, expert: Person, asked_by: str, question: str, chain: int, area: str | None
) -> None:
    due_at = _slice_of(work, case, expert, work.now)
    ask = await questions.ask(
        work.connection,
        case_id=case.id,
        chain=chain,
        expert=expert.slack,
        asked_by=asked_by,
        question=question,
        asked_at=work.now,
        due_at=due_at,
        area=area,
    )
    await timers.arm(work.connection, TimerKind.ASK, AskOf(ask), due_at, case.id)
    await work.draw_dm(AskOf(ask), expert.slack, case.id)


def _slice_of(work: Work, case: Case, expert: Person, start: datetime) -> datetime:
    """The end of an expert's time to answer, counted in their own hours if known, else in the area's."""
    working = expert.working or work.policy.working_time_of(case.area)
    return working.due(start, work.policy.sla.expert)


@use_case
async def answer(work: Work, case_id: int, person: Person, text: str, on_duty: Sequence[str] = ()) -> Case:
    """The expert's answer: back to the owner, as a draft in the reply modal."""
    return await _answered(work, case_id, person, text, on_duty)


@use_case
async def answer_in_thread(
    work: Work, event_id: str, case_id: int, person: Person, text: str, on_duty: Sequence[str] = ()
) -> None:
    """The same, typed below the question; Slack may tell of it twice."""
    if await work.first_heard(event_id):
        await _answered(work, case_id, person, text, on_duty)


async def _answered(work: Work, case_id: int, person: Person, text: str, on_duty: Sequence[str]) -> Case:
    ask, case = await _open_ask(work, case_id, person)
    await _end(work, ask, QuestionState.ANSWERED, answer=text)
    for slower in await questions.open_ones(work.connection, case.id):
        await _end(work, slower, QuestionState.OVERTAKEN)
    moved = await work.move(case, ExpertAnswered(), person)
    owner = moved.owner or ask.asked_by
    await work.tell(owner, "answered", moved, by=person.slack)
    await _tell_stand_ins(work, moved, owner, on_duty, person)
    await _chase_later(work, TimerKind.CHASE, ask.id, case)
    return moved


async def _tell_stand_ins(work: Work, case: Case, owner: str, on_duty: Sequence[str], expert: Person) -> None:
    """If the owner is away, tell a person on duty, who can take over the case with its answer."""
    if not await absences.away(work.connection, [owner], work.now):
        return
    for somebody in [who for who in on_duty if who not in (owner, expert.slack)][:1]:
        await work.tell(somebody, "answered_for", case, by=expert.slack, owner=owner)


async def _chase_later(work: Work, kind: TimerKind, ask_id: int, case: Case) -> None:
    at = work.policy.working_time_of(case.area).due(work.now, work.policy.sla.expert)
    await timers.arm(work.connection, kind, AskOf(ask_id), at, case.id)


@use_case
async def chase(work: Work, timer: Timer, on_duty: Sequence[str]) -> None:
    """The customer has not had the expert's answer yet: the owner is reminded, then the leads."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    case = await cases.load(work.connection, int(timer.case_id or 0))
    waiting = await pending_answer(work.connection, case.id)
    if waiting is None or waiting.id != timer.about(AskOf).question_id or not case.status.is_open:
        return
    owner = case.owner or waiting.asked_by
    if timer.kind is TimerKind.CHASE_AGAIN:
        await work.tell_leads("answer_unsent", case, by=waiting.expert, owner=owner)
        return
    for somebody in await _who_is_there(work, owner, on_duty):
        await work.tell(somebody, "answer_waits", case, by=waiting.expert)
    await _chase_later(work, TimerKind.CHASE_AGAIN, waiting.id, case)


@use_case
async def pass_on(work: Work, case_id: int, person: Person, experts: Sequence[Person]) -> Case:
    """ "Not me, the next one": the next of `experts`."""
    ask, case = await _open_ask(work, case_id, person)
    await _end(work, ask, QuestionState.PASSED)
    return await _ask_next(work, ask, case, experts, person)


@use_case
async def expire(work: Work, timer: Timer, experts: Sequence[Person]) -> None:
    """An expert's slice of time is over: the next one is asked."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    ask = await questions.load(work.connection, timer.about(AskOf).question_id)
    if ask is None or not ask.is_open:
        return
    case = await cases.load(work.connection, ask.case_id)
    await _end(work, ask, QuestionState.EXPIRED)
    await _ask_next(work, ask, case, experts, None)


@use_case
async def ask_back(work: Work, case_id: int, person: Person, question: str) -> None:
    """Pass the expert's own question to the owner; the expert's time stops until the owner answers."""
    ask, case = await _open_ask(work, case_id, person)
    await questions.change(work.connection, ask.id, asked_back=question, told_back=None)
    await timers.cancel(work.connection, AskOf(ask.id), at=work.now)
    await work.record(case, AskedBack(question), person)
    await work.tell(case.owner or ask.asked_by, "asked_back", case, by=person.slack, note=question)
    await _chase_later(work, TimerKind.ASK_BACK, ask.id, case)
    await _show(work, ask, case)


@use_case
async def chase_back(work: Work, timer: Timer, on_duty: Sequence[str]) -> None:
    """The expert has not been told yet: the owner is reminded, or who is on duty for one who is away; then the leads."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    ask = await questions.load(work.connection, timer.about(AskOf).question_id)
    if ask is None or not ask.is_open or not ask.asked_back or ask.told_back:
        return
    case = await cases.load(work.connection, ask.case_id)
    owner = case.owner or ask.asked_by
    if timer.kind is TimerKind.ASK_BACK_AGAIN:
        await work.tell_leads("still_asked_back", case, by=ask.expert, owner=owner)
        return
    for somebody in await _who_is_there(work, owner, on_duty):
        await work.tell(somebody, "asked_back", case, by=ask.expert, note=ask.asked_back)
    await _chase_later(work, TimerKind.ASK_BACK_AGAIN, ask.id, case)


async def _who_is_there(work: Work, owner: str, on_duty: Sequence[str]) -> list[str]:
    """The owner, or the first who is on duty while they are away."""
    if not await absences.away(work.connection, [owner], work.now):
        return [owner]
    return [who for who in on_duty if who != owner][:1]


@use_case
async def tell_back(work: Work, case_id: int, person: Person, text: str) -> None:
    """Answer the first expert who asked back; their time to answer starts again in full."""
    case = await work.case_for(case_id, person, "escalate")
    ask = await asks_back(work.connection, case.id)
    until = work.policy.working_time_of(case.area).due(work.now, work.policy.sla.expert)
    await questions.change(work.connection, ask.id, told_back=text, due_at=until)
    await timers.cancel(work.connection, AskOf(ask.id), at=work.now)
    await timers.arm(work.connection, TimerKind.ASK, AskOf(ask.id), until, case.id)
    await work.record(case, ToldBack(text), person)
    await work.tell(ask.expert, "told_back", case, by=person.slack, note=text)
    await _show(work, ask, case)


async def asks_back(connection: AsyncConnection, case_id: int) -> Question:
    """The question whose expert waits to be told something; raises DeskError."""
    for ask in await questions.open_ones(connection, case_id):
        if ask.asked_back and not ask.told_back:
            return ask
    raise DeskError(_("Nobody asks this any more. Look at the card."))


@use_case
async def not_before(work: Work, case_id: int, person: Person, at: datetime) -> None:
    """The expert will look at it, but not before then: their slice of time begins then, and the card says so."""
    ask, case = await _open_ask(work, case_id, person)
    until = _slice_of(work, case, person, at)
    await questions.change(work.connection, ask.id, due_at=until)
    await timers.arm(work.connection, TimerKind.ASK, AskOf(ask.id), until, case.id)
    await work.record(case, LooksLater(at), person)
    await work.tell(
        case.owner or ask.asked_by, "expert_later", case, by=person.slack, until_day=int(at.timestamp())
    )
    await _show(work, ask, case)


async def _show(work: Work, ask: Question, case: Case) -> None:
    await work.draw_dm(AskOf(ask.id), ask.expert, ask.case_id)
    await work.draw_card(case)


async def _open_ask(work: Work, case_id: int, person: Person) -> tuple[Question, Case]:
    ask = await open_ask(work.connection, case_id, person)
    return ask, await cases.load(work.connection, case_id)


async def open_ask(connection: AsyncConnection, case_id: int, person: Person) -> Question:
    """The question put to this person; raises NotAsked, or TooLate with what became of it."""
    ask = await questions.put_to(connection, case_id, person.slack)
    if ask is None:
        raise NotAsked
    if ask.state is QuestionState.EXPIRED:
        raise TooLate(
            _("The question went to the next person. If you know it, write it in the card's thread.")
        )
    if not ask.is_open:
        raise TooLate
    return ask


async def _end(work: Work, ask: Question, state: QuestionState, answer: str | None = None) -> None:
    if not await questions.end(work.connection, ask.id, state, work.now, answer):
        raise TooLate
    await timers.cancel(work.connection, AskOf(ask.id), at=work.now)
    await work.draw_dm(AskOf(ask.id), ask.expert, ask.case_id)


async def _ask_next(
    work: Work, ask: Question, case: Case, experts: Sequence[Person], person: Person | None
) -> Case:
    """Ask the next expert, or tell the owner if all were asked; the owner and the person who asks are skipped.

    While another expert with the same question may still answer, nobody else is asked.
    """
    if case.status is not Status.ESCALATED:
        raise TooLate
    if await questions.open_ones(work.connection, case.id):
        return await work.move(case, ExpertDroppedOut(ask.expert, expired=person is None), person)
    asked = {*await questions.asked(work.connection, case.id, ask.chain), ask.asked_by, case.owner}
    waiting = [expert for expert in experts if expert.slack not in asked]
    if waiting:
        passed = QuestionPassed(ask.expert, waiting[0].slack, expired=person is None)
        moved = await work.move(case, passed, person)
        await _ask(work, moved, waiting[0], ask.asked_by, ask.question, ask.chain, ask.area)
        return moved
    moved = await work.move(case, NobodyAnswered(ask.expert, expired=person is None), person)
    await work.tell(moved.owner or ask.asked_by, "no_answer", moved)
    return moved
