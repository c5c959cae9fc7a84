"""Choosing a saved reply while answering: found by typing, put below what stands there."""

import json
from typing import Any

from db import cases, mentions
from db import saved as store
from handlers.desk import composing, picking
from handlers.desk.saving import SavedIsGone, today
from handlers.slack.blocks import Block, option, plain
from handlers.slack.gestures import Gestures
from handlers.slack.inserting import below, insert, typed
from handlers.slack.previewing import guarded
from handlers.slack.reply_modal import LONGEST
from handlers.slack.room import Click, Invalid, Room
from triage.case import Case, DeskError
from triage.mention import Author
from triage.people import Person
from triage.saved import Saved, best, filled, values_for
from triage.words import _

MOST = 100  # Slack's own limit


def register(gestures: Gestures) -> None:
    gestures.offer("saved", offered)
    gestures.click("saved", on_saved)


async def offered(room: Room, body: dict[str, Any]) -> list[Block]:
    """Those that suit the case best, and hold what was typed."""
    case_id = int(json.loads(body["view"]["private_metadata"])["case"])
    async with room.desk.database.read() as connection:
        case = await cases.load(connection, case_id)
        found = await store.all_of_them(connection)
    suiting = best(
        found, body.get("value", ""), language=case.language, area=case.area, today=today(room.desk)
    )
    return [offer(one, f"{one.id}:{case_id}") for one in suiting[:MOST]]


def offer(saved: Saved, value: str) -> Block:
    """Its title, and how it begins."""
    return option(saved.title, value) | {"description": plain(" ".join(saved.text.split()))}


async def on_saved(room: Room, click: Click) -> None:
    """Below what was typed, which stays; the draft is kept at once, and remembers what it began with."""
    async with room.desk.database.read() as connection:
        at_hand = await composing.composing(connection, click.case_id, click.person, room.desk.policy.handles)
        author = await mentions.author(connection, at_hand.case.network, at_hand.case.author_id)
        found = await store.find(connection, int(click.choice))
    if found is None or found[0].expired(today(room.desk)):
        raise SavedIsGone
    values = values_of(room, at_hand.case, author, click.person, at_hand.require_target().account)
    view = click.body["view"]
    text = below(typed(view), filled(found[0].text, values))
    if len(text) > LONGEST:
        sentence = _(
            "With it your answer would be longer than {most} characters. Shorten it, then choose again."
        )
        raise DeskError(sentence.format(most=LONGEST))
    await insert(room, click, text)
    try:
        guarded(room, [text])
    except Invalid:
        return  # what must not be sent is not kept either, and Preview says so
    seen = json.loads(view["private_metadata"])["seen"]
    await picking.pick(room.desk, click.case_id, click.person, found[0].id, text, seen)


def values_of(room: Room, case: Case, author: Author, person: Person, account: str) -> dict[str, str]:
    """What stands for the variables in an answer to this author by this account."""
    return values_for(
        name=author.name,
        handle=author.handle,
        initials=person.initials,
        link=room.networks[case.network].message_url(account),
    )
