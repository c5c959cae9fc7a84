"""Days to be reminded on: proposed, asked for, and checked."""

from datetime import datetime, time, timedelta

from handlers.slack.blocks import Block, field
from handlers.slack.room import Invalid, Room, Submission
from triage.people import Person
from triage.words import _

MORNING = time(9, 0)
FARTHEST = timedelta(days=366)


def proposed(room: Room, person: Person, area: str | None) -> datetime:
    """The area's next working morning, at nine where that person is."""
    morning = room.desk.policy.working_time_of(area).next_morning(room.desk.now())
    return datetime.combine(morning.astimezone(person.zone).date(), MORNING, tzinfo=person.zone)


def date_field(room: Room, person: Person, area: str | None, label: str, *, optional: bool) -> Block:
    """A day to be reminded on."""
    day = proposed(room, person, area).date().isoformat()
    hint = _("At nine in the morning. Empty: no reminder.") if optional else _("At nine in the morning.")
    picker = {"type": "datepicker", "action_id": "date", "initial_date": day}
    return field(label, "date", picker, hint=hint, optional=optional)


def date_of(room: Room, submission: Submission) -> datetime | None:
    """The chosen morning; raises Invalid when it has passed or is too far away."""
    if not submission.inputs.get("date"):
        return None
    day = datetime.strptime(submission.text("date"), "%Y-%m-%d").date()  # noqa: DTZ007 - its zone comes below
    return in_reach(room, datetime.combine(day, MORNING, tzinfo=submission.person.zone))


def in_reach(room: Room, at: datetime) -> datetime:
    """A moment that somebody can be reminded at."""
    now = room.desk.now()
    if at <= now:
        raise Invalid("date", _("This moment has passed. Choose one in the future."))
    if at > now + FARTHEST:
        raise Invalid("date", _("That is more than a year away. Choose an earlier day."))
    return at
