"""Our own accounts' ids: asked of the network once, then kept."""

from collections.abc import Mapping

from db import cursors
from handlers.desk import spending
from handlers.desk.intake.receive import Voice
from handlers.desk.spending import Priced
from handlers.desk.work import Desk, Work, use_case
from handlers.ports import Network


async def introduce(desk: Desk, network: Network) -> Voice:
    """The author ids of our accounts; raises a DoorProblem when one was never known and can't be asked now."""
    handles = desk.policy.handles_on(network.name)
    ids = {handle.lower(): await network.account_id(handle) for handle in handles}
    if ids.items() - (await known_ids(desk, network.name)).items():
        await _remember(desk, network.name, ids)
    return Voice(ids)


async def known_ids(desk: Desk, network: str) -> dict[str, str]:
    """{handle in lower case: author id}, as far as remembered."""
    async with desk.database.read() as connection:
        return await cursors.account_ids(connection, network)


@use_case
async def _remember(work: Work, network: str, ids: Mapping[str, str]) -> None:
    """Asking costs a user read each."""
    known = await cursors.account_ids(work.connection, network)
    new = {handle: author_id for handle, author_id in ids.items() if handle not in known}
    await cursors.keep_account_ids(work.connection, network, new)
    await spending.bill(work, network, "authors", list(new.values()), Priced.USER)
