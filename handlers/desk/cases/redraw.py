"""Drawing again what is in Slack, because another version of Mentiondesk drew it."""

from db import cases, messages
from handlers.desk.work import Work, use_case

# Said once and not redrawn, or redrawn by themselves.
KEPT = ("card", "ask", "approval", "follow_up")


@use_case
async def redraw(work: Work, channel: str, ts: str) -> bool:
    """Ask for what is at this place to be drawn as it is now; False when that is nothing of ours that can be."""
    subject = await messages.subject_at(work.connection, channel, ts)
    place = subject and await messages.place_of(work.connection, subject)
    if not subject or not place or subject.split(":")[0] not in KEPT:
        return False
    await messages.forget_drawing(work.connection, subject)
    if place.person is not None:
        await work.draw_dm(subject, place.person, place.case_id)
    else:
        await work.draw_card(await cases.load(work.connection, place.case_id))
    return True
