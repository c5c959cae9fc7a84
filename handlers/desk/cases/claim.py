"""Taking a case, giving it back, giving it to a colleague."""

from db import cases
from handlers.desk.obligations.open_items import hand_over_follow_ups, tie_up, withdraw_approval
from handlers.desk.work import Work, use_case
from triage.cases.case import Case, Move
from triage.errors import DeskError
from triage.i18n import _
from triage.rights import Person


class AlreadyTaken(DeskError):
    """Somebody was faster."""


@use_case
async def claim(work: Work, case_id: int, person: Person) -> Case:
    """Take a case that nobody has; raises AlreadyTaken with who was faster and when."""
    return await take(work, case_id, person)


async def take(work: Work, case_id: int, person: Person) -> Case:
    case = await work.case_for(case_id, person, "claim")
    if case.owner is not None and case.status.is_open:
        raise AlreadyTaken(await _who_was_faster(work, case, person))
    return await work.move(case, Move.CLAIM, person, owner=person.slack)


async def _who_was_faster(work: Work, case: Case, person: Person) -> str:
    if case.owner == person.slack:
        return _("You have this case already.")
    taken = await cases.last_claim(work.connection, case.id)
    since = taken.at if taken else case.opened_at
    date = f"<!date^{int(since.timestamp())}^{{time_secs}}|{since:%H:%M:%S} UTC>"
    return _("<@{owner}> was faster: the case is theirs since {time}.").format(owner=case.owner, time=date)


@use_case
async def release(work: Work, case_id: int, person: Person) -> Case:
    """Give a case back to the channel."""
    case = await work.case_for(case_id, person, "release")
    return await give_back(work, case, Move.RELEASE, person)


@use_case
async def transfer(work: Work, case_id: int, person: Person, to: Person, note: str = "") -> Case:
    """Give a case to a colleague, who is told; so is the owner when somebody else does it."""
    case = await work.case_for(case_id, person, "transfer")
    return await pass_to(work, case, person, to, note)


@use_case
async def take_over(work: Work, case_id: int, person: Person) -> Case:
    """Take a case whose owner is away, or one that nobody has."""
    case = await work.case_for(case_id, person, "transfer")
    if case.owner is None:
        return await take(work, case_id, person)
    return await pass_to(work, case, person, person, "")


async def pass_to(work: Work, case: Case, person: Person, to: Person, note: str) -> Case:
    """The same within a transaction."""
    if to.slack == case.owner:
        raise DeskError(_("<@{owner}> has this case already.").format(owner=to.slack))
    moved = await work.move(
        case, Move.TRANSFER, person, detail={"to": to.slack, "note": note}, owner=to.slack
    )
    await hand_over_follow_ups(work, moved, to.slack)
    await withdraw_approval(work, moved)
    if to.slack != person.slack:
        await work.tell(to.slack, "transferred", moved, by=person.slack, note=note)
    if case.owner not in (None, person.slack):
        await work.tell(str(case.owner), "taken_over", moved, by=person.slack, to=to.slack)
    return moved


async def give_back(work: Work, case: Case, move: Move, person: Person | None, **detail: object) -> Case:
    """Return a case to the channel: no owner, no expert asked, no date promised."""
    moved = await work.move(case, move, person, detail=detail, owner=None)
    await tie_up(work, moved)
    return moved
