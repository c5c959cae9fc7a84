"""One look at the database: what a screen shows is read at one instant, by a transaction that writes nothing."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from handlers.desk.work import Desk
from triage.policy import Policy

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Look:
    """A look's connection, the policy, and the instant it is taken at."""

    connection: AsyncConnection
    policy: Policy
    now: datetime


def one_look(
    function: Callable[Concatenate[Look, P], Awaitable[R]],
) -> Callable[Concatenate[Desk, P], Awaitable[R]]:
    """Read all that the function asks for in one transaction."""

    @wraps(function)
    async def read(desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> R:
        async with desk.database.read() as connection:
            return await function(Look(connection, desk.policy, desk.now()), *args, **kwargs)

    return read
