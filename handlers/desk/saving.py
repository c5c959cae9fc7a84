"""Saved replies: written down, changed, deleted, carried in and out as a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from db import reading, replies, saved
from handlers.desk.work import Work, use_case
from triage.case import Case, DeskError
from triage.people import NotAllowed, Person, Role
from triage.saved import SavedReply, read
from triage.words import _

SEED = Path(__file__).parent.parent.parent / "triage" / "saved_replies.toml"


class Gone(DeskError):
    """This saved reply was deleted meanwhile."""


class TitleTaken(DeskError):
    """There is one with this title in this language already. Choose another title."""


def may_write(person: Person, row: Row[Any] | None) -> bool:
    """Leads write all of them; others new ones, and their own."""
    if person.role is Role.LEAD:
        return True
    return person.role is Role.AGENT and (row is None or row.owner == person.slack)


@use_case
async def write(work: Work, person: Person, saved_id: int | None, reply: SavedReply) -> None:
    """Keep a new one, or change one. Raises Gone, TitleTaken, NotAllowed."""
    row = await saved.load(work.connection, saved_id) if saved_id else None
    if saved_id and row is None:
        raise Gone
    _require(person, row)
    known = await saved.everything(work.connection)
    if any(
        one.id != saved_id and (one.title, one.language) == (reply.title, reply.language) for one in known
    ):
        raise TitleTaken
    columns = _columns(work, reply)
    if row is None:
        await saved.keep(work.connection, **{**columns, "owner": person.slack})
    elif not await saved.rewrite(work.connection, row.id, **{**columns, "owner": row.owner}):
        raise Gone


@use_case
async def delete(work: Work, person: Person, saved_id: int) -> None:
    _require(person, await saved.load(work.connection, saved_id))
    await saved.erase(work.connection, saved_id)


def _require(person: Person, row: Row[Any] | None) -> None:
    if not may_write(person, row):
        raise NotAllowed(_("Leads write saved replies; you may change your own. Ask a lead."))


def _columns(work: Work, reply: SavedReply) -> dict[str, Any]:
    expires = reply.expires_on.isoformat() if reply.expires_on else None
    return {**reply.model_dump(exclude={"expires_on"}), "expires_on": expires, "changed_at": work.now}


@use_case
async def seed(work: Work) -> None:
    """What a new desk begins with, in its languages; once, so that what was deleted stays away."""
    if not await reading.first_time(work.connection, "saved_replies", work.now):
        return
    if await saved.count(work.connection):
        return
    for reply in read(SEED.read_text(encoding="utf-8")):
        if reply.language in work.policy.desk.languages:
            await saved.keep(work.connection, **_columns(work, reply))


@use_case
async def take_in(work: Work, found: Sequence[SavedReply], *, replace: bool) -> None:
    """From a file: those known by title and language are written anew; `replace`: all others go."""
    await reading.first_time(work.connection, "saved_replies", work.now)
    if replace:
        await saved.erase(work.connection)
    for reply in found:
        await saved.keep_or_rewrite(work.connection, **_columns(work, reply))


@use_case
async def export(work: Work) -> list[SavedReply]:
    return [as_written(row) for row in await saved.everything(work.connection)]


def as_written(row: Row[Any]) -> SavedReply:
    names = ("title", "text", "language", "area", "owner", "expires_on")
    return SavedReply.model_validate({name: getattr(row, name) for name in names})


async def came_back(work: Work, case: Case) -> None:
    """A closed case is open again: the saved reply that its last answer began with did not end it."""
    sent = [reply for reply in await replies.of_case(work.connection, case.id) if reply.state == "sent"]
    if sent and sent[-1].saved:
        await saved.count_one(work.connection, sent[-1].saved, "reopens")
