"""Priority, area and account, corrected at one click from the card's menus."""

from handlers.desk import correcting
from handlers.slack.card import NO_AREA
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Room
from triage.priority import Priority


def register(gestures: Gestures) -> None:
    gestures.click("priority", on_priority)
    gestures.click("area", on_area)
    gestures.click("move", on_move)


async def on_priority(room: Room, click: Click) -> None:
    await correcting.set_priority(room.desk, click.case_id, click.person, Priority(click.choice))


async def on_area(room: Room, click: Click) -> None:
    area = None if click.choice == NO_AREA else click.choice
    await correcting.set_area(room.desk, click.case_id, click.person, area)


async def on_move(room: Room, click: Click) -> None:
    await correcting.move(room.desk, click.case_id, click.person)
