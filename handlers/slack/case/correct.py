"""Priority, area and account, corrected at one click from the card's menus."""

from handlers.desk.cases import correct
from handlers.slack.context import Click, Context
from handlers.slack.gestures import Gestures
from handlers.slack.views.card import NO_AREA
from triage.scoring.priority import Priority


def register(gestures: Gestures) -> None:
    gestures.click("priority", on_priority)
    gestures.click("area", on_area)
    gestures.click("move", on_move)


async def on_priority(ctx: Context, click: Click) -> None:
    await correct.set_priority(ctx.desk, click.case_id, click.person, click.chosen(Priority))


async def on_area(ctx: Context, click: Click) -> None:
    area = None if click.choice == NO_AREA else click.choice
    await correct.set_area(ctx.desk, click.case_id, click.person, area)


async def on_move(ctx: Context, click: Click) -> None:
    await correct.move(ctx.desk, click.case_id, click.person)
