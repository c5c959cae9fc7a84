"""Corrects a case: its priority, its area, and the account that its post was addressed to."""

from db import cases
from handlers.desk.work import Work, use_case
from triage.cases.case import Case
from triage.errors import DeskError
from triage.events import AccountChanged, AreaChanged, PriorityChanged
from triage.i18n import _
from triage.rights import Person
from triage.scoring.priority import Priority, Reason, queue_at


@use_case
async def set_priority(work: Work, case_id: int, person: Person, wanted: Priority) -> Case:
    """Correct the priority, and compute the due time again from the clock's true start."""
    case = await work.case_for(case_id, person, "priority")
    if case.priority is wanted:
        return case
    await work.record(case, PriorityChanged(case.priority, wanted), person)
    changes: dict[str, object] = {
        "priority": wanted.value,
        "reasons": [Reason("person").to_json()],
        "queue_at": queue_at(wanted, case.value, case.waiting_since),
    }
    if case.due_at is not None:
        due_at = work.due(wanted, case.waiting_since, case.area, answered=case.answered)
        await work.aim_clock(case, case.waiting_since, due_at)
        changes |= {"due_at": due_at, "late_at": None}
    changed = await cases.change(work.connection, case, **changes)
    await work.draw_card(changed)
    return changed


@use_case
async def set_area(work: Work, case_id: int, person: Person, wanted: str | None) -> Case:
    """Correct the area; the card moves to that area's channel, and the clock runs by that area's hours."""
    case = await work.case_for(case_id, person, "area")
    if wanted is not None and work.policy.area_named(wanted) is None:
        raise DeskError(_("The area “{area}” is no longer in desk.toml.").format(area=wanted))
    if case.area == wanted:
        return case
    await work.record(case, AreaChanged(case.area, wanted), person)
    changes = {"area": wanted, "channel": work.policy.channel_of(wanted), **_due_by(work, case, wanted)}
    changed = await cases.change(work.connection, case, **changes)
    if changed.due_at is not None and "due_at" in changes:
        await work.aim_clock(changed, changed.waiting_since, changed.due_at)
    await work.draw_card(changed)
    return changed


def _due_by(work: Work, case: Case, area: str | None) -> dict[str, object]:
    """The case's clock by an area's hours, from its true start; nothing where the hours are those it runs by."""
    hours = work.policy.working_time_of
    if case.due_at is None or hours(area) == hours(case.area):
        return {}
    due_at = work.due(case.priority, case.waiting_since, area, answered=case.answered)
    return {"due_at": due_at, "late_at": None}


@use_case
async def move(work: Work, case_id: int, person: Person) -> Case:
    """Give a case that came to the wrong account to the other one, and keep where it came from; back undoes it."""
    case = await work.case_for(case_id, person, "move")
    sister = work.policy.sister_of(case.network, case.account)
    if sister is None or not case.status.is_open:
        raise DeskError(_("There is no other account to move this case to."))
    await work.record(case, AccountChanged(f"@{case.account}", f"@{sister}"), person)
    came_to = case.moved_from or case.account
    moved_from = None if came_to == sister else came_to
    changed = await cases.change(work.connection, case, account=sister, moved_from=moved_from)
    await work.draw_card(changed)
    return changed
