"""Resolve, dismiss, reopen."""

import json
from collections.abc import Sequence

from db import promises
from handlers.desk import closing
from handlers.slack.blocks import Block, context, field, modal, moment, option, radios
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Room, Submission
from triage.case import DISMISSALS, RESOLUTIONS, Outcome
from triage.words import _


def register(gestures: Gestures) -> None:
    gestures.click("resolve", on_resolve)
    gestures.submit("resolve", on_resolve_submitted, field_of_errors="reason")
    gestures.click("dismiss", on_dismiss)
    gestures.submit("dismiss", on_dismiss_submitted, field_of_errors="reason")
    gestures.click("reopen", on_reopen)


async def on_resolve(room: Room, click: Click) -> None:
    case = await room.case_for(click, "resolve")
    async with room.desk.database.read() as connection:
        promised = await promises.open_follow_ups(connection, case.id)
    warning = [
        context(
            _("⚠️ A follow-up is promised for {when}. Resolving drops it.").format(when=moment(row.due_at))
        )
        for row in promised[:1]
    ]
    likely = Outcome.ANSWERED if case.first_reply_at else Outcome.NO_REPLY_NEEDED
    chosen = case.outcome if case.outcome in RESOLUTIONS else likely
    await _open(room, click, "resolve", _("Resolve"), RESOLUTIONS, chosen, warning)


async def on_dismiss(room: Room, click: Click) -> None:
    await room.case_for(click, "dismiss")
    await _open(room, click, "dismiss", _("Dismiss"), DISMISSALS, Outcome.SPAM, [])


async def _open(
    room: Room,
    click: Click,
    callback_id: str,
    title: str,
    outcomes: Sequence[Outcome],
    chosen: Outcome,
    above: list[Block],
) -> None:
    options = [option(outcome.in_words().capitalize(), outcome.value) for outcome in outcomes]
    reason = field(_("How did it end?"), "reason", radios("reason", options, chosen.value))
    view = modal(
        callback_id, title, [*above, reason], metadata=json.dumps({"case": click.case_id}), submit=title
    )
    await room.open(click, view)


async def on_resolve_submitted(room: Room, submission: Submission) -> None:
    outcome = Outcome(submission.text("reason"))
    await closing.resolve(room.desk, submission.case_id, submission.person, outcome)


async def on_dismiss_submitted(room: Room, submission: Submission) -> None:
    outcome = Outcome(submission.text("reason"))
    await closing.dismiss(room.desk, submission.case_id, submission.person, outcome)


async def on_reopen(room: Room, click: Click) -> None:
    await closing.reopen(room.desk, click.case_id, click.person)
