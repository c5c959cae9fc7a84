"""One preview and one Send: the statements and the functions each costs, and how long the first holds the loop.

Run with `PYTHONPATH=tests python -m bench.pressing`.
"""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from scene import ANNA, Scene, a_scene

HOUSE = Path(__file__).parent.parent
OURS = tuple(f"{HOUSE / floor}/" for floor in ("bot", "handlers", "db", "triage"))
SUBMITTED = "Gestures._submit"


def in_a_submission() -> bool:
    """True within a modal's submission, whatever else the program does meanwhile."""
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and getattr(task.get_coro(), "__qualname__", "") == SUBMITTED


@contextmanager
def statements() -> Iterator[list[tuple[str, str]]]:
    """Collect each statement of a submission with its parameters."""
    found: list[tuple[str, str]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        if in_a_submission():
            found.append((statement, repr(parameters)))

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", heard)


@contextmanager
def calls() -> Iterator[Counter[CodeType]]:
    """Count the calls of the house's own functions in a submission."""
    found: Counter[CodeType] = Counter()

    def heard(frame: FrameType, what: str, _argument: Any) -> None:
        if what == "call" and frame.f_code.co_filename.startswith(OURS) and in_a_submission():
            found[frame.f_code] += 1

    sys.setprofile(heard)
    try:
        yield found
    finally:
        sys.setprofile(None)


@contextmanager
def stalls() -> Iterator[list[float]]:
    """Collect for how long the loop was busy between two looks: CPU seconds of its thread, so other load counts not."""
    late: list[float] = []

    async def sleeper() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            late.append(time.thread_time() - before)

    task = asyncio.get_running_loop().create_task(sleeper())
    try:
        yield late
    finally:
        task.cancel()


async def open_reply(scene: Scene, words: str, handle: str) -> None:
    card = await scene.taken(f"@acme_help {words}", handle=handle)
    await scene.quiet()
    await scene.opens(ANNA, card, "reply")
    await scene.quiet()


async def press(what: str, scene: Scene, values: dict[str, str]) -> None:
    with statements() as made:
        assert (await scene.slack.submit(ANNA, values)).ok
    repeats = len(made) - len(set(made))
    print(f"{what}: {len(made)} statements, {repeats} of them repeats")


async def count(what: str, scene: Scene, values: dict[str, str]) -> None:
    with calls() as made:
        assert (await scene.slack.submit(ANNA, values)).ok
    print(f"{what}: {made.total()} calls of {len(made)} functions")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_scene(Path(folder)) as scene:
            assert scene.app is not None
            scene.app.runner.poller.own_pause = 0.2
            for number in ("first", "second"):
                await open_reply(scene, f"is the {number} shop open?", f"ada_{number}")
                with stalls() as late:
                    assert (await scene.slack.submit(ANNA, {"text": "We call you by Friday."})).ok
                print(f"{number} preview: the loop was held for {max(late) * 1000:.0f} ms at most")
                assert (await scene.slack.submit(ANNA)).ok
            await open_reply(scene, "my parcel is late", "bob_late")
            await press("preview", scene, {"text": "It is on its way."})
            await press("send", scene, {})
            await open_reply(scene, "my bill is wrong", "cleo_bill")
            await count("preview", scene, {"text": "Let me look."})
            await count("send", scene, {})


if __name__ == "__main__":
    asyncio.run(main())
