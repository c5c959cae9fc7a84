"""Near-copies by different people: each stays a case of its own, shown under the card of the first."""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from db import cases
from db.queue import deliveries
from db.queue.subjects import CardOf
from handlers.desk.work import RANK_ALIKE, RANK_MANY, Desk, Work, use_case
from triage.errors import NoSuchCase
from triage.events import PutUnder
from triage.scoring.priority import Priority
from triage.text import likeness

# Among how many of the latest cases a near-copy is looked for, and how far back.
WINDOW, REACH = 1000, timedelta(hours=24)


@dataclass(slots=True)
class Recent:
    """The latest texts, found by their minhash keys. They are only a hint: the database decides."""

    texts: OrderedDict[int, frozenset[str]] = field(default_factory=OrderedDict)
    by_key: dict[tuple[int, ...], int] = field(default_factory=dict)
    loaded: bool = False

    def like(self, parts: frozenset[str]) -> int | None:
        """The case whose text is nearest to this one, if it is near enough."""
        candidates = (
            {self.by_key[key] for key in likeness.keys(parts) if key in self.by_key} if parts else set()
        )
        near = [(likeness.likeness(parts, self.texts[one]), one) for one in candidates if one in self.texts]
        nearness, best = max(near, default=(0.0, 0))
        if nearness < likeness.ALIKE:
            return None
        self.texts.move_to_end(best)  # while a wave goes on, its first is not forgotten
        return best

    def add(self, case_id: int, parts: frozenset[str]) -> None:
        if not parts:
            return
        self.texts[case_id] = parts
        self.by_key.update(dict.fromkeys(likeness.keys(parts), case_id))
        if len(self.texts) > WINDOW:
            gone, old = self.texts.popitem(last=False)
            for key in likeness.keys(old):
                if self.by_key.get(key) == gone:
                    del self.by_key[key]


async def group(desk: Desk, recent: Recent, network: str, post_ids: Collection[str]) -> None:
    """Put the cases that these posts opened under those they copy."""
    async with desk.database.read() as connection:
        opened = await cases.openings(connection, network, post_ids)
    if not recent.loaded:
        await _load(desk, recent, but={case_id for case_id, _priority, _text in opened})
    copies: dict[int, list[int]] = {}
    for case_id, priority, text in opened:
        parts = likeness.shingles(text)
        head = recent.like(parts)
        if head is None or priority == Priority.URGENT:  # an urgent one never waits for its own card
            recent.add(case_id, parts)
        elif head != case_id:
            copies.setdefault(head, []).append(case_id)
    for head, found in copies.items():
        await _stand_under(desk, head, found)


async def _load(desk: Desk, recent: Recent, but: Collection[int]) -> None:
    """Load the cases that came in before this process started."""
    async with desk.database.read() as connection:
        for case_id, text in await cases.recent_openings(connection, desk.now() - REACH, WINDOW):
            if case_id not in but:
                recent.add(case_id, likeness.shingles(text))
    recent.loaded = True


@use_case
async def _stand_under(work: Work, head: int, copies: list[int]) -> None:
    """Group the copies under the first case's card, their own cards last; not if it is closed or in another channel."""
    try:
        first = await cases.load(work.connection, head)
    except NoSuchCase:
        return
    if not first.status.is_open:
        return
    for case_id in copies:
        case = await cases.load(work.connection, case_id)
        if case.alike is None and case.channel == first.channel and case.status.is_open:
            await cases.change(work.connection, case, alike=head)
            await work.record(case, PutUnder(head))
            await deliveries.rank(work.connection, [CardOf(case_id)], RANK_ALIKE)
    await work.draw_card(first, RANK_MANY)
