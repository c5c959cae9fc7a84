"""One run from the first mention to the verdict."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from faults import stage
from faults.customers import Crowd
from faults.hands import Hand, Team
from faults.judge import Judge
from faults.plan import Plan
from faults.record import Record, now
from faults.replicas import Replica
from faults.verdict import Verdict
from faults.weather import Weather
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from bot.clock import system_clock
from bot.networks.x.network import opened
from bot.settings import read_settings
from db.engine import Database
from db.sql import tables
from demo.server import Playground
from handlers.slack.views.draw import Painter
from processes import environment

# Told now and then how far it is: what is done, mentions posted, kills done.
Progress = Callable[[str, int, int], None]
LOOK_SECONDS = 0.4
QUIET_LOOKS = 4
# While it settles: so far at a time when nothing is to go out, and at most so far to what waits for somebody's return.
LEAP_SECONDS, LONGEST_LEAP = 20.0, 3600.0
_WORD = re.compile(r'"event": "(\w+)"')
_LEVEL = re.compile(r'"level": "(warning|error)"')


@dataclass(slots=True)
class Trial:
    """A plan carried out in `folder`. `database_url` is an empty database; `restart` breaks its connections."""

    plan: Plan
    folder: Path
    database_url: str
    restart: Callable[[], None] | None = None
    progress: Progress = lambda what, mentions, kills: None
    record: Record = field(default_factory=Record)

    async def run(self) -> Verdict:
        stage.write_desk_toml(self.folder)
        async with Playground(port=0, offset_file=self.folder / "clock", post_rate=None) as playground:
            agents = stage.staff(self.plan.staff)
            stage.furnish(playground, agents)
            playground.slack.watchers.append(self.record.watch)
            crowd = Crowd(self.plan, playground.x, self.record, self.plan.lot("customers"))
            async with self._replicas(playground) as replicas, self._database() as database:
                await self._begin(playground, crowd, replicas)
                seconds = await self._be_busy(playground, crowd, agents, replicas)
                settled_in = await self._settle(playground, crowd, database, replicas)
                await asyncio.gather(*(replica.stop() for replica in replicas))
                verdict = await self._judge(playground, database)
                await self._keep_rows(playground, database)
            self._figures(verdict, playground, seconds, settled_in)
            return verdict

    @asynccontextmanager
    async def _replicas(self, playground: Playground) -> AsyncIterator[list[Replica]]:
        env = environment(playground.url, self.folder, DATABASE_URL=self.database_url)
        replicas = [
            Replica(number, self.plan, self.folder, env, self.record)
            for number in range(1, self.plan.replicas + 1)
        ]
        running = [asyncio.create_task(replica.keep_running()) for replica in replicas]
        try:
            yield replicas
        finally:
            for replica in replicas:
                replica.end_at_once()
            await asyncio.gather(*running)

    @asynccontextmanager
    async def _database(self) -> AsyncIterator[Database]:
        database = Database(self.database_url)
        try:
            yield database
        finally:
            await database.close()

    async def _begin(self, playground: Playground, crowd: Crowd, replicas: list[Replica]) -> None:
        """Every source has been read once before anything breaks: the very first start looks back one hour only."""
        self.progress("starting", 0, 0)
        async with asyncio.timeout(60):
            await asyncio.gather(*(replica.up.wait() for replica in replicas))
        crowd.greet()
        until = now() + 30
        while sum(len(playground.slack.messages(channel)) for channel in stage.CHANNELS) < crowd.count:
            if now() > until:
                raise TimeoutError("the desk does not show the first mentions")
            await asyncio.sleep(0.05)

    async def _be_busy(
        self, playground: Playground, crowd: Crowd, agents: list[str], replicas: list[Replica]
    ) -> float:
        """Everything at once, until all is posted and all kills are done, or the time is over."""
        begun = now()
        team = Team(self.plan, playground.slack, playground.x, self.record, agents)
        people = [*agents, *stage.LEADS, *stage.EXPERTS]
        hands = [Hand(team, person, self.plan.lot(person)) for person in people]
        weather = Weather(
            self.plan, playground, replicas, self.record, self.plan.lot("weather"), self.restart
        )
        if self.plan.lost_answers:
            playground.slack.fail("chat.postMessage", "lost", times=self.plan.lost_answers)
            playground.x.fail("create", "lost", times=self.plan.lost_answers)
        endless = [hand.work() for hand in hands]
        if self.plan.faults:
            endless += [weather.faults(), weather.cuts(), weather.leaps(), weather.database()]
        endless.append(self._report(crowd, weather))
        tasks = [asyncio.create_task(one) for one in endless]
        ends = [asyncio.create_task(crowd.write()), asyncio.create_task(weather.deaths())]
        await asyncio.wait(ends, timeout=self.plan.seconds)
        await _call_off([*ends, *tasks])
        weather.clear_up()
        for replica in replicas:
            if not replica.up.is_set() and not weather.kills:
                raise AssertionError("the desk is not running")
        return now() - begun

    async def _report(self, crowd: Crowd, weather: Weather) -> None:
        while True:
            self.progress("busy", crowd.count, weather.kills)
            await asyncio.sleep(0.5)

    async def _settle(
        self, playground: Playground, crowd: Crowd, database: Database, replicas: list[Replica]
    ) -> float | None:
        """Time leaps from due to due until nothing is left; the seconds it took, or None when it never came to rest."""
        begun, quiet = now(), 0
        with suppress(TimeoutError):
            async with asyncio.timeout(self.plan.patience):
                await asyncio.gather(*(replica.up.wait() for replica in replicas))
        await self._ask_for_lost_cards(playground, crowd, database)
        while now() - begun < self.plan.patience:
            left = await self._left(database, playground.clock.now())
            self.progress(f"settling, {left} left", crowd.count, len(self.record.kills))
            quiet = 0 if left else quiet + 1
            if quiet >= QUIET_LOOKS:
                return now() - begun
            if left:
                playground.clock.skip(await self._idle(database, playground.clock.now()))
            await asyncio.sleep(LOOK_SECONDS)
        return None

    async def _ask_for_lost_cards(self, playground: Playground, crowd: Crowd, database: Database) -> None:
        """A card deleted by hand is posted anew when its case moves: its customer writes again."""
        await self._until_read(playground, database)
        async with database.read() as connection:
            rows = await connection.execute(
                select(tables.mentions.c.case_id, func.min(tables.mentions.c.post_id).label("first"))
                .where(tables.mentions.c.ours.is_(False))
                .group_by(tables.mentions.c.case_id)
            )
            first = {row.case_id: row.first for row in rows}
            places = await connection.execute(
                select(tables.messages).where(tables.messages.c.subject.startswith("card:"))
            )
            for row in places:
                message = playground.slack.message(row.channel, row.ts)
                if (message is None or message.deleted) and row.case_id in first:
                    crowd.again(first[row.case_id])

    async def _until_read(self, playground: Playground, database: Database) -> None:
        until = now() + self.plan.patience / 2
        while await self._unread(database) and now() < until:
            playground.clock.skip(20)
            await asyncio.sleep(LOOK_SECONDS)

    async def _left(self, database: Database, moment: datetime) -> int:
        """Deliveries that live, timers that are due, mentions not taken in."""
        deliveries, timers = tables.deliveries.c, tables.timers.c
        live = select(func.count()).where(deliveries.state.in_(["pending", "sending", "unknown"]))
        due = select(func.count()).where(timers.state == "armed", timers.due_at <= moment)
        try:
            async with database.read() as connection:
                left = (await connection.execute(live)).scalar_one() + (
                    await connection.execute(due)
                ).scalar_one()
        except DBAPIError:
            return 1  # restarted just now
        return left + await self._unread(database)

    async def _idle(self, database: Database, moment: datetime) -> float:
        """Seconds until something may go out; 0 for right now: a lane takes one a second, and leaping would add to it."""
        deliveries = tables.deliveries.c
        first = select(func.min(deliveries.not_before)).where(deliveries.state.in_(["pending", "sending"]))
        try:
            async with database.read() as connection:
                due_at = (await connection.execute(first)).scalar_one()
        except DBAPIError:
            return 0.0  # restarted just now
        if due_at is None:
            return LEAP_SECONDS
        return float(min(LONGEST_LEAP, max(0.0, (due_at - moment).total_seconds())))

    async def _unread(self, database: Database) -> int:
        wanted = set(self.record.posted) - self.record.deleted
        async with database.read() as connection:
            known = set((await connection.execute(select(tables.mentions.c.post_id))).scalars())
        return len(wanted - known)

    async def _judge(self, playground: Playground, database: Database) -> Verdict:
        self.progress("judging", len(self.record.posted), len(self.record.kills))
        policy = stage.policy()
        network = opened(read_settings(environment(playground.url, self.folder)), policy, {}, system_clock)
        try:
            painter = Painter(policy, {network.name: network})
            judge = Judge(database, playground, self.record, painter, playground.clock.now())
            return await judge.judge()
        finally:
            await network.close()

    async def _keep_rows(self, playground: Playground, database: Database) -> None:
        """What a breach is traced with, beside the logs: every row, and every message that ever stood in Slack."""
        for table in tables.metadata.sorted_tables:
            async with database.read() as connection:
                rows = [dict(row._mapping) for row in await connection.execute(select(table))]
            self._write(table.name, rows)
        self._write("slack", [asdict(posted) for posted in playground.slack.posts])

    def _write(self, name: str, rows: list[dict[str, Any]]) -> None:
        lines = (json.dumps(row, default=str, ensure_ascii=False) + "\n" for row in rows)
        (self.folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")

    def _figures(
        self, verdict: Verdict, playground: Playground, seconds: float, settled_in: float | None
    ) -> None:
        record = self.record
        verdict.figures = {
            "mentions": len(record.posted),
            "kills": len(record.kills),
            "sockets cut": len(record.cuts),
            "database restarts": len(record.restarts_of_database),
            "starts refused while something was down": len(record.ended_by_itself),
            **dict(sorted(record.doings.items())),
            "replies on X": len(playground.x.created),
            "messages posted in Slack by the desk": sum(
                bool(post.metadata) for post in playground.slack.posts
            ),
            "seconds busy": round(seconds),
            "seconds to settle": "never" if settled_in is None else round(settled_in),
            **verdict.figures,
            **{f"log: {word}": times for word, times in sorted(self._logged().items())},
        }

    def _logged(self) -> Counter[str]:
        """Warnings and errors of the program's logs, by their event; lines that are none: tracebacks."""
        said: Counter[str] = Counter()
        for log in self.folder.glob("desk*.log"):
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
                level, word = _LEVEL.search(line), _WORD.search(line)
                if level and word and level.group(1) == "error":
                    said[f"{word.group(1)} (error)"] += 1
                elif level and word:
                    said[word.group(1)] += 1
                elif line.startswith("Traceback"):
                    said["Traceback"] += 1
        return said


async def _call_off(tasks: list[asyncio.Task[Any]]) -> None:
    """Cancel what still runs, and let what went wrong in the suite itself be seen."""
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, BaseException) and not isinstance(ended, asyncio.CancelledError):
            raise ended
