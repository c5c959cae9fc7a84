"""/desk: the open cases, mine, unclaimed and late; away, back and duty."""

from datetime import datetime

from slack_sdk.webhook.async_client import AsyncWebhookClient

from db import cases
from handlers.ports import Payload
from handlers.slack.context import Context
from handlers.slack.gestures import Gestures
from handlers.slack.home import away
from handlers.slack.views.blocks import Block, context, header, section
from handlers.slack.views.lists import Line, draw_line, lines_of
from triage.cases.case import Status
from triage.errors import DeskError
from triage.i18n import N_, _
from triage.rights import Person, Role

SHOWN = 10
HELP = N_(
    "`/desk` lists the open cases: yours, unclaimed, late. `/desk mine`, `/desk unclaimed` or `/desk late` lists "
    "one kind. `/desk away until Monday` and `/desk back` say whether you are here; `/desk duty` says who answers."
)
KINDS = ("mine", "unclaimed", "late")
SAYINGS = {"away": away.away, "back": away.back, "duty": away.duty}


def register(gestures: Gestures) -> None:
    gestures.command("/desk", on_desk)


async def on_desk(ctx: Context, person: Person, body: Payload) -> None:
    first, _space, rest = (body.get("text") or "").strip().partition(" ")
    try:
        blocks = await _answer(ctx, person, first.lower(), rest.strip())
    except DeskError as problem:
        blocks = [section(str(problem))]
    webhook = AsyncWebhookClient(body["response_url"], session=ctx.client.session, timeout=10)
    await webhook.send(text=_("Open cases"), blocks=blocks, response_type="ephemeral")


async def _answer(ctx: Context, person: Person, asked: str, rest: str) -> list[Block]:
    if person.role is Role.VIEWER:
        return [section(_("You may look at cards, but you are not on this desk. Ask a lead to add you."))]
    if asked in SAYINGS:
        return await SAYINGS[asked](ctx, person, rest)
    if asked and asked not in KINDS:
        return [section(_(HELP))]
    now = ctx.desk.now()
    blocks: list[Block] = []
    async with ctx.desk.database.read() as connection:
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
