"""The board: in a storm, one message in each channel lists the cases that have no card yet."""

from db import messages
from db.queue import deliveries
from db.queue.lanes import EditsIn, PostsIn
from db.queue.subjects import BoardOf, CardOf
from handlers.desk import outbox
from handlers.desk.work import RANK_CLICKED, Work, use_case
from triage.errors import DeskError
from triage.events import CardWanted
from triage.rights import Person

# A board appears from so many waiting cards on, and goes away below so few.
FROM, UNTIL = 30, 5


class HasCard(DeskError):
    """Its card is in the channel by now."""


@use_case
async def keep(work: Work) -> bool:
    """Redraw the boards of crowded channels and remove needless ones; True if any board is up."""
    standing = await messages.boards(work.connection)
    crowded = await deliveries.crowded(work.connection, FROM)
    if standing:
        crowded |= await deliveries.crowded(work.connection, UNTIL) & standing.keys()
    for channel in crowded:
        lane = EditsIn(channel) if channel in standing else PostsIn(channel)
        await work.draw(BoardOf(channel), None, lane, RANK_CLICKED)
    for channel, place in standing.items():
        if channel not in crowded:
            await messages.forget_place(work.connection, BoardOf(channel), place.ts)
            await outbox.remove(work, BoardOf(channel), place)
    return bool(crowded)


@use_case
async def ask(work: Work, case_id: int, person: Person) -> None:
    """Somebody wants this card next."""
    case = await work.case_for(case_id, person, "card")
    if not await deliveries.rank(work.connection, [CardOf(case.id)], RANK_CLICKED):
        raise HasCard
    await work.record(case, CardWanted(), person)
