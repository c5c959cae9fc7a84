"""Follow up on a date; the reminder's Done and Not yet."""

import json
from datetime import datetime, time

from handlers.desk.follow_ups import remind
from handlers.slack.context import Click, Context, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import field, modal, option, select, text_input
from handlers.slack.views.date_field import MORNING, in_reach
from triage.i18n import _, day_in_words
from triage.rights import Person
from triage.time.dates import moment


def register(gestures: Gestures) -> None:
    gestures.click("follow_up", on_follow_up)
    gestures.click("not_yet", on_not_yet)
    gestures.submit("follow_up", on_follow_up_submitted, field_of_errors="date")
    gestures.click("done", on_done)


async def on_follow_up(ctx: Context, click: Click) -> None:
    await _open(ctx, click, again=False)


async def on_not_yet(ctx: Context, click: Click) -> None:
    await remind.require_reminder(ctx.desk, click.case_id)
    await _open(ctx, click, again=True)


async def _open(ctx: Context, click: Click, *, again: bool) -> None:
    case = await ctx.case_for(click, "follow_up")
    choices = _choices(ctx, click.person, case.area)
    options = [option(label, at.isoformat()) for at, label in choices.items()]
    blocks = [
        field(_("When?"), "when", select("when", options, chosen=options[0]["value"])),
        field(
            _("Or on this day"),
            "date",
            {"type": "datepicker", "action_id": "date"},
            hint=_("A day chosen here goes before the choice above."),
            optional=True,
        ),
        field(
            _("At what time?"),
            "time",
            {"type": "timepicker", "action_id": "time", "initial_time": f"{next(iter(choices)):%H:%M}"},
            hint=_("Of that day, in your time zone, {zone}.").format(zone=click.person.timezone),
            optional=True,
        ),
        field(
            _("What was promised?"),
            "note",
            text_input("note", longest=1000, placeholder=_("We call back when the refund has arrived")),
            optional=True,
        ),
    ]
    metadata = json.dumps({"case": case.id, "again": again})
    await ctx.open(
        click, modal("follow_up", _("Follow up"), blocks, metadata=metadata, submit=_("Remind me"))
    )


def _choices(ctx: Context, person: Person, area: str | None) -> dict[datetime, str]:
    """The moments most often meant, in the person's zone; the first is proposed."""
    now = ctx.desk.now().astimezone(person.zone)
    morning = ctx.desk.policy.working_time_of(area).next_morning(now).astimezone(person.zone)
    said = {
        morning: _("Next working morning, {day}"),
        moment("tomorrow", now): _("Tomorrow, {day}"),
        moment("3 days", now): _("In three days, {day}"),
        moment("monday", now): _("Monday, {day}"),
        moment("1 week", now): _("In a week, {day}"),
    }
    said |= {morning: _("Next working morning, {day}")}
    return {at: label.format(day=day_in_words(at)) for at, label in said.items()}


async def on_follow_up_submitted(ctx: Context, submission: Submission) -> None:
    due_at = in_reach(ctx, _moment(submission))
    keep = remind.not_yet if submission.metadata.get("again") else remind.follow_up
    await keep(ctx.desk, submission.case_id, submission.person, due_at, submission.text("note").strip())


def _moment(submission: Submission) -> datetime:
    """The chosen moment, or day and time in the person's zone; in the hour that a clock change skips, the hour after."""
    if not submission.inputs.get("date"):
        return submission.chosen("when", datetime.fromisoformat)
    day = datetime.strptime(submission.text("date"), "%Y-%m-%d").date()  # noqa: DTZ007 - its zone comes below
    at = time.fromisoformat(submission.text("time")) if submission.text("time") else MORNING
    return datetime.combine(day, at, tzinfo=submission.person.zone)


async def on_done(ctx: Context, click: Click) -> None:
    await remind.done(ctx.desk, click.case_id, click.person)
