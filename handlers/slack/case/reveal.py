"""Show: the button on a hidden post, and the modal with its full text."""

from handlers.desk.cases import reveal
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import modal
from handlers.slack.views.quotes import uncovered
from triage.i18n import _


def register(gestures: Gestures) -> None:
    gestures.click("show", on_show)


async def on_show(ctx: Context, click: Click) -> None:
    """Recorded before it is shown."""
    hidden = await reveal.look(ctx.desk, click.case_id, click.person)
    await ctx.open(click, modal("show", _("Private data"), uncovered(hidden)))
