"""The directory of the workspace: people, roles and groups, asked of Slack once and cached for a while."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from slack_sdk.web.async_client import AsyncWebClient

from handlers.ports import Payload
from handlers.problems import DoorProblem, Refused
from handlers.slack.chat import call
from triage import i18n
from triage.people import People
from triage.policy import Policy
from triage.replies.approval import asks_everybody
from triage.rights import Person, PersonEntry, Role, initials_of
from triage.time.hours import known_zone
from triage.time.working_time import WorkingTime

FRESH_SECONDS = 600.0
# Slack tells one replica that a group changed; the others see it after this long.
GROUP_FRESH_SECONDS = 60.0
# Do Not Disturb is switched on and off by hand.
QUIET_FRESH_SECONDS = 30.0
MOST_PEOPLE = 20_000


@dataclass(frozen=True, slots=True)
class Workspace:
    """The Slack workspace that the bot was installed in, and the bot itself there."""

    team_id: str
    team: str
    bot_user_id: str
    bot_id: str


class Directory:
    """Looks people up in Slack; what desk.toml says about a person wins."""

    def __init__(self, client: AsyncWebClient, policy: Policy) -> None:
        self._client = client
        self._policy = policy
        self._entries: dict[str, PersonEntry] = {entry.slack: entry for entry in policy.person}
        self._people: dict[str, tuple[float, Payload]] = {}
        self._members: tuple[float, frozenset[str]] = (float("-inf"), frozenset())
        self._groups: dict[str, tuple[float, list[str]]] = {}
        self._quiet: dict[str, tuple[float, tuple[tuple[float, float], ...]]] = {}

    async def person(self, slack: str) -> Person:
        user = await self._user(slack)
        profile = user.get("profile", {})
        name = (
            profile.get("display_name")
            or profile.get("real_name")
            or user.get("real_name")
            or user.get("name")
            or slack
        )
        entry = self._entries.get(slack)
        role = await self._role(slack, user, entry)
        timezone = (entry and entry.timezone) or user.get("tz") or self._policy.desk.timezone
        full_name = profile.get("real_name") or user.get("real_name") or name
        return Person(
            slack=slack,
            name=name,
            initials=(entry and entry.initials) or initials_of(full_name),
            role=role,
            timezone=timezone,
            language=self._language(user),
            supervised=role is Role.TRAINEE and self._reads_first(role),
            first_name=(full_name.split() or [""])[0],
            working=_working(entry, timezone),
        )

    async def language_of(self, slack: str) -> str:
        """The desk's language with a person: that of their Slack, if the desk has texts in it."""
        return self._language(await self._user(slack))

    def _reads_first(self, role: Role) -> bool:
        rules = self._policy.approval
        return rules is not None and role in rules.roles

    def _language(self, user: Payload) -> str:
        return i18n.known(user.get("locale"), self._policy.desk.staff_language)

    async def is_gone(self, slack: str) -> bool:
        user = await self._user(slack)
        return bool(user.get("deleted") or user.get("is_bot"))

    async def is_of(self, slack: str, team_id: str) -> bool:
        """True if a person belongs to that workspace: shared channels have members of other workspaces too."""
        user = await self._user(slack)
        teams = (user.get("enterprise_user") or {}).get("teams") or []
        return team_id in (user.get("team_id", team_id), *teams)

    async def _role(self, slack: str, user: Payload, entry: PersonEntry | None) -> Role:
        if entry and entry.role:
            return entry.role
        if slack in self._policy.desk.leads or any(area.lead == slack for area in self._policy.area):
            return Role.LEAD
        is_guest = user.get("is_restricted") or user.get("is_ultra_restricted") or user.get("is_stranger")
        if is_guest or user.get("deleted") or user.get("is_bot"):
            return Role.VIEWER
        return Role.AGENT if slack in await self._desk_members() else Role.VIEWER

    async def _user(self, slack: str) -> Payload:
        kept = self._people.get(slack)
        if kept and time.monotonic() - kept[0] < FRESH_SECONDS:
            return kept[1]
        try:
            user = (await call(self._client.users_info, user=slack, include_locale=True))["user"]
        except DoorProblem:
            if kept:
                return kept[1]  # what we knew is better than nothing while Slack is unwell
            raise
        if len(self._people) >= MOST_PEOPLE:
            self._people.clear()
        self._people[slack] = (time.monotonic(), user)
        return dict(user)

    async def quiet_until(self, slack: str, now: datetime) -> datetime | None:
        """The end of a person's Do Not Disturb in Slack; None if it is off. Raises a DoorProblem."""
        at = now.timestamp()
        ends = [end for start, end in await self._quiet_spans(slack) if start <= at < end]
        return datetime.fromtimestamp(max(ends), UTC) if ends else None

    async def _quiet_spans(self, slack: str) -> tuple[tuple[float, float], ...]:
        kept = self._quiet.get(slack)
        if kept and time.monotonic() - kept[0] < QUIET_FRESH_SECONDS:
            return kept[1]
        said = await call(self._client.dnd_info, user=slack)
        spans = []
        if said.get("dnd_enabled"):
            spans.append((float(said["next_dnd_start_ts"]), float(said["next_dnd_end_ts"])))
        if said.get("snooze_enabled"):
            spans.append((0.0, float(said.get("snooze_endtime") or 0)))
        if len(self._quiet) >= MOST_PEOPLE:
            self._quiet.clear()
        self._quiet[slack] = (time.monotonic(), tuple(spans))
        return tuple(spans)

    async def _desk_members(self) -> frozenset[str]:
        at, members = self._members
        if time.monotonic() - at < FRESH_SECONDS:
            return members
        try:
            members = frozenset(await self._list_members())
        except DoorProblem:
            if not members:
                raise
        self._members = (time.monotonic(), members)
        return members

    async def _list_members(self) -> list[str]:
        members: list[str] = []
        cursor = ""
        while True:
            page = await call(
                self._client.conversations_members,
                channel=self._policy.desk.channel,
                limit=1000,
                cursor=cursor,
            )
            members += page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return members

    def membership_changed(self) -> None:
        """Ask Slack again for the members, because a person joined or left the desk's channel."""
        self._members = (float("-inf"), self._members[1])

    def group_changed(self, group: str) -> None:
        """Ask Slack again for a user group, because a person joined or left it."""
        if group in self._groups:
            self._groups[group] = (float("-inf"), self._groups[group][1])

    async def expand(self, ids: Iterable[str]) -> list[str]:
        """People as they are, user groups as their members, in order, nobody twice."""
        people: list[str] = []
        for one in ids:
            people += await self._group(one) if one.startswith("S") else [one]
        return list(dict.fromkeys(people))

    async def named_groups(self) -> dict[str, str]:
        """{id: handle} of the user groups that desk.toml names, as they are called in Slack; raises a DoorProblem."""
        wanted = self._policy.groups
        if not wanted:
            return {}
        known = await call(self._client.usergroups_list)
        handles = {group["id"]: group["handle"] for group in known["usergroups"]}
        return {one: handles[one] for one in wanted if one in handles}

    async def _group(self, group: str) -> list[str]:
        kept = self._groups.get(group)
        if kept and time.monotonic() - kept[0] < GROUP_FRESH_SECONDS:
            return kept[1]
        try:
            members = list((await call(self._client.usergroups_users_list, usergroup=group))["users"])
        except DoorProblem:
            return kept[1] if kept else []
        self._groups[group] = (time.monotonic(), members)
        return members

    async def people(self, ids: Iterable[str]) -> People:
        """Look up these people and the members of these user groups."""
        named = list(dict.fromkeys(ids))
        groups = {one: tuple(await self._group(one)) for one in named if one.startswith("S")}
        found = {who: await self._there(who) for who in People(groups=groups).expand(named)}
        return People({who: person for who, person in found.items() if person is not None}, groups)

    async def _there(self, slack: str) -> Person | None:
        """Somebody as the desk sees them; None for who is gone."""
        try:
            return None if await self.is_gone(slack) else await self.person(slack)
        except Refused:
            return None  # desk.toml names somebody whom Slack does not know

    async def readers(self, writer: str = "", step: int = 0, *also: str) -> People:
        """Look up the people who may be asked to read a reply first, and `also` these.

        The whole desk is looked up only where it is everybody's turn: of this writer's reply, at this step.
        """
        policy = self._policy
        rules = policy.approval
        if rules is None:
            return People()
        named = [*rules.approvers, *policy.everybody_leading, *also]
        people = replace(await self.people(named), members=tuple(sorted(await self._desk_members())))
        leads = [policy.all_leads(area) for area in (None, *(area.name for area in policy.area))]
        if any(asks_everybody(rules, one, people, writer, step) for one in leads):
            more = await self.people([*people.there, *people.members])
            return replace(people, there=more.there)
        return people

    async def experts_of(self, area: str | None) -> list[str]:
        return await self.expand(self._policy.experts_of(area))


def _working(entry: PersonEntry | None, timezone: str) -> WorkingTime | None:
    """A person's own hours, in the zone they are in."""
    if entry is None or entry.hours is None:
        return None
    try:
        return WorkingTime.of(entry.hours, known_zone(timezone))
    except ValueError:
        return WorkingTime.of(entry.hours, "UTC")  # Slack says something that is no zone
