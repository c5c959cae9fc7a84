"""Moved to the help desk: the button in Details, the modal that asks for the reference, submit."""

import json

from handlers.desk.follow_ups import ticket as ticketing
from handlers.slack.context import Click, Context, Invalid, Next, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import context, field, modal, text_input
from handlers.slack.views.date_field import date_field, date_of
from triage.cases.case import Move
from triage.i18n import _

LONGEST = 200


def register(gestures: Gestures) -> None:
    gestures.click("ticket", on_ticket)
    gestures.submit("ticket", on_ticket_submitted, field_of_errors="ticket")


async def on_ticket(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "ticket")
    case.after(Move.FOLLOW_UP)
    blocks = [
        context(
            _("The case stays here and waits; the customer hears nothing from this. Tell them in a reply.")
        ),
        field(
            _("The help desk's reference"),
            "ticket",
            text_input("ticket", initial=case.ticket or "", longest=LONGEST, multiline=False),
            hint=_("A number or a link. Colleagues see it on the card."),
        ),
        date_field(ctx, click.person, case.area, _("Remind me to look how far it is"), optional=False),
    ]
    metadata = json.dumps({"case": case.id})
    await ctx.open(
        click, modal("ticket", _("At the help desk"), blocks, metadata=metadata, submit=_("Keep it"))
    )


async def on_ticket_submitted(ctx: Context, submission: Submission) -> Next:
    ticket = submission.text("ticket").strip()
    if not ticket:
        raise Invalid("ticket", _("Write the help desk's number, or paste its link."))
    look_at = date_of(ctx, submission)
    if look_at is None:
        raise Invalid("date", _("Choose a day."))
    await ticketing.keep_ticket(ctx.desk, submission.case_id, submission.person, ticket, look_at)
    return Next()
