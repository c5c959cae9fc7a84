"""Claim, release, transfer: buttons and the transfer modal."""

import json

from handlers.desk import claiming
from handlers.slack.blocks import field, modal, text_input
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Invalid, Room, Submission
from triage.people import Role
from triage.words import _


def register(gestures: Gestures) -> None:
    gestures.click("claim", on_claim)
    gestures.click("take_over", on_take_over)
    gestures.click("release", on_release)
    gestures.click("transfer", on_transfer)
    gestures.submit("transfer", on_transfer_submitted, field_of_errors="person")


async def on_claim(room: Room, click: Click) -> None:
    await claiming.claim(room.desk, click.case_id, click.person)
    if click.in_a_list:
        await room.tell(click, _("The case is yours."))


async def on_take_over(room: Room, click: Click) -> None:
    await claiming.take_over(room.desk, click.case_id, click.person)
    await room.tell(click, _("The case is yours."))


async def on_release(room: Room, click: Click) -> None:
    await claiming.release(room.desk, click.case_id, click.person)


async def on_transfer(room: Room, click: Click) -> None:
    case = await room.case_for(click, "transfer")
    blocks = [
        field(_("Who takes it over?"), "person", {"type": "users_select", "action_id": "person"}),
        field(
            _("A word for them"),
            "note",
            text_input("note", longest=500),
            hint=_("They get it by direct message, with the case."),
            optional=True,
        ),
    ]
    metadata = json.dumps({"case": case.id})
    await room.open(
        click, modal("transfer", _("Give it to a colleague"), blocks, metadata=metadata, submit=_("Give"))
    )


async def on_transfer_submitted(room: Room, submission: Submission) -> None:
    chosen = await room.person(submission.text("person"))
    if chosen.role is Role.VIEWER:
        raise Invalid(
            "person", _("{name} does not work on this desk. Choose somebody else.").format(name=chosen.name)
        )
    await claiming.transfer(room.desk, submission.case_id, submission.person, chosen, submission.text("note"))
