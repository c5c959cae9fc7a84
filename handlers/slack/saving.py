"""Saved replies in Slack: found by typing in the reply modal, written down in Home and in Details."""

import json
from datetime import date
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row

from db import cases, mentions, replies, saved
from handlers.desk import composing, saving, writing
from handlers.slack.blocks import (
    Block,
    actions,
    button,
    context,
    cut,
    excerpt,
    field,
    inline,
    modal,
    option,
    plain,
    section,
    select,
    text_input,
)
from handlers.slack.gestures import Gestures
from handlers.slack.inserting import below, insert, typed
from handlers.slack.room import Click, Invalid, Next, Room, Submission
from triage import saved as rules
from triage.case import DeskError
from triage.mention import Author
from triage.people import Person
from triage.saved import SavedReply
from triage.words import _, ngettext

MOST = 100
SHOWN = 40
EVERYWHERE = "everywhere"


def register(gestures: Gestures) -> None:
    gestures.options("saved", offered)
    gestures.click("saved", on_chosen)
    gestures.click("saved_replies", on_list)
    gestures.click("edit_saved", on_edit)
    gestures.click("save_reply", on_save_reply)
    gestures.click("delete_saved", on_delete)
    gestures.submit("saved_reply", on_submitted, field_of_errors="text")


# In the reply modal


def chooser() -> Block:
    """The field in which a saved reply is found."""
    element: Block = {
        "type": "external_select",
        "action_id": "saved",
        "min_query_length": 0,
        "placeholder": plain(_("Type a word of it"), 150),
    }
    return field(_("Saved reply"), "saved", element, optional=True) | {"dispatch_action": True}


async def offered(room: Room, body: dict[str, Any]) -> list[Block]:
    """What fits the words typed, the case's own language first."""
    case_id = int(json.loads(body["view"]["private_metadata"])["case"])
    async with room.desk.database.read() as connection:
        case = await cases.load(connection, case_id)
        found = await saved.valid(connection, room.desk.now().date().isoformat())
    fitting = rules.ranked(found, str(body.get("value") or ""), case.language, case.area)
    return [_option(one, case_id) for one in fitting[:MOST]]


def _option(row: Row[Any], case_id: int) -> Block:
    shown = option(f"{row.title} · {row.language}", f"{row.id}:{case_id}")
    return shown | {"description": plain(" ".join(row.text.split()) or "…")}


async def on_chosen(room: Room, click: Click) -> None:
    """Into the open modal, below what was typed; kept as the draft too."""
    view = click.body["view"]
    metadata = json.loads(view["private_metadata"])
    async with room.desk.database.read() as connection:
        row = await saved.load(connection, int(click.choice))
        at_hand = await composing.composing(connection, click.case_id, click.person, room.desk.policy.handles)
        author = await mentions.author(connection, at_hand.case.network, at_hand.case.author_id)
    if row is None:
        raise saving.Gone
    account = at_hand.require_target().account
    text = below(
        typed(view), rules.fill(row.text, _values(room, at_hand.case.network, account, author, click.person))
    )
    await insert(room, click, text, saved=row.id)
    await writing.keep(room.desk, click.case_id, click.person, text, metadata["seen"], room.desk.now())


def _values(room: Room, network: str, account: str, author: Author, person: Person) -> dict[str, str]:
    return {
        "name": author.name or author.handle,
        "handle": author.handle,
        "initials": person.initials,
        "link": room.networks[network].message_url(account),
    }


# Writing them down


async def on_list(room: Room, click: Click) -> None:
    async with room.desk.database.read() as connection:
        rows = await saved.everything(connection)
    today = room.desk.now().date().isoformat()
    new = button(_("Write a new one"), "edit_saved", "0:0", style="primary")
    blocks = [actions(new), *(_line(row, today) for row in rows[:SHOWN])]
    if len(rows) > SHOWN:
        blocks.append(
            context(_("… and {n} more: `mentiondesk saved-replies export`").format(n=len(rows) - SHOWN))
        )
    await room.open(click, modal("saved_replies", _("Saved replies"), blocks))


def _line(row: Row[Any], today: str) -> Block:
    parts = [
        f"*{inline(row.title)}* · {row.language}",
        inline(row.area) if row.area else "",
        ngettext("{n} use", "{n} uses", row.uses).format(n=row.uses),
        ngettext("{n} came back", "{n} came back", row.reopens).format(n=row.reopens) if row.reopens else "",
        _("⌛ expired") if row.expires_on and row.expires_on < today else "",
    ]
    head = " · ".join(part for part in parts if part)
    edit = button(_("Edit"), "edit_saved", f"{row.id}:0", spoken=cut(f"{_('Edit')}: {row.title}", 75))
    return section(f"{head}\n{excerpt(row.text, 140)}", accessory=edit)


async def on_edit(room: Room, click: Click) -> None:
    saved_id = int(click.choice)
    row = None
    if saved_id:
        async with room.desk.database.read() as connection:
            row = await saved.load(connection, saved_id)
        if row is None:
            raise saving.Gone
    if not saving.may_write(click.person, row):
        raise DeskError(_("Leads write saved replies; you may change your own. Ask a lead."))
    begun = saving.as_written(row) if row else None
    await room.open(click, _form(room, begun, saved_id))


async def on_save_reply(room: Room, click: Click) -> None:
    """The last answer of a case, as one to keep: what it says of this customer becomes variables."""
    if not saving.may_write(click.person, None):
        raise DeskError(_("Leads write saved replies; you may change your own. Ask a lead."))
    async with room.desk.database.read() as connection:
        case = await cases.load(connection, click.case_id)
        author = await mentions.author(connection, case.network, case.author_id)
        reply = await replies.foremost(connection, case.id)
    if reply is None:
        raise DeskError(_("There is no reply to save yet."))
    values = _values(room, case.network, reply.account, author, click.person)
    text = rules.generalised(reply.typed, values)[: rules.LONGEST]
    begun = SavedReply.model_construct(title="", text=text, language=case.language, area=case.area)
    await room.open(click, _form(room, begun, 0))


def _form(room: Room, begun: SavedReply | None, saved_id: int) -> Block:
    policy = room.desk.policy
    languages = list(dict.fromkeys([*policy.desk.languages, *([begun.language] if begun else [])]))
    areas = [
        option(_("Every area"), EVERYWHERE),
        *(option(area.name, area.name) for area in policy.area[:98]),
    ]
    expiry: Block = {"type": "datepicker", "action_id": "date"}
    if begun and begun.expires_on:
        expiry["initial_date"] = begun.expires_on.isoformat()
    title = text_input(
        "title", initial=begun.title if begun else "", longest=rules.LONGEST_TITLE, multiline=False
    )
    blocks = [
        field(_("Title"), "title", title),
        field(
            _("Text"),
            "text",
            text_input("text", initial=begun.text if begun else "", longest=rules.LONGEST, focus=False),
            hint=_("{name}, {handle}, {initials} and {link} are filled in. Your signature comes by itself."),
        ),
        field(
            _("Language"),
            "language",
            select(
                "language",
                [option(one, one) for one in languages],
                chosen=begun.language if begun else languages[0],
            ),
        ),
        field(_("Area"), "area", select("area_of", areas, chosen=(begun and begun.area) or EVERYWHERE)),
        field(_("Not offered any more after"), "date", expiry, optional=True),
        *([actions(_delete(saved_id))] if saved_id else []),
    ]
    metadata = json.dumps({"saved": saved_id})
    return modal("saved_reply", _("Saved reply"), blocks, metadata=metadata, submit=_("Save"))


def _delete(saved_id: int) -> Block:
    sure = {
        "title": plain(_("Delete it?"), 100),
        "text": plain(_("Nobody will find it any more. Answers that were sent stay.")),
        "confirm": plain(_("Delete"), 30),
        "deny": plain(_("Keep it"), 30),
    }
    return button(_("Delete"), "delete_saved", f"{saved_id}:0", style="danger") | {"confirm": sure}


async def on_submitted(room: Room, submission: Submission) -> Next:
    area = submission.text("area")
    try:
        reply = SavedReply(
            title=submission.text("title"),
            text=submission.text("text"),
            language=submission.text("language"),
            area=None if area == EVERYWHERE else area,
            expires_on=date.fromisoformat(submission.text("date")) if submission.inputs.get("date") else None,
        )
    except ValidationError as error:
        fault = error.errors()[0]
        said = str(fault["msg"]).removeprefix("Value error, ")
        raise Invalid("title" if fault["loc"] == ("title",) else "text", said) from error
    try:
        await saving.write(room.desk, submission.person, int(submission.metadata["saved"]) or None, reply)
    except saving.TitleTaken as taken:
        raise Invalid("title", str(taken)) from taken
    return Next()


async def on_delete(room: Room, click: Click) -> None:
    await saving.delete(room.desk, click.person, int(click.choice))
    await room.tell(click, _("The saved reply is deleted."))
