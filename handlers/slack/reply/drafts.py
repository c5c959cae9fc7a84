"""While an answer is typed: its draft is kept, and colleagues see that somebody is at it."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from handlers.desk.replies import approve, drafts
from handlers.ports import Payload
from handlers.problems import DoorProblem
from handlers.slack.context import Context, Window
from handlers.slack.gestures import Gestures
from handlers.slack.reply.insert import typed

# Slack tells of every pause in the typing; it is kept this often at most.
PACE = 2.0


@dataclass(slots=True)
class Typing:
    """Text typed in open modals and not kept yet. It is kept at once, then at most every two seconds, the last always."""

    latest: dict[str, tuple[Payload, datetime]] = field(default_factory=dict)
    keeping: set[str] = field(default_factory=set)

    async def heard(self, ctx: Context, body: Payload, at: datetime) -> None:
        view_id = body["view"]["id"]
        if view_id in self.latest and self.latest[view_id][1] >= at:
            return  # tried again, and overtaken meanwhile
        self.latest[view_id] = (body, at)
        if view_id in self.keeping:
            return
        self.keeping.add(view_id)
        try:
            while (typed := self.latest.pop(view_id, None)) is not None:
                try:
                    await _keep(ctx, *typed)
                except (DoorProblem, DBAPIError):
                    if view_id not in self.latest:
                        raise  # it is heard again; what was typed since takes its place
                await asyncio.sleep(PACE)
        finally:
            self.keeping.discard(view_id)
            self.latest.pop(view_id, None)


def register(gestures: Gestures) -> None:
    gestures.typed("text", Typing().heard)
    gestures.closed("reply", on_closed)


async def _keep(ctx: Context, body: Payload, at: datetime) -> None:
    """Keep it as a draft; what must not be sent is refused."""
    metadata = Window.of(body["view"])
    text = typed(body["view"])
    person = await ctx.directory.person(body["user"]["id"])
    if body["view"]["callback_id"] == "approve":
        waiting = metadata.number("approval")
        people = await ctx.directory.readers("", 0, person.slack)
        await approve.keep_edit(ctx.desk, metadata.number("case"), waiting, person, people, text, at)
        return
    await drafts.keep(ctx.desk, metadata.number("case"), person, text, metadata["seen"], at)


async def on_closed(ctx: Context, body: Payload, _at: datetime) -> None:
    metadata = Window.of(body["view"])
    person = await ctx.directory.person(body["user"]["id"])
    await drafts.end(ctx.desk, metadata.number("case"), person)
