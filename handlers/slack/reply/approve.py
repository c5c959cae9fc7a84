"""Approve, edit and approve, send back, withdraw: from the direct message to the public reply."""

import json

from db.rows import Approval
from handlers.desk.replies import approve
from handlers.desk.replies.submit import Changed, Difference, Refused, Shown
from handlers.ports import Payload
from handlers.slack.context import NUMBER, Click, Context, Invalid, Next, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.reply.preview import Kept, preview
from handlers.slack.reply.write import beside_its_field, in_words
from handlers.slack.views.blocks import Block, context, field, modal, text_input, words
from triage.i18n import _
from triage.people import People
from triage.replies.compose import LONGEST
from triage.replies.verdict import Verdict
from triage.rights import Person


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
    people = await _people(ctx, click.person)
    outcome = await approve.approve(ctx.desk, click.case_id, number, click.person, people, seen)
    match outcome:
        case Refused():
            raise outcome.why
        case Changed():
            again = _("{news} Press Approve again to send it all the same.")
            await ctx.tell(click, again.format(news=outcome.verdict.news))


def _which(click: Click) -> tuple[int, str]:
    """The reply that the clicked message shows, and the case as it shows it."""
    number, _space, seen = click.choice.partition(" ")
    if not NUMBER.fullmatch(number):
        raise approve.Decided
    return int(number), seen


async def _people(ctx: Context, person: Person) -> People:
    """Look up the people who may read replies, `person` among them."""
    return await ctx.directory.readers("", 0, person.slack)


async def _waiting(ctx: Context, case_id: int, approval_id: int, person: Person) -> Approval:
    """The reply that `person` is to read."""
    people = await _people(ctx, person)
    return await approve.reply_to_read(ctx.desk, case_id, approval_id, person, people)


async def on_edit_approve(ctx: Context, click: Click) -> None:
    number, seen = _which(click)
    row = await _waiting(ctx, click.case_id, number, click.person)
    begun = await approve.edit_begun(ctx.desk, row, click.person)
    text = text_input("text", initial=begun, longest=LONGEST)
    blocks = [
        context(_("<@{who}> wrote it, and it goes out with their signature.").format(who=row.who)),
        field(_("The reply"), "text", text, tells=True),
    ]
    metadata = json.dumps(_carried(row) | {"seen": seen or row.seen})
    await ctx.open(
        click, modal("approve", _("Edit and approve"), blocks, metadata=metadata, submit=_("Preview"))
    )


def _carried(row: Approval) -> Payload:
    """Write down what the modals of an approval carry along."""
    return {"case": row.case_id, "approval": row.id, "writer": row.who, "seen": row.seen}


async def on_edited(ctx: Context, submission: Submission) -> Next:
    """Kept as the approver's draft, unless it must not be, and shown as it will be."""
    person, metadata = submission.person, submission.metadata
    verdict = await approve.preview_edit(
        ctx.desk,
        submission.case_id,
        metadata.number("approval"),
        person,
        await _people(ctx, person),
        await _writer(ctx, submission),
        submission.text("text").strip(),
    )
    if verdict.refusal is not None:
        raise verdict.refusal
    return Next(_preview(ctx, metadata, verdict, metadata["seen"]), "push")


async def _writer(ctx: Context, submission: Submission) -> Person:
    """Look up the writer of a reply: it goes out with their signature."""
    writer = submission.metadata.get("writer")
    if writer is None:  # a window opened before the program was replaced by this version
        number = submission.metadata.number("approval")
        writer = (await _waiting(ctx, submission.case_id, number, submission.person)).who
    return await ctx.person(writer)


def _preview(ctx: Context, metadata: Payload, verdict: Verdict, seen: str, warning: str = "") -> Block:
    carried = {name: metadata[name] for name in ("case", "approval", "writer") if name in metadata}
    shown = {"digest": verdict.digest, "seen": seen}
    return preview(ctx, verdict, Kept(), warning) | {
        "callback_id": "approve_edited",
        "private_metadata": json.dumps(carried | shown),
    }


async def on_approve_edited(ctx: Context, submission: Submission) -> Next:
    person, metadata = submission.person, submission.metadata
    edit = approve.Edit(await _writer(ctx, submission), Shown(metadata["digest"]), submission.text("reason"))
    number, people = metadata.number("approval"), await _people(ctx, person)
    seen = metadata["seen"]
    outcome = await approve.approve(ctx.desk, submission.case_id, number, person, people, seen, edit)
    match outcome:
        case Refused():
            raise beside_its_field(outcome.why)
        case Changed(verdict, Difference.TEXT):
            return Next(_preview(ctx, metadata, verdict, seen, in_words(outcome)), "update")
        case Changed(verdict):
            warning = _("{news} Press Send to send it all the same.").format(news=verdict.news)
            return Next(_preview(ctx, metadata, verdict, str(verdict.seen), warning), "update")
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
    metadata = json.dumps(_carried(row))
    await ctx.open(
        click, modal("send_back", _("Send back"), blocks, metadata=metadata, submit=_("Send back"))
    )


async def on_send_back_submitted(ctx: Context, submission: Submission) -> None:
    reason = submission.text("reason").strip()
    if not reason:
        raise Invalid("reason", _("Say in a few words what should be different."))
    number, person = submission.metadata.number("approval"), submission.person
    people = await _people(ctx, person)
    await approve.send_back(ctx.desk, submission.case_id, number, person, people, reason)


async def on_withdraw(ctx: Context, click: Click) -> None:
    await approve.withdraw(ctx.desk, click.case_id, click.person)
