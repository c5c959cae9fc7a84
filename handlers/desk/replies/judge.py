"""Judging a text before it is sent, for a preview."""

from db import drafts
from handlers.desk.replies.prepare import at_hand
from handlers.desk.work import Work, use_case
from triage.people import People
from triage.replies import verdict as rule
from triage.replies.seen import Seen
from triage.replies.verdict import Verdict
from triage.rights import Person, require


@use_case
async def judge(work: Work, case_id: int, person: Person, people: People, text: str, seen: str) -> Verdict:
    """Judge a text, and keep it as its writer's draft unless it must not be kept."""
    found = await at_hand(work.connection, case_id, person.slack)
    require(person, "reply", found.case)
    situation = found.situation(work.policy)
    verdict = rule.judge(text, situation, person, people, work.policy, work.now, Seen.read(seen))
    if text and verdict.keepable:
        await drafts.keep(work.connection, case_id, person.slack, text, seen, work.now)
    return verdict
