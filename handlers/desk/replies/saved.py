"""Saved replies: kept, changed, removed, taken in from a file, and what a new desk begins with."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from db import said
from db.answers import saved_replies as store
from handlers.desk.work import Desk, Work, use_case
from triage.errors import DeskError
from triage.events import SavedRepliesTakenIn, SavedReplyAdded, SavedReplyChanged, SavedReplyRemoved
from triage.i18n import _
from triage.replies import saved_file
from triage.replies.saved import Saved, checked
from triage.rights import NotAllowed, Person, may

PLANTED = "saved_replies"


class SavedIsGone(DeskError):
    """This saved reply was removed meanwhile."""


class SavedChanged(DeskError):
    """A colleague changed this saved reply meanwhile. Copy your text, close this window and open it again."""


class TitleTaken(DeskError):
    """There is a saved reply with this title in this language already. Give yours another title."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """The saved replies that a file brought."""

    added: int = 0
    changed: int = 0
    removed: int = 0


def today(desk: Desk | Work) -> date:
    """By the desk's own calendar."""
    now = desk.now if isinstance(desk, Work) else desk.now()
    return now.astimezone(ZoneInfo(desk.policy.desk.timezone)).date()


def require_mine(person: Person, saved: Saved) -> None:
    """Raise NotAllowed unless the table lets this person change it."""
    if not may(person, "edit_saved", saved):
        raise NotAllowed(_("Only its owner and the leads can change this saved reply."))


async def keep(desk: Desk, person: Person, saved: Saved, seen: datetime | None) -> None:
    """Keep a new one (`seen` None), or change one that was last changed then.

    Raises Unsaveable, TitleTaken, SavedIsGone, SavedChanged, NotAllowed.
    """
    await _keep(desk, person, await asyncio.to_thread(checked, saved, desk.policy.desk.own_contacts), seen)


@use_case
async def _keep(work: Work, person: Person, wanted: Saved, seen: datetime | None) -> None:
    require_mine(person, wanted)
    if seen is not None:
        require_mine(person, await _standing(work, wanted.id))
    if await store.named(work.connection, wanted.title, wanted.language) not in (None, wanted.id):
        raise TitleTaken
    if seen is None:
        await store.keep(work.connection, wanted, work.now)
        await work.record_on_desk(SavedReplyAdded(wanted.title), person)
        return
    if not await store.change(work.connection, wanted, work.now, seen=seen):
        raise SavedChanged
    await work.record_on_desk(SavedReplyChanged(wanted.title), person)


async def _standing(work: Work, saved_id: int) -> Saved:
    found = await store.find(work.connection, saved_id)
    if found is None:
        raise SavedIsGone
    return found[0]


@use_case
async def remove(work: Work, person: Person, saved_id: int) -> None:
    saved = await _standing(work, saved_id)
    require_mine(person, saved)
    if await store.remove(work.connection, saved_id):
        await work.record_on_desk(SavedReplyRemoved(saved.title), person)


@use_case
async def take_in(work: Work, wanted: Collection[Saved], *, instead: bool) -> TakenIn:
    """Those of a file, known by title and language; `instead`: of all there are. Twice is as once."""
    before = {(one.title, one.language): one.id for one in await store.all_of_them(work.connection)}
    added = changed = removed = 0
    for one in wanted:
        known = before.pop((one.title, one.language), None)
        if known is None:
            await store.keep(work.connection, one, work.now)
            added += 1
        else:
            changed += await store.overwrite(work.connection, replace(one, id=known), work.now)
    for left in before.values() if instead else ():
        removed += await store.remove(work.connection, left)
    if added or changed or removed:
        await work.record_on_desk(SavedRepliesTakenIn(added, changed, removed))
    return TakenIn(added, changed, removed)


@use_case
async def plant(work: Work) -> None:
    """A desk that has none begins with ours, once."""
    if not await said.first_time(work.connection, PLANTED, said.FOR_GOOD):
        return  # what a desk threw away does not come back
    if await store.all_of_them(work.connection):
        return
    for seed in saved_file.seeds(work.policy.desk.languages):
        await store.keep(work.connection, seed, work.now)
