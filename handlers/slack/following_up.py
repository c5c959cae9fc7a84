"""Follow up on a date; the reminder's Done and Not yet."""

import json
from datetime import datetime, time

from handlers.desk import following_up
from handlers.slack.blocks import field, modal, text_input
from handlers.slack.dates import MORNING, in_reach
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Room, Submission
from triage.words import _


def register(gestures: Gestures) -> None:
    gestures.click("follow_up", on_follow_up)
    gestures.click("not_yet", on_not_yet)
    gestures.submit("follow_up", on_follow_up_submitted, field_of_errors="date")
    gestures.click("done", on_done)


async def on_follow_up(room: Room, click: Click) -> None:
    await _open(room, click, again=False)


async def on_not_yet(room: Room, click: Click) -> None:
    async with room.desk.database.read() as connection:
        await following_up.reminded(connection, click.case_id)
    await _open(room, click, again=True)


async def _open(room: Room, click: Click, *, again: bool) -> None:
    case = await room.case_for(click, "follow_up")
    morning = room.desk.policy.working_time_of(case.area).next_morning(room.desk.now())
    tomorrow = morning.astimezone(click.person.zone)
    blocks = [
        field(
            _("Which day?"),
            "date",
            {"type": "datepicker", "action_id": "date", "initial_date": tomorrow.date().isoformat()},
        ),
        field(
            _("At what time?"),
            "time",
            {"type": "timepicker", "action_id": "time", "initial_time": f"{tomorrow:%H:%M}"},
            hint=_("In your time zone, {zone}.").format(zone=click.person.timezone),
        ),
        field(
            _("What was promised?"),
            "note",
            text_input("note", longest=1000, placeholder=_("We call back when the refund has arrived")),
            optional=True,
        ),
    ]
    metadata = json.dumps({"case": case.id, "again": again})
    await room.open(
        click, modal("follow_up", _("Follow up"), blocks, metadata=metadata, submit=_("Remind me"))
    )


async def on_follow_up_submitted(room: Room, submission: Submission) -> None:
    due_at = in_reach(room, _moment(submission))
    keep = following_up.not_yet if submission.metadata.get("again") else following_up.follow_up
    await keep(room.desk, submission.case_id, submission.person, due_at, submission.text("note").strip())


def _moment(submission: Submission) -> datetime:
    """The chosen day and time in the person's zone; in the hour that a clock change skips, the hour after."""
    day = datetime.strptime(submission.text("date"), "%Y-%m-%d").date()  # noqa: DTZ007 - its zone comes below
    at = time.fromisoformat(submission.text("time")) if submission.text("time") else MORNING
    return datetime.combine(day, at, tzinfo=submission.person.zone)


async def on_done(room: Room, click: Click) -> None:
    await following_up.done(room.desk, click.case_id, click.person)
