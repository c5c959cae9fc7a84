"""Ending tasks: what was told to end must end."""

import asyncio


def is_cancelled() -> bool:
    """Whether this task was told to end, even if what it waited for kept that to itself.

    Before Python 3.12 `asyncio.wait_for` swallows a cancelling that comes in the same instant as its result
    (python/cpython issue 86296); psycopg's pool and Procrastinate wait so. A loop that asks here ends at its next turn.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
