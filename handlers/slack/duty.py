"""The people on duty just now, and the times at which people may be disturbed."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.desk.reading import people as reading
from handlers.desk.reading.case import case_of
from handlers.desk.work import Desk
from handlers.problems import DoorProblem
from handlers.slack.directory import Directory
from triage.cases.case import Case
from triage.errors import NoSuchCase
from triage.people import People
from triage.rights import Person, Role
from triage.scoring.priority import Priority
from triage.time.rota import on_duty


@dataclass(frozen=True, slots=True)
class Duty:
    """The desk's rotas, people's hours and absences, and what Slack says of them."""

    desk: Desk
    directory: Directory

    async def on_duty(self, area: str | None) -> list[str]:
        """The people who answer for an area just now."""
        policy, rota = self.desk.policy, self.desk.policy.rota_of(area)
        put = await reading.stand_in(self.desk, area)
        people = await self._people([*([put] if put else []), *(rota.people if rota else ())])
        return on_duty(rota, put, people, self.desk.now(), policy.desk.timezone)

    async def _people(self, ids: Sequence[str]) -> People:
        """Look up these people and their absences."""
        people = await self.directory.people(ids)
        away = await reading.away(self.desk, list(people.there))
        return replace(people, away=frozenset(away))

    async def on_duty_for(self, case_id: int) -> list[str]:
        """The people who answer for the area of a case just now; raises NoSuchCase."""
        return await self.on_duty((await case_of(self.desk, case_id)).area)

    async def away_until(self, who: str) -> datetime | None:
        """The end of a person's absence; None if they are not away."""
        return await reading.away_until(self.desk, who)

    async def experts(self, area: str | None) -> list[Person]:
        """The people to ask about an area, in order: on duty, its experts, its leads; or a user group's members.

        People who are away are left out.
        """
        policy = self.desk.policy
        if area in policy.groups:
            members = await self.present(await self.directory.expand([str(area)]))
            return [await self.directory.person(who) for who in members]
        named = [*await self.directory.experts_of(area), *policy.leads_of(area)]
        first = await self.on_duty(area) if not policy.experts_of(area) else []
        return [await self.directory.person(who) for who in await self.present([*first, *named])]

    async def present(self, some: Sequence[str]) -> list[str]:
        """Keep the people who are neither away nor gone, whatever their role, in the same order."""
        return [person.slack for person in (await self._people(some)).present(some)]

    async def here(self, some: Sequence[str]) -> list[str]:
        """Keep the people who are present and may work on cases, in the same order, nobody twice."""
        there = (await self._people(some)).present(some)
        return [person.slack for person in there if person.role is not Role.VIEWER]

    async def after_hours(self, who: str, case_id: int | None) -> datetime:
        """The time from which a direct message may reach a person: now, or once they are back, at work, and undisturbed.

        An urgent case's message reaches the people on duty for it at once. If Slack does not answer, it does not wait.
        """
        now = self.desk.now()
        if gone := await self.away_until(who):
            return gone
        case = await self._case(case_id)
        if case and case.priority is Priority.URGENT and who in await self.on_duty(case.area):
            return now
        taken_from = await self._quiet_until(who) or now
        with suppress(DoorProblem):
            return (await self.directory.person(who)).at_work_from(max(now, taken_from))
        return taken_from

    async def is_quiet(self, who: str) -> bool:
        """True if a person wants no notifications just now."""
        return await self._quiet_until(who) is not None

    async def _quiet_until(self, who: str) -> datetime | None:
        """The end of a person's Do Not Disturb; None if it is off, or if Slack does not answer."""
        with suppress(DoorProblem):
            return await self.directory.quiet_until(who, self.desk.now())
        return None

    async def _case(self, case_id: int | None) -> Case | None:
        if case_id is None:
            return None
        with suppress(NoSuchCase):
            return await case_of(self.desk, case_id)
        return None
