"""The playground's clock: real time plus an offset that other processes may read from a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """Real time plus an offset that skips add to. `offset_file`, if given, stores the offset: seconds, as text."""

    def __init__(self, offset_file: Path | None = None) -> None:
        self._file = offset_file
        self._offset = timedelta(seconds=_read(offset_file))
        self._publish()

    def now(self) -> datetime:
        """The playground's time, aware, in UTC."""
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> float:
        """Seconds ahead of real time."""
        return self._offset.total_seconds()

    def skip(self, seconds: float) -> None:
        self._offset += timedelta(seconds=seconds)
        self._publish()

    def skip_to(self, moment: datetime) -> None:
        """Raises ValueError if `moment` is naive."""
        if moment.tzinfo is None:
            raise ValueError("skip_to needs an aware moment")
        self.skip((moment - self.now()).total_seconds())

    def _publish(self) -> None:
        """Replace the file in one step: a reader sees the old offset or the new one, never half a number."""
        if self._file is None:
            return
        draft = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        draft.write_text(f"{self.offset:.6f}")
        draft.replace(self._file)


def _read(file: Path | None) -> float:
    if file is None or not file.exists():
        return 0.0
    return float(file.read_text())
