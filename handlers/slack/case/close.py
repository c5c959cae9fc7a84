"""Resolve, dismiss, reopen."""

import json
from collections.abc import Sequence

from handlers.desk.cases import close
from handlers.desk.reading import case as reading
from handlers.slack.context import Click, Context, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import Block, context, field, modal, moment, option, radios
from triage.cases.case import DISMISSALS, RESOLUTIONS, Outcome
from triage.i18n import _


def register(gestures: Gestures) -> None:
    gestures.click("resolve", on_resolve)
    gestures.submit("resolve", on_resolve_submitted, field_of_errors="reason")
    gestures.click("dismiss", on_dismiss)
    gestures.submit("dismiss", on_dismiss_submitted, field_of_errors="reason")
    gestures.click("reopen", on_reopen)


async def on_resolve(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "resolve")
    promised = await reading.follow_ups_of(ctx.desk, case.id)
    warning = [
        context(
            _("⚠️ A follow-up is promised for {when}. Resolving drops it.").format(when=moment(row.due_at))
        )
        for row in promised[:1]
    ]
    likely = Outcome.ANSWERED if case.first_reply_at else Outcome.NO_REPLY_NEEDED
    chosen = case.outcome if case.outcome in RESOLUTIONS else likely
    await _open(ctx, click, "resolve", _("Resolve"), RESOLUTIONS, chosen, warning)


async def on_dismiss(ctx: Context, click: Click) -> None:
    await ctx.case_for(click, "dismiss")
    await _open(ctx, click, "dismiss", _("Dismiss"), DISMISSALS, Outcome.SPAM, [])


async def _open(
    ctx: Context,
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
    await ctx.open(click, view)


async def on_resolve_submitted(ctx: Context, submission: Submission) -> None:
    outcome = submission.chosen("reason", Outcome)
    await close.resolve(ctx.desk, submission.case_id, submission.person, outcome)


async def on_dismiss_submitted(ctx: Context, submission: Submission) -> None:
    outcome = submission.chosen("reason", Outcome)
    await close.dismiss(ctx.desk, submission.case_id, submission.person, outcome)


async def on_reopen(ctx: Context, click: Click) -> None:
    await close.reopen(ctx.desk, click.case_id, click.person)
