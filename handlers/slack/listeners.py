"""All gestures, registered."""

import re
from logging import Logger

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from handlers.slack.case import (
    board,
    claim,
    close,
    correct,
    details,
    escalate,
    follow_up,
    note,
    reveal,
    ticket,
)
from handlers.slack.context import Context
from handlers.slack.gestures import Ack, Gestures, NotTaken, Tasks
from handlers.slack.home import away, command, home, hours, refusals, saved_replies
from handlers.slack.reply import approve, by_hand, delete, drafts, pick_saved, write

ABILITIES = (
    claim,
    escalate,
    write,
    approve,
    pick_saved,
    saved_replies,
    drafts,
    by_hand,
    close,
    follow_up,
    ticket,
    note,
    correct,
    delete,
    details,
    reveal,
    home,
    hours,
    refusals,
    away,
    command,
    board,
)


def register(app: AsyncApp, ctx: Context, tasks: Tasks) -> Gestures:
    """Register every ability, then what another version has drawn, then all else: acked, and never redelivered."""
    gestures = Gestures(app, ctx, tasks)
    for ability in ABILITIES:
        ability.register(gestures)
    gestures.more()
    for link in ("open_post", "open_in_x"):  # the latter on cards of the first releases
        gestures.link(link)
    gestures.others()
    app.event(re.compile(".*"))(_ack_only)
    app.view_closed(re.compile(".*"))(_ack_only)
    app.error(_answer)
    return gestures


async def _answer(error: Exception, logger: Logger) -> BoltResponse:
    """Answer Slack that an event was not taken when its listener raises."""
    if not isinstance(error, NotTaken):
        logger.error("listener_failed", exc_info=error)
    return BoltResponse(status=503)


async def _ack_only(ack: Ack) -> None:
    await ack()
