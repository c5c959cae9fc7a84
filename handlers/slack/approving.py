"""Approve, edit and approve, send back, withdraw: from the direct message to the public reply."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import Row

from db import cases
from handlers.desk import approving
from handlers.desk.replying import Answer
from handlers.slack.blocks import Block, context, field, modal, text_input, words
from handlers.slack.gestures import Gestures
from handlers.slack.previewing import Shown, preview
from handlers.slack.replying import shown_to
from handlers.slack.room import Click, Invalid, Next, Room, Submission
from triage.people import NotAllowed, Person, Role
from triage.words import _

LONGEST = 3000


def register(gestures: Gestures) -> None:
    gestures.click("approve", on_approve)
    gestures.click("edit_approve", on_edit_approve)
    gestures.submit("approve", on_edited, field_of_errors="text")
    gestures.submit("approve_edited", on_approve_edited, field_of_errors=None)
    gestures.click("send_back", on_send_back)
    gestures.submit("send_back", on_send_back_submitted, field_of_errors="reason")
    gestures.click("withdraw", on_withdraw)


async def on_approve(room: Room, click: Click) -> None:
    number, seen = _which(click)
    row = await _waiting(room, click.case_id, number, click.person)
    news = await approving.approve(room.desk, row.case_id, row.id, click.person, seen or row.seen)
    if news:
        await room.tell(click, _("{news} Press Approve again to send it all the same.").format(news=news))


def _which(click: Click) -> tuple[int, str]:
    """The reply that the clicked message shows, and the case as it shows it."""
    number, _space, seen = click.choice.partition(" ")
    if not number.isdigit():
        raise approving.Decided
    return int(number), seen


async def _waiting(room: Room, case_id: int, approval_id: int, person: Person) -> Row[Any]:
    """The reply that `person` is to read: a lead, one who is named in desk.toml still, or all once all were asked."""
    async with room.desk.database.read() as connection:
        row = await approving.waiting_for(connection, case_id, approval_id, person)
        area = (await cases.load(connection, row.case_id)).area
    if person.role is not Role.LEAD and person.slack not in await room.directory.approvers(
        area, row.who, row.step
    ):
        raise NotAllowed(_("You can't approve replies any more. A lead can."))
    return row


async def on_edit_approve(room: Room, click: Click) -> None:
    row = await _waiting(room, click.case_id, _which(click)[0], click.person)
    async with room.desk.database.read() as connection:
        begun = await approving.edit_of(connection, row, click.person)
    text = text_input("text", initial=begun, longest=LONGEST)
    blocks = [
        context(_("<@{who}> wrote it, and it goes out with their signature.").format(who=row.who)),
        field(_("The reply"), "text", text, tells=True),
    ]
    await room.open(
        click,
        modal(
            "approve",
            _("Edit and approve"),
            blocks,
            metadata=json.dumps(approving.written_by(row) | {"seen": _which(click)[1] or row.seen}),
            submit=_("Preview"),
        ),
    )


async def on_edited(room: Room, submission: Submission) -> Next:
    """Shown as it will stand; kept as the approver's draft until then."""
    text = submission.text("text").strip()
    row, shown = await _as_edited(room, submission, text)
    await approving.keep_edit(room.desk, row.case_id, row.id, submission.person, text)
    return Next(_preview(room, row, shown, submission.metadata["seen"]), "push")


async def _as_edited(room: Room, submission: Submission, text: str) -> tuple[Row[Any], Shown]:
    """The reply that waits, and how it stands once edited: its writer's, with their signature."""
    row = await _waiting(room, submission.case_id, int(submission.metadata["approval"]), submission.person)
    metadata = {"case": row.case_id, "seen": row.seen}
    shown, _news = await shown_to(room, await room.person(row.who), metadata, text, row.remind_at)
    return row, replace(shown, why=(), promised=None)


def _preview(room: Room, row: Row[Any], shown: Shown, seen: str, warning: str = "") -> Block:
    view = preview(room, shown, warning)
    return view | {
        "callback_id": "approve_edited",
        "private_metadata": json.dumps(approving.written_by(row) | {"digest": shown.digest, "seen": seen}),
    }


async def on_approve_edited(room: Room, submission: Submission) -> Next:
    seen, number = submission.metadata["seen"], int(submission.metadata["approval"])
    row = await _waiting(room, submission.case_id, number, submission.person)
    async with room.desk.database.read() as connection:
        text = await approving.edit_of(connection, row, submission.person)
    row, shown = await _as_edited(room, submission, text)
    if shown.digest != submission.metadata["digest"]:
        warning = _("Your text changed in another window. This is how it reads now.")
        return Next(_preview(room, row, shown, seen, warning), "update")
    edited = Answer(shown.parts, text, shown.despite(submission.text("reason")), row.remind_at)
    news = await approving.approve(room.desk, row.case_id, row.id, submission.person, seen, edited)
    if news:
        warning = _("{news} Press Send to send it all the same.").format(news=news)
        return Next(_preview(room, row, shown, shown.seen, warning), "update")
    return Next()


async def on_send_back(room: Room, click: Click) -> None:
    row = await _waiting(room, click.case_id, _which(click)[0], click.person)
    blocks = [
        *map(words, row.parts),
        field(
            _("What should be different?"),
            "reason",
            text_input("reason", longest=1000),
            hint=_("Its writer reads this, and finds the text as a draft."),
        ),
    ]
    metadata = json.dumps(approving.written_by(row))
    await room.open(
        click, modal("send_back", _("Send back"), blocks, metadata=metadata, submit=_("Send back"))
    )


async def on_send_back_submitted(room: Room, submission: Submission) -> None:
    reason = submission.text("reason").strip()
    if not reason:
        raise Invalid("reason", _("Say in a few words what should be different."))
    number = int(submission.metadata["approval"])
    row = await _waiting(room, submission.case_id, number, submission.person)
    await approving.send_back(room.desk, row.case_id, row.id, submission.person, reason)


async def on_withdraw(room: Room, click: Click) -> None:
    await approving.withdraw(room.desk, click.case_id, click.person)
