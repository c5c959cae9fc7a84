"""Leases on work that only one replica may do at a time, such as reading an account."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from math import ceil
from typing import Protocol
from uuid import uuid4

from db.engine import Database
from db.queue import leases

LEASE_SECONDS, RENEW_SECONDS = 20.0, 5.0


class Leases(Protocol):
    """The division of such work among the replicas."""

    def holds(self, name: str) -> bool:
        """True if this replica is to do it now."""
        ...

    async def renew(self) -> float:
        """Renew our leases; returns the number of seconds until the next call is due."""
        ...

    async def give_back(self) -> None:
        """Give up our leases, so that the other replicas can continue at once."""
        ...


class Alone:
    """A single process, which does everything itself."""

    def holds(self, _name: str) -> bool:
        return True

    async def renew(self) -> float:
        return 3600.0

    async def give_back(self) -> None:
        return


@dataclass(slots=True)
class Leased:
    """This replica's leases. Replicas share the work evenly, and take over that of a dead one."""

    database: Database
    names: Collection[str]
    holder: str = field(default_factory=lambda: uuid4().hex)
    _mine: set[str] = field(default_factory=set)
    _until: float = 0.0

    def holds(self, name: str) -> bool:
        # A lease that we could not renew in time is lost: another replica has it by then.
        return name in self._mine and asyncio.get_running_loop().time() < self._until

    async def renew(self) -> float:
        """Renew our leases, take free ones up to our share, and give back those beyond it."""
        asked_at = asyncio.get_running_loop().time()
        async with self.database.write() as connection:
            await leases.take(connection, [self._presence], self.holder, LEASE_SECONDS)
            held = await leases.holders(connection)
            wanted = self._share(held)
            taken = await leases.take(connection, wanted, self.holder, LEASE_SECONDS)
            surplus = {name for name, holder in held.items() if holder == self.holder} - taken
            await leases.give_back(connection, surplus - {self._presence}, self.holder)
        # Only after the commit: before it, the leases are not ours.
        self._mine, self._until = taken, asked_at + LEASE_SECONDS
        return RENEW_SECONDS

    @property
    def _presence(self) -> str:
        return f"replica:{self.holder}"

    def _share(self, held: dict[str, str]) -> list[str]:
        replicas = sum(name.startswith("replica:") for name in held)
        share = ceil(len(self.names) / max(1, replicas))
        ours = [name for name in self.names if held.get(name) == self.holder]
        free = [name for name in self.names if name not in held]
        return (ours + free)[:share]

    async def give_back(self) -> None:
        mine, self._mine = self._mine, set()
        async with self.database.write() as connection:
            await leases.give_back(connection, {*mine, self._presence}, self.holder)
