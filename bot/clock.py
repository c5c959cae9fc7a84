"""The clock: the machine's, or one that a file moves, for the playground and tests."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Now = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def moved_clock(offset_file: Path) -> Now:
    """A clock that is off by the number of seconds in the file, which is read again after it changes."""
    seen: tuple[int, float] = (-1, 0.0)

    def now() -> datetime:
        nonlocal seen
        try:
            changed = os.stat(offset_file).st_mtime_ns  # noqa: PTH116 - looked at often
            if changed != seen[0]:
                seen = (changed, float(offset_file.read_text(encoding="utf-8").strip() or 0))
        except (OSError, ValueError):
            pass  # not written yet, or half written: keep the last offset
        return system_clock() + timedelta(seconds=seen[1])

    return now
