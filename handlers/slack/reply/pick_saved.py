"""Choosing a saved reply while answering: found by typing, put below the text so far."""

from contextlib import suppress

from handlers.desk.reading import case as reading
from handlers.desk.reading import saved_replies
from handlers.desk.replies import pick_saved, prepare
from handlers.desk.replies.saved import SavedIsGone, today
from handlers.ports import Payload
from handlers.slack.context import Click, Context, Window
from handlers.slack.gestures import Gestures
from handlers.slack.reply.insert import insert, typed
from handlers.slack.views.blocks import Block, option, plain
from triage.cases.case import Case
from triage.cases.mention import Author
from triage.replies.saved import Saved, below, best, filled, values_for
from triage.replies.verdict import BadText
from triage.rights import Person

MOST = 100  # Slack's own limit


def register(gestures: Gestures) -> None:
    gestures.offer("saved", offered)
    gestures.click("saved", on_saved)


async def offered(ctx: Context, body: Payload) -> list[Block]:
    """Those that suit the case best, and hold what was typed."""
    case_id = Window.of(body["view"]).number("case")
    case = await reading.case_of(ctx.desk, case_id)
    found = await saved_replies.all_of_them(ctx.desk)
    suiting = best(
        found, body.get("value", ""), language=case.language, area=case.area, today=today(ctx.desk)
    )
    return [offer(one, f"{one.id}:{case_id}") for one in suiting[:MOST]]


def offer(saved: Saved, value: str) -> Block:
    """Its title, and how it begins."""
    return option(saved.title, value) | {"description": plain(" ".join(saved.text.split()))}


async def on_saved(ctx: Context, click: Click) -> None:
    """Below what was typed, which stays; the draft is kept at once, and remembers what it began with."""
    at_hand = await prepare.composing(ctx.desk, click.case_id, click.person)
    found = await saved_replies.find(ctx.desk, click.chosen(int))
    if found is None or found[0].expired(today(ctx.desk)):
        raise SavedIsGone
    values = values_of(ctx, at_hand.case, at_hand.author, click.person, at_hand.require_target().account)
    view = click.view
    text = below(typed(view), filled(found[0].text, values))
    await insert(ctx, click, text)
    seen = Window.of(view)["seen"]
    with suppress(BadText):  # what must not be sent is not kept either, and Preview says so
        await pick_saved.pick(ctx.desk, click.case_id, click.person, found[0].id, text, seen)


def values_of(ctx: Context, case: Case, author: Author, person: Person, account: str) -> dict[str, str]:
    """The values of the variables in an answer to this author by this account."""
    return values_for(
        name=author.name if author.is_named else "",
        handle=author.handle,
        initials=person.initials,
        link=ctx.networks[case.network].message_url(account) or "",
    )
