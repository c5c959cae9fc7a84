"""The board's button that asks for a card."""

from handlers.desk.intake import board
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from triage.i18n import _


def register(gestures: Gestures) -> None:
    gestures.click("card", on_card)


async def on_card(ctx: Context, click: Click) -> None:
    await board.ask(ctx.desk, click.case_id, click.person)
    await ctx.tell(click, _("Its card comes next."))
