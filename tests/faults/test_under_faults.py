"""The fault suite in short: seeds that stay the same, both databases, and three products that are broken on purpose."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import judge
from faults.places import on_server
from faults.plan import Plan
from faults.report import broken
from faults.trial import Trial
from faults.verdict import Verdict

import postgres

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.a_server() as running:
        yield running


async def tried(plan: Plan, folder: Path, server: str = "") -> Verdict:
    url, restart = on_server(server) if server else (f"sqlite+aiosqlite:///{folder}/desk.db", None)
    return await Trial(plan, folder, url, restart).run()


def said(verdict: Verdict, plan: Plan) -> str:
    return "\n".join([f"seed {plan.seed}", *broken(verdict)])


@pytest.mark.parametrize("seed", [11])
async def test_nothing_is_lost_or_done_twice_on_sqlite(tmp_path: Path, seed: int) -> None:
    plan = Plan(seed=seed, mentions=40, kills=3, minutes=0.3, mentions_a_second=3)
    verdict = await tried(plan, tmp_path)
    assert not verdict.broken, said(verdict, plan)


@pytest.mark.parametrize("seed", [12])
async def test_nothing_is_lost_or_done_twice_by_two_replicas_on_postgresql(
    tmp_path: Path, server: str, seed: int
) -> None:
    plan = Plan(
        database="postgresql",
        replicas=2,
        seed=seed,
        mentions=40,
        kills=3,
        minutes=0.3,
        mentions_a_second=3,
    )
    verdict = await tried(plan, tmp_path, server)
    assert not verdict.broken, said(verdict, plan)


async def test_a_desk_that_never_looks_before_it_sends_again_is_found_out(tmp_path: Path) -> None:
    plan = Plan(
        sabotage="no-reconcile",
        lost_answers=3,
        seed=1,
        mentions=30,
        kills=1,
        minutes=0.12,
        patience=15,
    )
    verdict = await tried(plan, tmp_path)
    assert not verdict.sentences[judge.POSTED_ONCE].holds


async def test_a_claim_that_reads_and_then_writes_is_found_out(tmp_path: Path) -> None:
    plan = Plan(
        sabotage="read-then-write-claim",
        only=("claim", "release"),
        seed=1,
        mentions=24,
        kills=0,
        minutes=0.1,
        patience=15,
    )
    verdict = await tried(plan, tmp_path)
    assert not verdict.sentences[judge.ONE_HAND].holds


async def test_a_timer_that_is_armed_after_the_commit_is_found_out(tmp_path: Path) -> None:
    plan = Plan(
        sabotage="timer-after-commit",
        only=("claim", "escalate", "follow_up"),
        seed=1,
        mentions=30,
        kills=3,
        minutes=0.6,
        mentions_a_second=3,
        patience=10,
    )
    verdict = await tried(plan, tmp_path)
    assert not verdict.sentences[judge.TIMED].holds
