"""Claim, release, transfer: buttons and the transfer modal."""

import json

from handlers.desk.cases import claim
from handlers.slack.context import Click, Context, Invalid, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import field, modal, text_input
from triage.i18n import _
from triage.rights import Role


def register(gestures: Gestures) -> None:
    gestures.click("claim", on_claim)
    gestures.click("take_over", on_take_over)
    gestures.click("release", on_release)
    gestures.click("transfer", on_transfer)
    gestures.submit("transfer", on_transfer_submitted, field_of_errors="person")


async def on_claim(ctx: Context, click: Click) -> None:
    await claim.claim(ctx.desk, click.case_id, click.person)
    if click.in_a_list:
        await ctx.tell(click, _("The case is yours."))


async def on_take_over(ctx: Context, click: Click) -> None:
    await claim.take_over(ctx.desk, click.case_id, click.person)
    await ctx.tell(click, _("The case is yours."))


async def on_release(ctx: Context, click: Click) -> None:
    await claim.release(ctx.desk, click.case_id, click.person)


async def on_transfer(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "transfer")
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
    await ctx.open(
        click, modal("transfer", _("Give it to a colleague"), blocks, metadata=metadata, submit=_("Give"))
    )


async def on_transfer_submitted(ctx: Context, submission: Submission) -> None:
    chosen = await ctx.person(submission.text("person"))
    if chosen.role is Role.VIEWER:
        raise Invalid(
            "person", _("{name} does not work on this desk. Choose somebody else.").format(name=chosen.name)
        )
    await claim.transfer(ctx.desk, submission.case_id, submission.person, chosen, submission.text("note"))
