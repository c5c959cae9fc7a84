"""Noting at a start which sections of desk.toml changed since the last one."""

import hashlib
import json

from db import events, said
from handlers.desk.work import Work, use_case
from triage.events import SettingsChanged, SettingsFirstRead, SettingsRead
from triage.policy import Policy


@use_case
async def note(work: Work) -> None:
    """Record the sections that changed; of several replicas that start at once, one does."""
    before = await events.latest_on_desk(work.connection, SettingsFirstRead)
    now = digests_of(work.policy)
    event = _event(before.event if before else None, now)
    key = f"settings:{before.id if before else 0}"
    if event and await said.first_time(work.connection, key, work.now):
        await work.record_on_desk(event)


def _event(before: object, now: tuple[str, ...]) -> SettingsRead | None:
    if not isinstance(before, SettingsRead):
        return SettingsFirstRead(now)
    changed = {line.split()[0] for line in set(before.digests) ^ set(now)}
    return SettingsChanged(tuple(sorted(changed)), now) if changed else None


def digests_of(policy: Policy) -> tuple[str, ...]:
    """ "section digest" of each section: that it changed can be told, and not what it says."""
    sections = policy.model_dump(mode="json")
    return tuple(f"{name} {_digest(sections[name])}" for name in sorted(sections))


def _digest(section: object) -> str:
    return hashlib.sha256(json.dumps(section, sort_keys=True).encode()).hexdigest()[:16]
