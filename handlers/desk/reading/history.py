"""Histories, for screens and reports; what this version can't read in them is told to the leads, once."""

from collections.abc import Collection, Iterable

from db import events, said
from handlers.desk.work import Desk, Work, use_case
from triage.events import Recorded, Unknown


async def history_of(desk: Desk, case_id: int) -> list[Recorded]:
    """All events of a case, oldest first."""
    async with desk.database.read() as connection:
        found = await events.history(connection, case_id)
    await tell_unknown(desk, found)
    return found


async def tell_unknown(desk: Desk, lines: Iterable[Recorded]) -> None:
    """Tell the leads of kinds of events that this version does not know, each kind once."""
    kinds = {line.event.what for line in lines if isinstance(line.event, Unknown)}
    if kinds:
        await _tell(desk, sorted(kinds))


@use_case
async def _tell(work: Work, kinds: Collection[str]) -> None:
    for kind in kinds:
        if await said.first_time(work.connection, f"unknown_event:{kind}", said.FOR_GOOD):
            await work.tell_leads("unknown_event", what=kind.replace("_", " "))
