"""An expert's answer that the customer has not had yet."""

from sqlalchemy.ext.asyncio import AsyncConnection

from db import questions
from db.answers import replies
from db.rows import Question, ReplyState


async def pending_answer(connection: AsyncConnection, case_id: int) -> Question | None:
    """The expert's answer that the customer has not had yet."""
    answer = await questions.last_answer(connection, case_id)
    if answer is None:
        return None
    reply = await replies.foremost(connection, case_id)
    had_it = (
        reply is not None
        and answer.ended_at is not None
        and reply.state in (ReplyState.QUEUED, ReplyState.SENT, ReplyState.UNKNOWN)
        and reply.queued_at >= answer.ended_at
    )
    return None if had_it else answer
