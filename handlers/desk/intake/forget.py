"""Removes people and old cases from the database and from Slack."""

from datetime import timedelta

from db import cases, events, mentions, messages, said
from db.queue import deliveries, timers
from handlers.desk import outbox
from handlers.desk.work import Work, use_case
from triage.errors import DeskError
from triage.i18n import _

AT_ONCE = 50


class NothingKnown(DeskError):
    """No author of that name is in the desk."""


@use_case
async def forget(work: Work, handle: str) -> int:
    """Remove an author with their posts, cases, history and messages in Slack; returns the number of cases."""
    found = await mentions.by_handle(work.connection, handle.removeprefix("@"))
    if not found:
        raise NothingKnown(_("No author @{handle} is in the desk.").format(handle=handle.removeprefix("@")))
    forgotten = 0
    for author in found:
        for case_id in await mentions.cases_of(work.connection, author):
            await _erase_case(work, author.network, case_id)
            forgotten += 1
        await mentions.erase_author(work.connection, author)
    return forgotten


async def _erase_case(work: Work, network: str, case_id: int) -> None:
    for post in await mentions.conversation(work.connection, case_id):
        # Its id is kept for a while, so that the overlap of the next read does not bring the post back.
        await said.first_time(work.connection, mentions.once_key(network, post.post_id), work.now)
    standing = await messages.places_of_case(work.connection, case_id)
    await deliveries.erase_case(work.connection, case_id)
    await messages.erase_case(work.connection, case_id)
    await timers.erase_case(work.connection, case_id)
    await cases.erase(work.connection, case_id)
    for row in standing:
        await outbox.remove(work, row.subject, row.place)


@use_case
async def expire(work: Work) -> int:
    """Remove some of the cases that were closed more than `keep_days` ago; returns how many."""
    before = work.now - timedelta(days=work.policy.desk.keep_days)
    old = await cases.closed_before(work.connection, before, AT_ONCE)
    for case in old:
        await _erase_case(work, case.network, case.id)
    await mentions.erase_strangers(work.connection, before)
    await events.sweep_desk(work.connection, before)
    return len(old)
