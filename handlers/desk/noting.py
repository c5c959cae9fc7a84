"""Internal remarks: a message in a card's thread joins the case's history and never leaves."""

from db import cases, deliveries, reading
from handlers.desk.work import Work, use_case

LONGEST = 3000


@use_case
async def note(work: Work, event_id: str, channel: str, thread: str, person: str, text: str, ts: str) -> bool:
    """Keep a thread message as a note; a Slack event delivered again is one note. False: not a card's thread."""
    subject = await deliveries.subject_at(work.connection, channel, thread)
    if subject is None or not subject.startswith("card:"):
        return False
    if not await reading.first_time(work.connection, f"event:{event_id}", work.now):
        return False
    case = await cases.load(work.connection, int(subject.split(":")[1]))
    await cases.record(
        work.connection, case.id, "note", at=work.now, who=person, detail={"text": text[:LONGEST], "ts": ts}
    )
    return True
