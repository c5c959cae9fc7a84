"""Delete a public reply: the menu's option, the modal that asks why, submit."""

import json

from handlers.desk.reading import case as reading
from handlers.desk.replies import delete
from handlers.slack.context import Click, Context, Invalid, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import context, field, modal, text_input, words
from triage.i18n import _


def register(gestures: Gestures) -> None:
    gestures.click("delete_reply", on_delete_reply)
    gestures.submit("delete_reply", on_delete_reply_submitted, field_of_errors="reason")


async def on_delete_reply(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "delete_reply")
    reply = await reading.foremost_reply(ctx.desk, case.id)
    if reply is None or not delete.deletable(reply):
        raise delete.NothingToDelete
    delete.require_right(click.person, reply)
    blocks = [
        context(
            _("Deleted from @{account} for everybody. Who has read it has read it.").format(
                account=reply.account
            )
        ),
        *map(words, reply.parts),
        field(
            _("Why?"),
            "reason",
            text_input("reason", longest=300, multiline=False),
            hint=_("Stays in the case's history. The text comes back as a draft."),
        ),
    ]
    metadata = json.dumps({"case": case.id, "reply": reply.id})
    await ctx.open(
        click, modal("delete_reply", _("Delete this reply"), blocks, metadata=metadata, submit=_("Delete"))
    )


async def on_delete_reply_submitted(ctx: Context, submission: Submission) -> None:
    reason = submission.text("reason").strip()
    if not reason:
        raise Invalid("reason", _("Say in a few words what was wrong with it."))
    await delete.delete_reply(
        ctx.desk, submission.case_id, submission.person, submission.metadata.number("reply"), reason
    )
