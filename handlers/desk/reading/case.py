"""Looks at one case, for windows."""

from collections.abc import Sequence
from dataclasses import dataclass

from db import cases, follow_ups, mentions, messages, questions
from db.answers import replies
from db.queue.subjects import CardOf, Subject
from db.rows import FollowUp, Posted, Question, Reply, ReplyState
from handlers.desk.experts import escalate
from handlers.desk.look import Look, one_look
from triage.cases.case import Case
from triage.cases.mention import Author
from triage.rights import Person


@dataclass(frozen=True, slots=True)
class Whole:
    """A case's author, conversation, card and replies."""

    author: Author
    posts: list[mentions.Post]
    card: Posted | None
    replies: Sequence[Reply]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to an expert, with the case it is about."""

    question: Question
    case: Case
    author: Author
    posts: list[mentions.Post]


@one_look
async def case_of(look: Look, case_id: int) -> Case:
    return await cases.load(look.connection, case_id)


@one_look
async def whole(look: Look, case: Case) -> Whole:
    return Whole(
        await mentions.author(look.connection, case.network, case.author_id),
        await mentions.conversation(look.connection, case.id),
        await messages.place_of(look.connection, CardOf(case.id)),
        await replies.of_case(look.connection, case.id),
    )


@one_look
async def follow_ups_of(look: Look, case_id: int) -> Sequence[FollowUp]:
    """The open follow-ups of a case, soonest first."""
    return await follow_ups.open_ones(look.connection, case_id)


@one_look
async def foremost_reply(look: Look, case_id: int) -> Reply | None:
    """The reply to show: one with unknown outcome first, then a queued one, then the latest."""
    return await replies.foremost(look.connection, case_id)


@one_look
async def public_words(look: Look, case_id: int) -> str:
    """Our latest answer that is public, as its writer typed it; "" if there is none."""
    public = [one for one in await replies.of_case(look.connection, case_id) if one.state is ReplyState.SENT]
    return public[-1].typed if public else ""


@one_look
async def next_alike(look: Look, head: int, person: str) -> int | None:
    """The next near-copy that this person may answer."""
    return await cases.next_alike(look.connection, head, person)


@one_look
async def put_to(look: Look, case_id: int, expert: Person) -> Asked:
    """The question that waits for this expert; raises DeskError."""
    question = await escalate.open_ask(look.connection, case_id, expert)
    case = await cases.load(look.connection, case_id)
    author = await mentions.author(look.connection, case.network, case.author_id)
    return Asked(question, case, author, await mentions.conversation(look.connection, case_id))


@one_look
async def asked_back(look: Look, case_id: int) -> Question:
    """The question whose expert waits to be told something; raises DeskError."""
    return await escalate.asks_back(look.connection, case_id)


@one_look
async def question(look: Look, question_id: int) -> Question | None:
    return await questions.load(look.connection, question_id)


@one_look
async def subject_at(look: Look, channel: str, ts: str) -> Subject | None:
    """The subject of our message at this place in Slack."""
    return await messages.subject_at(look.connection, channel, ts)
