"""Drawing again what is in Slack, because another version of Mentiondesk drew it."""

from db import cases, messages
from db.queue.subjects import ApprovalBy, AskOf, CardOf, FollowUpOf
from handlers.desk.work import Work, use_case

# The rest is said once, or redrawn by itself.
KEPT = CardOf | AskOf | ApprovalBy | FollowUpOf


@use_case
async def redraw(work: Work, channel: str, ts: str) -> bool:
    """Ask for what is at this place to be drawn as it is now; False when that is nothing of ours that can be."""
    subject = await messages.subject_at(work.connection, channel, ts)
    place = await messages.place_of(work.connection, subject) if subject else None
    if not isinstance(subject, KEPT) or place is None:
        return False
    await messages.forget_drawing(work.connection, subject)
    if place.person is not None:
        await work.draw_dm(subject, place.person, place.case_id)
    elif place.case_id is not None:
        await work.draw_card(await cases.load(work.connection, place.case_id))
    return True
