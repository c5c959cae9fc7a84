"""Troubles: tell the leads once when a trouble begins, and once when it ends."""

from datetime import datetime

from db import troubles
from handlers.desk.work import Work, use_case

SLACK, DATABASE = "slack", "database"
# Nobody can be told of these while they last.
UNSPEAKABLE = (SLACK, DATABASE)


@use_case
async def begin(work: Work, part: str, cause: str, since: datetime) -> None:
    """A part has stopped working; parts that share a cause are one message."""
    if not await troubles.begin(work.connection, part, cause, since):
        return
    if part not in UNSPEAKABLE and await troubles.parts_with(work.connection, cause) == 1:
        await work.tell_leads("trouble", None, cause=cause, since=_stamp(since))


@use_case
async def end(work: Work, part: str, cause: str | None = None, since: datetime | None = None) -> None:
    """It works again; `cause` and `since` are of a trouble that could not be kept."""
    ended = await troubles.end(work.connection, part)
    if ended is not None:
        cause, since = ended.cause, ended.since
    if cause is None or since is None or await troubles.parts_with(work.connection, cause):
        return
    await work.tell_leads("trouble_over", None, cause=cause, since=_stamp(since), until=_stamp(work.now))


@use_case
async def clock_moved(work: Work, seconds: float) -> None:
    """The machine's clock jumped, or the machine slept."""
    await work.tell_leads("clock_moved", None, minutes=f"{seconds / 60:+.0f}")


def _stamp(at: datetime) -> int:
    return int(at.timestamp())
