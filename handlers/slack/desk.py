"""All gestures, registered."""

import re
from logging import Logger
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from handlers.slack import (
    approving,
    board,
    by_hand,
    claiming,
    closing,
    commands,
    correcting,
    deleting,
    details,
    drafting,
    escalating,
    following_up,
    home,
    hours,
    leaving,
    looking,
    noting,
    picking,
    replying,
    saving,
    ticketing,
)
from handlers.slack.gestures import Gestures, NotTaken, Tasks
from handlers.slack.room import Room

ABILITIES = (
    claiming,
    escalating,
    replying,
    approving,
    picking,
    saving,
    drafting,
    by_hand,
    closing,
    following_up,
    ticketing,
    noting,
    correcting,
    deleting,
    details,
    looking,
    home,
    hours,
    leaving,
    commands,
    board,
)


def register(app: AsyncApp, room: Room, tasks: Tasks) -> Gestures:
    """Register every ability, then a catch-all: what has no listener is acked and never redelivered."""
    gestures = Gestures(app, room, tasks)
    for ability in ABILITIES:
        ability.register(gestures)
    gestures.more()
    anything = re.compile(".*")
    app.action(anything)(_ack_only)
    app.event(anything)(_ack_only)
    app.view(anything)(_ack_only)
    app.error(_answer)
    return gestures


async def _answer(error: Exception, logger: Logger) -> BoltResponse:
    """What Slack hears when a listener raises: not taken."""
    if not isinstance(error, NotTaken):
        logger.error("listener_failed", exc_info=error)
    return BoltResponse(status=503)


async def _ack_only(ack: Any) -> None:
    await ack()
