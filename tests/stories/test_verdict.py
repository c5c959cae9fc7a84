"""The rules of a public reply hold for whoever asks, not for Slack alone: the desk is called directly here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.sql import tables
from handlers.desk.cases import correct
from handlers.desk.replies import approve, judge, submit
from handlers.desk.replies.submit import Changed, Difference, Outcome, Queued, Refused, Request, Shown, Waits
from scene import ANNA, KASIA, LAURA, Scene, a_scene, policy_with
from triage.people import People
from triage.privacy.guard import Kind
from triage.replies.verdict import BadText, NobodyReads, NoReason
from triage.rights import NotAllowed, Person, Role
from triage.scoring.priority import Priority

RULES: dict[str, Any] = {"roles": ["trainee"], "priorities": ["urgent"], "minutes": 15}
CARD = "We pay it back to 4111 1111 1111 1111 today."
PHONE = "The courier rings you at +39 333 555 0142."
CLEAN = "It is on its way."

TRAINEE = Person(KASIA, "Kasia", "KN", Role.TRAINEE, supervised=True)
AGENT = Person(ANNA, "Anna Bianchi", "AB", Role.AGENT)
LEAD = Person(LAURA, "Laura", "LV", Role.LEAD)
VIEWER = Person("U0VIEWER", "Vera", "V", Role.VIEWER)
THERE = People({one.slack: one for one in (TRAINEE, AGENT, LEAD)}, members=(ANNA, KASIA, LAURA))


@asynccontextmanager
async def a_desk(folder: Path, owner: str = ANNA) -> AsyncIterator[Scene]:
    """A case of theirs at a desk where trainees' replies, and those to urgent cases, are read first."""
    people = [{"slack": KASIA, "role": "trainee"}]
    policy = policy_with(approval=RULES, person=people, undo_seconds=60, leads=[LAURA])
    async with a_scene(folder, policy=policy) as scene:
        await scene.taken("@acme_help where is my parcel?", owner)
        await scene.quiet()
        yield scene


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_desk(tmp_path) as scene:
        yield scene


@pytest.fixture
async def trainees_desk(tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_desk(tmp_path, KASIA) as scene:
        yield scene


async def seen(scene: Scene) -> str:
    """The case as it is now."""
    case = await scene.case()
    theirs = max(row["id"] for row in await scene.rows(tables.mentions))
    return f"{theirs}/{max((row['id'] for row in await scene.rows(tables.replies)), default=0)}/{case['owner']}/1"


async def sends(scene: Scene, person: Person, text: str, people: People = THERE, **more: Any) -> Outcome:
    assert scene.app is not None
    request = Request(more.pop("seen", None) or await seen(scene), text, **more)
    return await submit.submit(scene.app.desk, (await scene.case())["id"], person, people, request)


async def nothing_left(scene: Scene) -> bool:
    """Whether no reply is queued, and none waits."""
    return not await scene.rows(tables.replies) and not await scene.rows(tables.approvals)


async def test_a_supervised_trainees_card_number_goes_nowhere(trainees_desk: Scene) -> None:
    outcome = await sends(trainees_desk, TRAINEE, CARD)
    assert isinstance(outcome, Refused)
    assert [finding.kind for finding in outcome.verdict.findings] == [Kind.CARD]
    assert "payment card number" in str(outcome.why)
    assert await nothing_left(trainees_desk)


async def test_a_supervised_trainees_clean_text_waits_for_a_lead(trainees_desk: Scene) -> None:
    outcome = await sends(trainees_desk, TRAINEE, CLEAN)
    assert isinstance(outcome, Waits)
    assert outcome.verdict.approvers == (LAURA,)
    assert await trainees_desk.rows(tables.replies) == []
    (waiting,) = await trainees_desk.rows(tables.approvals)
    assert (waiting["state"], waiting["asked"]) == ("asked", [LAURA])


async def test_a_supervised_trainee_alone_at_the_desk_sends_nothing(trainees_desk: Scene) -> None:
    outcome = await sends(trainees_desk, TRAINEE, CLEAN, People())
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, NobodyReads)
    assert await nothing_left(trainees_desk)


async def test_what_has_to_be_explained_goes_out_with_a_reason_only(desk: Scene) -> None:
    for reason in ("", "   "):
        outcome = await sends(desk, AGENT, PHONE, reason=reason)
        assert isinstance(outcome, Refused)
        assert isinstance(outcome.why, NoReason)
        assert await nothing_left(desk)
    assert isinstance(await sends(desk, AGENT, PHONE, reason="It is the courier's own number"), Queued)
    (reply,) = await desk.rows(tables.replies)
    assert reply["state"] == "queued"
    (event,) = await desk.events("sent_anyway")
    assert event["detail"]["found"] == "phone"
    assert event["detail"]["note"] == "It is the courier's own number"


async def test_who_may_only_look_answers_nobody(desk: Scene) -> None:
    with pytest.raises(NotAllowed):
        await sends(desk, VIEWER, CLEAN)
    assert await nothing_left(desk)


@pytest.mark.parametrize("text", ["Every single word counts. " * 115, "x" * 100_000, "", " \n ", "a\u202eb"])
async def test_what_cannot_be_posted_is_refused(desk: Scene, text: str) -> None:
    outcome = await sends(desk, AGENT, text)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, BadText)
    assert await nothing_left(desk)


async def test_a_case_that_became_urgent_is_read_first_whatever_its_writer_was_shown(desk: Scene) -> None:
    assert desk.app is not None
    before, case = await seen(desk), (await desk.case())["id"]
    shown = await judge.judge(desk.app.desk, case, AGENT, THERE, CLEAN, before)
    assert not shown.waits
    await correct.set_priority(desk.app.desk, case, LEAD, Priority.URGENT)
    outcome = await sends(desk, AGENT, CLEAN, seen=before, shown=Shown(shown.digest, shown.waits))
    assert isinstance(outcome, Changed)
    assert outcome.difference is Difference.READERS
    assert await nothing_left(desk)
    assert isinstance(await sends(desk, AGENT, CLEAN, seen=before), Waits)
    assert await desk.rows(tables.replies) == []


async def test_an_approvers_own_version_is_judged_too(trainees_desk: Scene) -> None:
    scene = trainees_desk
    assert scene.app is not None
    await sends(scene, TRAINEE, CLEAN)
    (waiting,) = await scene.rows(tables.approvals)
    desk, case, number = scene.app.desk, waiting["case_id"], waiting["id"]
    verdict = await approve.preview_edit(desk, case, number, LEAD, THERE, TRAINEE, PHONE)
    edit = approve.Edit(TRAINEE, Shown(verdict.digest))
    outcome = await approve.approve(desk, case, number, LEAD, THERE, waiting["seen"], edit)
    assert isinstance(outcome, Refused)
    assert isinstance(outcome.why, NoReason)
    explained = replace(edit, reason="It is the courier's own number")
    outcome = await approve.approve(desk, case, number, LEAD, THERE, waiting["seen"], explained)
    assert isinstance(outcome, Queued)
    (reply,) = await scene.rows(tables.replies)
    assert reply["parts"] == [f"{PHONE} ^KN"]


async def test_an_approvers_card_number_is_neither_kept_nor_sent(trainees_desk: Scene) -> None:
    scene = trainees_desk
    assert scene.app is not None
    await sends(scene, TRAINEE, CLEAN)
    (waiting,) = await scene.rows(tables.approvals)
    desk, case, number = scene.app.desk, waiting["case_id"], waiting["id"]
    verdict = await approve.preview_edit(desk, case, number, LEAD, THERE, TRAINEE, CARD)
    assert isinstance(verdict.refusal, BadText)
    assert all("4111" not in row["text"] for row in await scene.rows(tables.drafts))
    assert await scene.rows(tables.replies) == []
