"""Moved to the help desk: the button in Details, the modal that asks for the reference, submit."""

import json

from handlers.desk import ticketing
from handlers.slack.blocks import context, field, modal, text_input
from handlers.slack.dates import date_field, date_of
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Invalid, Next, Room, Submission
from triage.case import Move
from triage.words import _

LONGEST = 200


def register(gestures: Gestures) -> None:
    gestures.click("ticket", on_ticket)
    gestures.submit("ticket", on_ticket_submitted, field_of_errors="ticket")


async def on_ticket(room: Room, click: Click) -> None:
    case = await room.case_for(click, "ticket")
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
        date_field(room, click.person, case.area, _("Remind me to look how far it is"), optional=False),
    ]
    metadata = json.dumps({"case": case.id})
    await room.open(
        click, modal("ticket", _("At the help desk"), blocks, metadata=metadata, submit=_("Keep it"))
    )


async def on_ticket_submitted(room: Room, submission: Submission) -> Next:
    ticket = submission.text("ticket").strip()
    if not ticket:
        raise Invalid("ticket", _("Write the help desk's number, or paste its link."))
    look_at = date_of(room, submission)
    if look_at is None:
        raise Invalid("date", _("Choose a day."))
    await ticketing.keep_ticket(room.desk, submission.case_id, submission.person, ticket, look_at)
    return Next()
