"""The verdict by table: why a text may not go out, who reads it first, and what is new about its case."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from scene import policy_with
from triage.cases.case import Case, IllegalMove, Status
from triage.cases.mention import Author
from triage.people import People
from triage.replies.approval import Why, readers
from triage.replies.seen import Seen, news_since
from triage.replies.verdict import (
    AlreadyWaits,
    BadText,
    NobodyReads,
    NoReason,
    NotByApi,
    Situation,
    Undecided,
    judge,
    judge_as_written,
)
from triage.rights import Person, Role
from triage.scoring.priority import Priority
from triage.time.rota import Rota, Turn, on_duty

NOW = datetime(2026, 9, 14, 8, tzinfo=UTC)
PHONE = "The courier rings you at +39 333 555 0142."
POLICY = policy_with(
    approval={"roles": ["trainee"], "priorities": ["urgent"], "guard": True}, leads=["ULEAD"]
)


def somebody(slack: str, role: Role = Role.AGENT, **more: Any) -> Person:
    return Person(slack, slack.title(), slack[1:3], role, **more)


ANNA, LEAD = somebody("UANNA"), somebody("ULEAD", Role.LEAD)
TRAINEE = somebody("UTRAINEE", Role.TRAINEE, supervised=True)
PEOPLE = People({one.slack: one for one in (ANNA, LEAD, TRAINEE)}, members=("UANNA", "ULEAD", "UTRAINEE"))


def case(**changes: Any) -> Case:
    columns: dict[str, Any] = dict.fromkeys(Case.__dataclass_fields__)
    columns |= {"id": 1, "network": "x", "account": "acme_help", "owner": "UANNA", "status": Status.CLAIMED}
    columns |= {"priority": Priority.NORMAL, "reasons": (), "version": 1}
    return Case(**columns | changes)


SEEN = Seen(3, 1, "UANNA", is_open=True)
SITUATION = Situation(case(), Author("x", "7", "anna_test", "Anna"), "acme_help", SEEN)


def verdict_on(
    text: str, situation: Situation = SITUATION, person: Person = ANNA, people: People = PEOPLE
) -> Any:
    return judge(text, situation, person, people, POLICY, NOW, SEEN)


@pytest.mark.parametrize(
    ("situation", "refusal"),
    [
        (SITUATION, type(None)),
        (replace(SITUATION, undecided=True), Undecided),
        (replace(SITUATION, account=None), NotByApi),
        (replace(SITUATION, case=case(status=Status.RESOLVED)), IllegalMove),
    ],
)
def test_a_case_may_stand_in_the_way_of_any_answer(situation: Situation, refusal: type) -> None:
    assert type(verdict_on("Until eight.", situation).refusal) is refusal


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "^AN", "a\u202eb", "x " * 1400, "x" * 3001])
def test_a_text_that_cannot_be_posted_is_refused_and_makes_no_posts(text: str) -> None:
    verdict = verdict_on(text)
    assert isinstance(verdict.refusal, BadText)
    assert verdict.parts == ()


def test_a_card_number_is_neither_sent_nor_kept_however_long_the_text() -> None:
    number = "4111 1111 1111 1111"
    for text in (f"It is {number}.", f"It is {number}. " + "Bye. " * 580):
        verdict = verdict_on(text)
        assert "payment card" in str(verdict.refusal)
        assert not verdict.keepable
    as_written = judge_as_written("It is ok.", [f"It is {number}."], SITUATION, POLICY)
    assert isinstance(as_written.refusal, BadText)


def test_what_the_guard_found_needs_a_reason() -> None:
    verdict = verdict_on(PHONE)
    assert isinstance(verdict.against("  "), NoReason)
    assert verdict.against("the courier's own") is None
    assert verdict.despite(" the courier's own ") == {"found": "phone", "note": "the courier's own"}


@pytest.mark.parametrize(
    ("text", "person", "priority", "why"),
    [
        ("Hello.", ANNA, Priority.NORMAL, ()),
        (PHONE, ANNA, Priority.NORMAL, (Why.GUARD,)),
        ("Hello.", ANNA, Priority.URGENT, (Why.PRIORITY,)),
        (PHONE, TRAINEE, Priority.URGENT, (Why.ROLE, Why.PRIORITY, Why.GUARD)),
    ],
)
def test_whoever_reads_it_first_is_a_lead(
    text: str, person: Person, priority: Priority, why: tuple[Why, ...]
) -> None:
    verdict = verdict_on(text, replace(SITUATION, case=case(priority=priority)), person)
    assert verdict.why == why
    assert verdict.approvers == (("ULEAD",) if why else ())


def test_with_nobody_else_there_an_agent_may_send_and_a_learner_may_not() -> None:
    urgent = replace(SITUATION, case=case(priority=Priority.URGENT))
    alone = verdict_on("Hello.", urgent, ANNA, People())
    assert (alone.why, alone.waits, alone.refusal) == ((Why.PRIORITY,), False, None)
    assert isinstance(verdict_on("Hello.", SITUATION, TRAINEE, People()).refusal, NobodyReads)


def test_one_reply_of_a_case_waits_at_a_time() -> None:
    waiting = replace(SITUATION, waits=True)
    assert isinstance(verdict_on(PHONE, waiting).against("the courier's"), AlreadyWaits)
    assert verdict_on("Hello.", waiting).against("") is None


def test_only_strangers_are_pointed_out() -> None:
    assert verdict_on("Ask @Other_Shop, @acme or @anna_test; mail a@b.example").names == ("Other_Shop",)


@pytest.mark.parametrize(
    ("now", "news"),
    [
        (SEEN, ""),
        (replace(SEEN, ours=2), "<@ULEAD> answered meanwhile."),
        (replace(SEEN, theirs=4), "The customer wrote again meanwhile."),
        (replace(SEEN, owner=None), "The case changed hands meanwhile."),
        (replace(SEEN, is_open=False), "The case was closed or reopened meanwhile."),
    ],
)
def test_what_is_new_is_said(now: Seen, news: str) -> None:
    assert news_since(SEEN, now, "ULEAD") == news
    assert Seen.read(str(now)) == now


@pytest.mark.parametrize("written", ["", "1/2", "a/b/c/d", "1/2/U/1/9"])
def test_what_cannot_be_read_was_not_seen(written: str) -> None:
    assert news_since(Seen.read(written), SEEN, None) != ""


def test_readers_are_asked_step_by_step_and_never_their_own_writer() -> None:
    group = replace(PEOPLE, groups={"S1": ("UANNA", "UGONE")})
    rules = POLICY.approval
    assert rules is not None
    named = rules.model_copy(update={"approvers": ["S1"]})
    steps = [readers(named, ["ULEAD"], group, "UX", step) for step in range(4)]
    assert steps == [("UANNA",), ("ULEAD",), ("UANNA", "ULEAD"), ()]
    assert readers(named, ["ULEAD"], group, "UANNA", 0) == ("ULEAD",)


def test_duty_is_had_by_whoever_is_there() -> None:
    rota = Rota(people=["UANNA", "ULEAD", "UTRAINEE"], turn=Turn.ALL)
    assert on_duty(rota, None, PEOPLE, NOW, "UTC") == ["UANNA", "ULEAD", "UTRAINEE"]
    away = replace(PEOPLE, away=frozenset({"UANNA"}))
    assert on_duty(rota, "ULEAD", away, NOW, "UTC") == ["ULEAD", "UTRAINEE"]
    viewer = replace(PEOPLE, there={**PEOPLE.there, "ULEAD": somebody("ULEAD", Role.VIEWER)})
    assert on_duty(None, "ULEAD", viewer, NOW, "UTC") == []
