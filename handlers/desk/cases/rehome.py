"""Cards in a channel that desk.toml no longer names: archived, or given up."""

from db import cases
from handlers.desk.work import Work, use_case


@use_case
async def rehome(work: Work) -> int:
    """Show open cases where the cards of their area stand now; returns how many moved."""
    stranded = await cases.open_outside(work.connection, work.policy.channels)
    for case in stranded:
        moved = await cases.change(work.connection, case, channel=work.policy.channel_of(case.area))
        await work.draw_card(moved)
    return len(stranded)
