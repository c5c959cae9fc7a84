"""A press of Preview or Send reads the case once: few statements, and none of them twice."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from scene import ANNA, LAURA, Scene, a_scene, policy_with

MOST_OF_A_PREVIEW, MOST_OF_A_SEND = 10, 18
FOUND = "The courier rings you at +39 333 555 0142."

Statement = tuple[str, str]


@contextmanager
def statements() -> Iterator[Counter[Statement]]:
    """Count what modals' submissions ask of the database, each statement with its parameters."""
    made: Counter[Statement] = Counter()

    def heard(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        task = asyncio.current_task()
        # The desk reads X, draws cards and fires timers meanwhile, in tasks of their own.
        if task is not None and "_submit" in getattr(task.get_coro(), "__qualname__", ""):
            made[statement, repr(parameters)] += 1

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield made
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


def require_few(made: Counter[Statement], most: int) -> None:
    assert 0 < made.total() <= most, "\n".join(f"{times} {one}" for one, times in made.items())
    assert [one for one, times in made.items() if times > 1] == []


async def previews(scene: Scene, text: str, reason: str | None = None) -> None:
    """Write into an open reply modal, look at the preview, and send: each with few statements."""
    with statements() as made:
        assert (await scene.slack.submit(ANNA, {"text": text})).ok
    require_few(made, MOST_OF_A_PREVIEW)
    await scene.modal(ANNA)
    with statements() as made:
        assert (await scene.slack.submit(ANNA, {"reason": reason} if reason else {})).ok
    require_few(made, MOST_OF_A_SEND)


async def test_a_reply_is_previewed_and_queued(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    await previews(scene, "Until eight.")
    await scene.said("Until eight.")


async def test_a_reply_that_takes_a_free_case_and_a_reason_is_queued(scene: Scene) -> None:
    scene.writes("@acme_help where is my parcel?")
    card = await scene.card("where is my parcel?")
    await scene.opens(ANNA, card, "reply")
    await previews(scene, FOUND, "It is the courier's own number")
    await scene.said("The courier rings you")


@pytest.mark.parametrize("owned", [True, False])
async def test_a_reply_is_handed_over_for_approval(tmp_path: Path, owned: bool) -> None:
    policy = policy_with(approval={"guard": True}, undo_seconds=0, leads=[LAURA])
    async with a_scene(tmp_path, policy=policy) as scene:
        scene.writes("@acme_help where is my parcel?")
        card = await scene.card("where is my parcel?")
        if owned:
            await scene.claim(ANNA, card)
        await scene.opens(ANNA, card, "reply")
        await previews(scene, FOUND, "It is the courier's own number")
        await scene.shows(card, "waits for approval")
