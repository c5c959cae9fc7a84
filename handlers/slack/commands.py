"""/desk: the open cases, mine, unclaimed and late; away, back and duty."""

from datetime import datetime
from typing import Any

from slack_sdk.webhook.async_client import AsyncWebhookClient

from db import cases
from handlers.slack import leaving
from handlers.slack.blocks import Block, context, header, section
from handlers.slack.gestures import Gestures
from handlers.slack.lists import Line, draw_line, lines_of
from handlers.slack.room import Room
from triage.case import DeskError, Status
from triage.people import Person, Role
from triage.words import N_, _

SHOWN = 10
HELP = N_(
    "`/desk` lists the open cases: yours, unclaimed, late. `/desk mine`, `/desk unclaimed` or `/desk late` lists "
    "one kind. `/desk away until Monday` and `/desk back` say whether you are here; `/desk duty` says who answers."
)
KINDS = ("mine", "unclaimed", "late")
SAYINGS = {"away": leaving.away, "back": leaving.back, "duty": leaving.duty}


def register(gestures: Gestures) -> None:
    gestures.command("/desk", on_desk)


async def on_desk(room: Room, person: Person, body: dict[str, Any]) -> None:
    first, _space, rest = (body.get("text") or "").strip().partition(" ")
    try:
        blocks = await _answer(room, person, first.lower(), rest.strip())
    except DeskError as problem:
        blocks = [section(str(problem))]
    webhook = AsyncWebhookClient(body["response_url"], session=room.client.session, timeout=10)
    await webhook.send(text=_("Open cases"), blocks=blocks, response_type="ephemeral")


async def _answer(room: Room, person: Person, asked: str, rest: str) -> list[Block]:
    if person.role is Role.VIEWER:
        return [section(_("You may look at cards, but you are not on this desk. Ask a lead to add you."))]
    if asked in SAYINGS:
        return await SAYINGS[asked](room, person, rest)
    if asked and asked not in KINDS:
        return [section(_(HELP))]
    now = room.desk.now()
    blocks: list[Block] = []
    async with room.desk.database.read() as connection:
        for kind in [asked] if asked else KINDS:
            listed = _listed(kind, person, now)
            count = await cases.count_open(connection, listed)
            lines = await lines_of(connection, await cases.open_cases(connection, listed, limit=SHOWN))
            title = {"mine": _("Yours"), "unclaimed": _("Unclaimed"), "late": _("Late")}[kind]
            blocks.append(header(f"{title} ({count})"))
            blocks += [
                draw_line(line, now, claimable=_is_free(line), with_owner=kind == "late") for line in lines
            ]
            if count > SHOWN:
                blocks.append(context(_("{n} more like these.").format(n=count - SHOWN)))
    return blocks


def _is_free(line: Line) -> bool:
    return line.case.status is Status.NEW


def _listed(kind: str, person: Person, now: datetime) -> cases.Listed:
    match kind:
        case "mine":
            return cases.Listed(owner=person.slack)
        case "unclaimed":
            return cases.Listed(unclaimed=True)
    return cases.Listed(late_at=now)
