"""/desk: the open cases, mine, unclaimed and late; away, back and duty."""

from datetime import datetime

from slack_sdk.webhook.async_client import AsyncWebhookClient

from db.cases import Listed
from handlers.desk.reading import lists
from handlers.desk.reading.lists import Line
from handlers.ports import Payload
from handlers.slack.chat import call
from handlers.slack.context import Context
from handlers.slack.gestures import Gestures
from handlers.slack.home import away
from handlers.slack.views.blocks import Block, context, header, section
from handlers.slack.views.lists import draw_line
from triage.cases.case import Status
from triage.errors import DeskError
from triage.i18n import N_, _
from triage.rights import Person

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
    await call(webhook.send, text=_("Open cases"), blocks=blocks, response_type="ephemeral")


async def _answer(ctx: Context, person: Person, asked: str, rest: str) -> list[Block]:
    if asked in SAYINGS:
        return await SAYINGS[asked](ctx, person, rest)
    if asked and asked not in KINDS:
        return [section(_(HELP))]
    now = ctx.desk.now()
    blocks: list[Block] = []
    for kind in [asked] if asked else KINDS:
        listing = await lists.open_cases(ctx.desk, _listed(kind, person, now), size=SHOWN)
        title = {"mine": _("Yours"), "unclaimed": _("Unclaimed"), "late": _("Late")}[kind]
        blocks.append(header(f"{title} ({listing.count})"))
        blocks += [
            draw_line(line, now, claimable=_is_free(line), with_owner=kind == "late")
            for line in listing.lines
        ]
        if listing.count > SHOWN:
            blocks.append(context(_("{n} more like these.").format(n=listing.count - SHOWN)))
    return blocks


def _is_free(line: Line) -> bool:
    return line.case.status is Status.NEW


def _listed(kind: str, person: Person, now: datetime) -> Listed:
    match kind:
        case "mine":
            return Listed(owner=person.slack)
        case "unclaimed":
            return Listed(unclaimed=True)
    return Listed(late_at=now)
