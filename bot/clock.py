"""The clock: the machine's, or for the playground and tests one that a file moves."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Now = Callable[[], datetime]


def system_clock() -> datetime:
    return datetime.now(UTC)


def moved_clock(offset_file: Path) -> Now:
    """A clock that is off by as many seconds as the file says, read again when the file changes."""
    seen: tuple[int, float] = (-1, 0.0)

    def now() -> datetime:
        nonlocal seen
        try:
            changed = os.stat(offset_file).st_mtime_ns  # noqa: PTH116 - looked at often
            if changed != seen[0]:
                seen = (changed, float(offset_file.read_text(encoding="utf-8").strip() or 0))
        except (OSError, ValueError):
            pass  # not written yet, or half written: the last offset holds
        return system_clock() + timedelta(seconds=seen[1])

    return now
