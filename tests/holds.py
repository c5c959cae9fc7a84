"""Measures how long each piece of work holds the event loop, in the thread's own time on the processor."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Hold = tuple[float, str]


@contextmanager
def holds_of_the_loop() -> Iterator[list[Hold]]:
    """What ran between two turns of the loop, as (milliseconds, task); of the tasks that are started inside.

    A busy machine delays the loop, but hardly changes the time that a piece of work takes on the processor.
    The pretend servers, whose handlers run in the same loop, do not count.
    """
    found: list[Hold] = []
    run = asyncio.Handle._run

    def timed(handle: Any) -> None:
        begun = time.thread_time()
        run(handle)
        took = (time.thread_time() - begun) * 1000
        name = _name_of(handle)
        if name is not None:
            found.append((took, name))

    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    # Tasks written in Python say whose step a handle is.
    loop.set_task_factory(lambda loop, coro, **more: asyncio.tasks._PyTask(coro, loop=loop, **more))
    asyncio.Handle._run = timed  # type: ignore[method-assign]
    try:
        yield found
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]
        loop.set_task_factory(before)


def _name_of(handle: Any) -> str | None:
    task = getattr(handle._callback, "__self__", None)
    if not isinstance(task, asyncio.tasks._PyTask):
        return None
    name = getattr(task.get_coro(), "__qualname__", "")
    return None if name.startswith("RequestHandler.") else name
