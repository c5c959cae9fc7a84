"""A count of visible changes, and the ticks that tell browsers to look again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

PAUSE = 0.1  # seconds between two ticks: a burst of changes is one look
HEARTBEAT = 15.0  # a tick goes out even without a change, so that we notice a vanished browser


class Changes:
    """Takes announcements of visible changes, and sends ticks to every watcher."""

    def __init__(self) -> None:
        self.count = 0
        self._open = True
        self._watchers: set[asyncio.Event] = set()

    def announce(self) -> None:
        """Announce that something visible changed."""
        self.count += 1
        self._wake()

    def open(self) -> None:
        """Let people watch (again)."""
        self._open = True

    def close(self) -> None:
        """End every stream at once."""
        self._open = False
        self._wake()

    async def ticks(self) -> AsyncGenerator[int, None]:
        """Yield the count at once and after changes, at most one each PAUSE, until closed."""
        woken = asyncio.Event()
        self._watchers.add(woken)
        try:
            while self._open:
                woken.clear()
                yield self.count
                await self._rest(woken)
        finally:
            self._watchers.discard(woken)

    async def _rest(self, woken: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(HEARTBEAT):
                await woken.wait()
        except TimeoutError:
            return
        if self._open:
            await asyncio.sleep(PAUSE)

    def _wake(self) -> None:
        for watcher in self._watchers:
            watcher.set()
