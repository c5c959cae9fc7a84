"""Asking a person who knows, and making sure that the answer arrives."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from db import cases, promises, timers
from handlers.desk.loose_ends import withdraw_asks
from handlers.desk.work import Work, use_case
from triage.case import Case, DeskError, Move, Status
from triage.people import Person
from triage.words import _


class TooLate(DeskError):
    """Somebody else has answered, or the question was taken back. Nothing more to do; thank you."""


class NotAsked(DeskError):
    """This question was put to somebody else."""


@use_case
async def escalate(work: Work, case_id: int, person: Person, expert: str, question: str) -> Case:
    """Ask an expert; the escalating person stays, or becomes, the owner."""
    case = await work.case_for(case_id, person, "escalate")
    await withdraw_asks(work, case)
    detail = {"to": expert, "question": question}
    moved = await work.move(case, Move.ESCALATE, person, detail=detail, owner=case.owner or person.slack)
    chain = await promises.last_chain(work.connection, case.id) + 1
    await _ask(work, moved, expert, person.slack, question, chain)
    return moved


async def _ask(work: Work, case: Case, expert: str, asked_by: str, question: str, chain: int) -> None:
    due_at = work.policy.working_time_of(case.area).due(work.now, work.policy.sla.expert)
    ask = await promises.ask(
        work.connection,
        case_id=case.id,
        chain=chain,
        expert=expert,
        asked_by=asked_by,
        question=question,
        asked_at=work.now,
        due_at=due_at,
    )
    await timers.arm(work.connection, "ask", f"ask:{ask}", due_at, case.id)
    await work.draw_dm(f"ask:{ask}", expert, case.id)


@use_case
async def answer(work: Work, case_id: int, person: Person, text: str) -> Case:
    """The expert's answer: back to the owner, as a draft in the reply modal."""
    ask, case = await _open_ask(work, case_id, person)
    await _end(work, ask, "answered", answer=text)
    moved = await work.move(case, Move.ANSWER, person)
    await work.tell(moved.owner or ask.asked_by, "answered", moved, by=person.slack)
    return moved


@use_case
async def pass_on(work: Work, case_id: int, person: Person, experts: Sequence[str]) -> Case:
    """ "Not me, the next one": the next of `experts`, then the leads."""
    ask, case = await _open_ask(work, case_id, person)
    await _end(work, ask, "passed")
    return await _ask_next(work, ask, case, experts, person)


@use_case
async def expire(work: Work, timer: timers.Timer, experts: Sequence[str]) -> None:
    """An expert's slice of time is over: the next one is asked."""
    if not await timers.fire(work.connection, timer, work.now):
        return
    ask = await promises.load_ask(work.connection, timer.subject_id)
    if ask is None or ask.state != "open":
        return
    case = await cases.load(work.connection, ask.case_id)
    await _end(work, ask, "expired")
    await _ask_next(work, ask, case, experts, None)


async def _open_ask(work: Work, case_id: int, person: Person) -> tuple[Row[Any], Case]:
    ask = await open_ask(work.connection, case_id, person)
    return ask, await cases.load(work.connection, case_id)


async def open_ask(connection: AsyncConnection, case_id: int, person: Person) -> Row[Any]:
    """The question put to this person; raises NotAsked, or TooLate with what became of it."""
    ask = await promises.ask_put_to(connection, case_id, person.slack)
    if ask is None:
        raise NotAsked
    if ask.state == "expired":
        raise TooLate(
            _("The question went to the next person. If you know it, write it in the card's thread.")
        )
    if ask.state != "open":
        raise TooLate
    return ask


async def _end(work: Work, ask: Row[Any], state: str, answer: str | None = None) -> None:
    if not await promises.end_ask(work.connection, ask.id, state, work.now, answer):
        raise TooLate
    await timers.cancel(work.connection, f"ask:{ask.id}", at=work.now)
    await work.draw_dm(f"ask:{ask.id}", ask.expert, ask.case_id)


async def _ask_next(
    work: Work, ask: Row[Any], case: Case, experts: Sequence[str], person: Person | None
) -> Case:
    """Put the question to the first who was not asked yet and does not ask; at the list's end the owner is told."""
    if case.status is not Status.ESCALATED:
        raise TooLate
    asked = {*await promises.asked(work.connection, case.id, ask.chain), ask.asked_by, case.owner}
    waiting = [expert for expert in [*experts, *work.policy.leads_of(case.area)] if expert not in asked]
    detail = {"from": ask.expert, "to": waiting[0] if waiting else None, "expired": person is None}
    if waiting:
        moved = await work.move(case, Move.PASS, person, detail=detail)
        await _ask(work, moved, waiting[0], ask.asked_by, ask.question, ask.chain)
        return moved
    moved = await work.move(case, Move.NO_ANSWER, person, detail=detail)
    await work.tell(moved.owner or ask.asked_by, "no_answer", moved)
    return moved
