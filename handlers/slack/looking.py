"""Show: the button on what is hidden, and the modal with every word of it."""

from handlers.desk import looking
from handlers.slack.blocks import modal
from handlers.slack.gestures import Gestures
from handlers.slack.quoting import uncovered
from handlers.slack.room import Click, Room
from triage.words import _


def register(gestures: Gestures) -> None:
    gestures.click("show", on_show)


async def on_show(room: Room, click: Click) -> None:
    """Recorded before it is shown."""
    hidden = await looking.look(room.desk, click.case_id, click.person)
    await room.open(click, modal("show", _("Private data"), uncovered(hidden)))
