"""Slack and X as far as a simulated fortnight needs them: in memory, at once, and with a memory of all that was said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from fortnight.calendars import quiet_end
from fortnight.desks import Place as Desk

from bot.networks.x.network import X
from db.rows import Place
from handlers.ports import Looked, Message


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it was posted. `person`: whose direct message it is; None in a channel."""

    at: datetime
    person: str | None
    key: str
    text: str


@dataclass(slots=True)
class Chat:
    """Takes every message, and keeps those that were posted."""

    now: Callable[[], datetime]
    said: list[Said] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)

    async def post(self, channel: str, message: Message, *, key: str, thread: str | None = None) -> Place:
        person = channel[1:] if channel.startswith("D") else None
        self.said.append(Said(self.now(), person, key, message.text))
        return Place(channel, f"{next(self._numbers)}.0")

    async def update(self, place: Place, message: Message) -> None:
        return None

    async def remove(self, place: Place) -> None:
        return None

    async def find(self, channel: str, key: str, *, since: datetime, thread: str | None = None) -> None:
        return None

    async def stands(self, place: Place) -> bool:
        return True

    async def dm(self, person: str) -> str:
        return f"D{person}"


class Public(X):
    """X that takes every post."""

    def __init__(self) -> None:
        super().__init__({}, {})
        self._posted = count(9_000_000)

    async def look_up(self, account: str, post_ids: Sequence[str]) -> Looked:
        return Looked((), ())

    async def post(self, account: str, text: str, *, answers: str) -> str:
        return str(next(self._posted))


@dataclass(frozen=True, slots=True)
class Workspace:
    """What Slack's Web API says of people, groups and channels; asked by the real directory."""

    desk: Desk
    now: Callable[[], datetime]

    async def users_info(self, *, user: str, **_more: Any) -> dict[str, Any]:
        one = next(one for one in self.desk.people if one.slack == user)
        profile = {"display_name": one.name, "real_name": f"{one.name} Rossi"}
        return {"user": {"id": user, "tz": one.timezone, "locale": "en-GB", "profile": profile}}

    async def dnd_info(self, *, user: str) -> dict[str, Any]:
        one = next(one for one in self.desk.people if one.slack == user)
        span = quiet_end(one, self.now())
        if span is None:
            return {"dnd_enabled": False}
        start, end = (moment.timestamp() for moment in span)
        return {"dnd_enabled": True, "next_dnd_start_ts": start, "next_dnd_end_ts": end}

    async def conversations_members(self, **_more: Any) -> dict[str, Any]:
        return {"members": [one.slack for one in self.desk.people]}

    async def usergroups_users_list(self, *, usergroup: str) -> dict[str, Any]:
        return {"users": self.desk.groups[usergroup]}
