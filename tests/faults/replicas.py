"""The real program in processes of its own: started, killed with -9, started again."""

import asyncio
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

from faults.plan import Plan
from faults.record import Record, now

from processes import MENTIONDESK

SABOTEUR = Path(__file__).parent / "sabotage.py"
STOP_SECONDS = 30.0


@dataclass(slots=True)
class Replica:
    """One process of the desk, kept running until it shall stop. Its log is a file."""

    number: int
    plan: Plan
    folder: Path
    environment: dict[str, str]
    record: Record
    stopping: bool = False
    killed: bool = False
    up: asyncio.Event = field(default_factory=asyncio.Event)
    process: asyncio.subprocess.Process | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"desk{self.number}.log"

    async def keep_running(self) -> None:
        """Start it, and start it again whenever it has ended, as a service manager does."""
        while not self.stopping:
            self.killed = False
            begun_at = self.log.stat().st_size if self.log.exists() else 0
            with self.log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *self._command(), cwd=self.folder, env=self.environment, stdout=log, stderr=log
                )
            watching = asyncio.create_task(self._watch_for_start(begun_at))
            code = await self.process.wait()
            watching.cancel()
            self.up.clear()
            if not self.killed and not self.stopping:
                self.record.ended_by_itself.append(f"exit {code}: {self._last_words()}")
                await asyncio.sleep(0.5)

    def _command(self) -> list[str]:
        if self.plan.sabotage is None:
            return [MENTIONDESK, "run"]
        return [sys.executable, "-P", str(SABOTEUR), self.plan.sabotage, "run"]

    async def _watch_for_start(self, offset: int) -> None:
        with self.log.open("rb") as log:
            log.seek(offset)
            while b'"running"' not in log.read():
                await asyncio.sleep(0.05)
        self.up.set()

    def _last_words(self) -> str:
        words = self.log.read_text(encoding="utf-8", errors="replace").split()
        return " ".join(words[-40:])

    def kill(self) -> bool:
        """-9, wherever it is just now. False when there is nothing to kill."""
        if self.process is None or self.process.returncode is not None:
            return False
        self.killed = True
        self.process.send_signal(signal.SIGKILL)
        self.record.kills.append(now())
        return True

    async def stop(self) -> None:
        """Ask it to end, and note its exit code."""
        self.stopping = True
        if self.process is None or self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                self.record.exit_codes.append(await self.process.wait())
        except TimeoutError:
            self.process.send_signal(signal.SIGKILL)
            self.record.exit_codes.append(await self.process.wait())

    def end_at_once(self) -> None:
        """For a run that is broken off."""
        self.stopping = True
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
