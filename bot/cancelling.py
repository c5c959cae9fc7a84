"""Cancelling tasks reliably."""

import asyncio


def is_cancelled() -> bool:
    """True if this task was cancelled, even if the call that it awaited swallowed the cancellation.

    Before Python 3.12 `asyncio.wait_for` swallows a cancellation that comes in the same instant as its result
    (python/cpython issue 86296); psycopg's pool and Procrastinate use it. A loop that asks here ends at its next turn.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
