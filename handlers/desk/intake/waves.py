"""Near-copies by different people: each stays a case of its own, shown under the card of the first."""

import asyncio
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from db import cases
from db.queue import deliveries
from db.queue.subjects import CardOf
from handlers.desk.work import RANK_ALIKE, RANK_MANY, Desk, Work, use_case
from triage.errors import NoSuchCase
from triage.events import PutUnder
from triage.scoring.priority import Priority
from triage.text.likeness import ALIKE, Shingled

# Among how many of the latest cases a near-copy is looked for, and how far back.
WINDOW, REACH = 1000, timedelta(hours=24)


@dataclass(slots=True)
class Recent:
    """The latest texts, found by their minhash keys. They are only a hint: the database decides."""

    texts: OrderedDict[int, Shingled] = field(default_factory=OrderedDict)
    by_key: dict[tuple[int, ...], int] = field(default_factory=dict)
    loaded: bool = False

    def like(self, text: Shingled) -> int | None:
        """The case whose text is nearest to this one, if it is near enough."""
        candidates = {self.by_key[key] for key in text.keys if key in self.by_key}
        near = [(text.likeness(self.texts[one]), one) for one in candidates if one in self.texts]
        nearness, best = max(near, default=(0.0, 0))
        if nearness < ALIKE:
            return None
        self.texts.move_to_end(best)  # while a wave goes on, its first is not forgotten
        return best

    def add(self, case_id: int, text: Shingled) -> None:
        if not text.keys:
            return
        self.texts[case_id] = text
        self.by_key.update(dict.fromkeys(text.keys, case_id))
        if len(self.texts) > WINDOW:
            gone, old = self.texts.popitem(last=False)
            for key in old.keys:
                if self.by_key.get(key) == gone:
                    del self.by_key[key]


async def group(desk: Desk, recent: Recent, network: str, post_ids: Collection[str]) -> None:
    """Put the cases that these posts opened under those they copy."""
    async with desk.database.read() as connection:
        opened = await cases.openings(connection, network, post_ids)
    if not recent.loaded:
        await _load(desk, recent, but={case_id for case_id, _priority, _text in opened})
    copies: dict[int, list[int]] = {}
    texts = await _shingled([text for _case_id, _priority, text in opened])
    for (case_id, priority, _text), text in zip(opened, texts, strict=True):
        head = recent.like(text)
        if head is None or priority == Priority.URGENT:  # an urgent one never waits for its own card
            recent.add(case_id, text)
        elif head != case_id:
            copies.setdefault(head, []).append(case_id)
    for head, found in copies.items():
        await _stand_under(desk, head, found)


async def _shingled(texts: Sequence[str]) -> list[Shingled]:
    return await asyncio.to_thread(lambda: [Shingled.of(text) for text in texts])


async def _load(desk: Desk, recent: Recent, but: Collection[int]) -> None:
    """Load the cases that came in before this process started."""
    async with desk.database.read() as connection:
        found = await cases.recent_openings(connection, desk.now() - REACH, WINDOW)
    earlier = [(case_id, text) for case_id, text in found if case_id not in but]
    texts = await _shingled([text for _case_id, text in earlier])
    for (case_id, _text), text in zip(earlier, texts, strict=True):
        recent.add(case_id, text)
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
