"""Date fields for reminders: proposed days, the input, and its check."""

from datetime import datetime, time, timedelta

from handlers.slack.context import Context, Invalid, Submission
from handlers.slack.views.blocks import Block, field
from triage.i18n import _
from triage.rights import Person

MORNING = time(9, 0)
FARTHEST = timedelta(days=366)


def proposed(ctx: Context, person: Person, area: str | None) -> datetime:
    """The area's next working morning, at nine where that person is."""
    morning = ctx.desk.policy.working_time_of(area).next_morning(ctx.desk.now())
    return datetime.combine(morning.astimezone(person.zone).date(), MORNING, tzinfo=person.zone)


def date_field(ctx: Context, person: Person, area: str | None, label: str, *, optional: bool) -> Block:
    """A day to be reminded on."""
    day = proposed(ctx, person, area).date().isoformat()
    hint = _("At nine in the morning. Empty: no reminder.") if optional else _("At nine in the morning.")
    picker = {"type": "datepicker", "action_id": "date", "initial_date": day}
    return field(label, "date", picker, hint=hint, optional=optional)


def date_of(ctx: Context, submission: Submission) -> datetime | None:
    """The chosen morning; raises Invalid when it has passed or is too far away."""
    if not submission.inputs.get("date"):
        return None
    day = datetime.strptime(submission.text("date"), "%Y-%m-%d").date()  # noqa: DTZ007 - its zone comes below
    return in_reach(ctx, datetime.combine(day, MORNING, tzinfo=submission.person.zone))


def in_reach(ctx: Context, at: datetime) -> datetime:
    """A moment that somebody can be reminded at."""
    now = ctx.desk.now()
    if at <= now:
        raise Invalid("date", _("This moment has passed. Choose one in the future."))
    if at > now + FARTHEST:
        raise Invalid("date", _("That is more than a year away. Choose an earlier day."))
    return at
