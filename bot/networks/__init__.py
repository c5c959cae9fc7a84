"""The public networks, a room each; their code only fetches and posts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.networks.x.traits import TRAITS as X_TRAITS
from triage import traits
from triage.policy import Policy
from triage.traits import Traits

if TYPE_CHECKING:
    from bot.clock import Now
    from bot.settings import Settings
    from handlers.ports import Network

# Author ids of our accounts, {handle in lower case: id}.
Ids = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Room:
    """A network: what it is like, and how its accounts are opened."""

    traits: Traits
    opened: "Callable[[Settings, Policy, Ids, Now], Network]"
    faults: "Callable[[Settings, Policy], Awaitable[list[str]]]"  # what `check` says of its accounts


def _x(settings: "Settings", policy: Policy, ids: Ids, now: "Now") -> "Network":
    from bot.networks.x.network import opened  # with it comes tweepy, which most commands need not wait for

    return opened(settings, policy, ids, now)


async def _x_faults(settings: "Settings", policy: Policy) -> list[str]:
    from bot.networks.x.network import faults

    return await faults(settings, policy)


ROOMS: dict[str, Room] = {X_TRAITS.name: Room(X_TRAITS, _x, _x_faults)}
# As soon as anything of the program is imported: desk.toml names networks.
traits.make_known(*(room.traits for room in ROOMS.values()))
