"""What people write and react in Slack: a thread message is a note, 👀 claims, ✅ resolves."""

from typing import Any

from db import deliveries, reading
from handlers.desk import claiming, closing, noting
from handlers.ports import DoorProblem
from handlers.slack.gestures import Gestures, Room
from triage.case import Case, DeskError, Outcome
from triage.people import Person

# Anything else (joins, edits, deletions, bots) is not somebody's remark.
REMARKS = {None, "file_share", "thread_broadcast"}
LOOKS, DONE = "eyes", "white_check_mark"


def register(gestures: Gestures) -> None:
    gestures.event("message", on_message)
    gestures.event("reaction_added", on_reaction)
    gestures.event("member_joined_channel", on_membership)
    gestures.event("member_left_channel", on_membership)


async def on_message(room: Room, body: dict[str, Any]) -> None:
    event = body["event"]
    is_remark = event.get("subtype") in REMARKS and not event.get("bot_id") and event.get("user")
    in_thread = event.get("thread_ts") and event["thread_ts"] != event.get("ts")
    if not is_remark or not in_thread:
        return
    await noting.note(
        room.desk,
        body["event_id"],
        event["channel"],
        event["thread_ts"],
        event["user"],
        event.get("text") or "(file)",
        event["ts"],
    )


async def on_reaction(room: Room, body: dict[str, Any]) -> None:
    event = body["event"]
    item = event.get("item", {})
    if event.get("reaction") not in (LOOKS, DONE) or item.get("type") != "message":
        return
    case_id = await _case_at(room, body["event_id"], item["channel"], item["ts"])
    if case_id is None:
        return
    person = await room.person(event["user"])
    try:
        await _react(room, event["reaction"], case_id, person)
    except (DeskError, DoorProblem) as refusal:
        await room.tell_person(person.slack, str(refusal))


async def _case_at(room: Room, event_id: str, channel: str, ts: str) -> int | None:
    """The case whose card stands there; None for other messages and for an event seen before."""
    async with room.desk.database.write() as connection:
        subject = await deliveries.subject_at(connection, channel, ts)
        if subject is None or not subject.startswith("card:"):
            return None
        if not await reading.first_time(connection, f"event:{event_id}", room.desk.now()):
            return None
    return int(subject.split(":")[1])


async def _react(room: Room, reaction: str, case_id: int, person: Person) -> Case:
    if reaction == LOOKS:
        return await claiming.claim(room.desk, case_id, person)
    return await closing.resolve_open(room.desk, case_id, person, Outcome.ANSWERED)


async def on_membership(room: Room, body: dict[str, Any]) -> None:
    room.directory.membership_changed()
