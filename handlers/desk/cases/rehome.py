"""Moves cards out of channels that desk.toml no longer names."""

from db import cases
from handlers.desk.work import Work, use_case


@use_case
async def rehome(work: Work) -> int:
    """Move the cards of open cases to their area's present channel; returns the number of cards moved."""
    stranded = await cases.open_outside(work.connection, work.policy.channels)
    for case in stranded:
        moved = await cases.change(work.connection, case, channel=work.policy.channel_of(case.area))
        await work.draw_card(moved)
    return len(stranded)
