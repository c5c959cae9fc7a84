"""Judging a text before it is sent, for a preview."""

import asyncio

from db.answers import drafts
from handlers.desk.replies.prepare import at_hand
from handlers.desk.work import Desk, Work, use_case
from triage.people import People
from triage.replies import verdict as rule
from triage.replies.seen import Seen
from triage.replies.verdict import Verdict
from triage.rights import Person, require


async def judge(desk: Desk, case_id: int, person: Person, people: People, text: str, seen: str) -> Verdict:
    """Judge a text, and keep it as its writer's draft unless it must not be kept."""
    await asyncio.to_thread(rule.read_ahead, text, person, desk.policy)
    return await _judge(desk, case_id, person, people, text, seen)


@use_case
async def _judge(work: Work, case_id: int, person: Person, people: People, text: str, seen: str) -> Verdict:
    found = await at_hand(work.connection, case_id, person.slack)
    require(person, "reply", found.case)
    situation = found.situation(work.policy)
    verdict = await asyncio.to_thread(
        rule.judge, text, situation, person, people, work.policy, work.now, Seen.read(seen)
    )
    if text and verdict.keepable:
        await drafts.keep(work.connection, case_id, person.slack, text, seen, work.now)
    return verdict
