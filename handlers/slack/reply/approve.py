"""Approve, edit and approve, send back, withdraw: from the direct message to the public reply."""

import json
from dataclasses import replace

from db import cases
from db.rows import Approval
from handlers.desk.replies import approve
from handlers.desk.replies.submit import Answer
from handlers.slack.context import Click, Context, Invalid, Next, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.reply.preview import Shown, preview
from handlers.slack.reply.write import shown_to
from handlers.slack.views.blocks import Block, context, field, modal, text_input, words
from triage.i18n import _
from triage.rights import NotAllowed, Person, Role

LONGEST = 3000


def register(gestures: Gestures) -> None:
    gestures.click("approve", on_approve)
    gestures.click("edit_approve", on_edit_approve)
    gestures.submit("approve", on_edited, field_of_errors="text")
    gestures.submit("approve_edited", on_approve_edited, field_of_errors=None)
    gestures.click("send_back", on_send_back)
    gestures.submit("send_back", on_send_back_submitted, field_of_errors="reason")
    gestures.click("withdraw", on_withdraw)


async def on_approve(ctx: Context, click: Click) -> None:
    number, seen = _which(click)
    row = await _waiting(ctx, click.case_id, number, click.person)
    news = await approve.approve(ctx.desk, row.case_id, row.id, click.person, seen or row.seen)
    if news:
        await ctx.tell(click, _("{news} Press Approve again to send it all the same.").format(news=news))


def _which(click: Click) -> tuple[int, str]:
    """The reply that the clicked message shows, and the case as it shows it."""
    number, _space, seen = click.choice.partition(" ")
    if not number.isdigit():
        raise approve.Decided
    return int(number), seen


async def _waiting(ctx: Context, case_id: int, approval_id: int, person: Person) -> Approval:
    """The reply that `person` is to read: a lead, one who is named in desk.toml still, or all once all were asked."""
    async with ctx.desk.database.read() as connection:
        row = await approve.waiting_for(connection, case_id, approval_id, person)
        area = (await cases.load(connection, row.case_id)).area
    if person.role is not Role.LEAD and person.slack not in await ctx.directory.approvers(
        area, row.who, row.step
    ):
        raise NotAllowed(_("You can't approve replies any more. A lead can."))
    return row


async def on_edit_approve(ctx: Context, click: Click) -> None:
    row = await _waiting(ctx, click.case_id, _which(click)[0], click.person)
    async with ctx.desk.database.read() as connection:
        begun = await approve.edit_of(connection, row, click.person)
    text = text_input("text", initial=begun, longest=LONGEST)
    blocks = [
        context(_("<@{who}> wrote it, and it goes out with their signature.").format(who=row.who)),
        field(_("The reply"), "text", text, tells=True),
    ]
    await ctx.open(
        click,
        modal(
            "approve",
            _("Edit and approve"),
            blocks,
            metadata=json.dumps(approve.written_by(row) | {"seen": _which(click)[1] or row.seen}),
            submit=_("Preview"),
        ),
    )


async def on_edited(ctx: Context, submission: Submission) -> Next:
    """Shown as it will stand; kept as the approver's draft until then."""
    text = submission.text("text").strip()
    row, shown = await _as_edited(ctx, submission, text)
    await approve.keep_edit(ctx.desk, row.case_id, row.id, submission.person, text)
    return Next(_preview(ctx, row, shown, submission.metadata["seen"]), "push")


async def _as_edited(ctx: Context, submission: Submission, text: str) -> tuple[Approval, Shown]:
    """The reply that waits, and how it stands once edited: its writer's, with their signature."""
    row = await _waiting(ctx, submission.case_id, int(submission.metadata["approval"]), submission.person)
    metadata = {"case": row.case_id, "seen": row.seen}
    shown, _news = await shown_to(ctx, await ctx.person(row.who), metadata, text, row.remind_at)
    return row, replace(shown, why=(), promised=None)


def _preview(ctx: Context, row: Approval, shown: Shown, seen: str, warning: str = "") -> Block:
    view = preview(ctx, shown, warning)
    return view | {
        "callback_id": "approve_edited",
        "private_metadata": json.dumps(approve.written_by(row) | {"digest": shown.digest, "seen": seen}),
    }


async def on_approve_edited(ctx: Context, submission: Submission) -> Next:
    seen, number = submission.metadata["seen"], int(submission.metadata["approval"])
    row = await _waiting(ctx, submission.case_id, number, submission.person)
    async with ctx.desk.database.read() as connection:
        text = await approve.edit_of(connection, row, submission.person)
    row, shown = await _as_edited(ctx, submission, text)
    if shown.digest != submission.metadata["digest"]:
        warning = _("Your text changed in another window. This is how it reads now.")
        return Next(_preview(ctx, row, shown, seen, warning), "update")
    edited = Answer(shown.parts, text, shown.despite(submission.text("reason")), row.remind_at)
    news = await approve.approve(ctx.desk, row.case_id, row.id, submission.person, seen, edited)
    if news:
        warning = _("{news} Press Send to send it all the same.").format(news=news)
        return Next(_preview(ctx, row, shown, shown.seen, warning), "update")
    return Next()


async def on_send_back(ctx: Context, click: Click) -> None:
    row = await _waiting(ctx, click.case_id, _which(click)[0], click.person)
    blocks = [
        *map(words, row.parts),
        field(
            _("What should be different?"),
            "reason",
            text_input("reason", longest=1000),
            hint=_("Its writer reads this, and finds the text as a draft."),
        ),
    ]
    metadata = json.dumps(approve.written_by(row))
    await ctx.open(
        click, modal("send_back", _("Send back"), blocks, metadata=metadata, submit=_("Send back"))
    )


async def on_send_back_submitted(ctx: Context, submission: Submission) -> None:
    reason = submission.text("reason").strip()
    if not reason:
        raise Invalid("reason", _("Say in a few words what should be different."))
    number = int(submission.metadata["approval"])
    row = await _waiting(ctx, submission.case_id, number, submission.person)
    await approve.send_back(ctx.desk, row.case_id, row.id, submission.person, reason)


async def on_withdraw(ctx: Context, click: Click) -> None:
    await approve.withdraw(ctx.desk, click.case_id, click.person)
