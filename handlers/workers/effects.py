"""Watches effects: what is read, sent, acted on and written, against what it should be, whatever holds it up."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db import said, troubles
from db.queue import deliveries, lanes, timers
from db.queue.lanes import MessagesTo, PostsIn, RepliesBy
from handlers.desk.troubles import DATABASE, SLACK
from handlers.desk.work import Desk
from handlers.problems import LONGEST_WAIT
from handlers.workers.health import Health
from handlers.workers.poller import QUIETEST, Poller, Source
from handlers.workers.watchdog import SET
from triage.i18n import _

LOOK_SECONDS = 10.0
# Readings are written down this often, for the other replicas and the next start.
KEEP_EVERY = 15.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How late each effect may be before it is told. docs/operating.md has them for people."""

    # Beyond the longest pause that the poller plans for: a reading itself may take a while.
    unread: timedelta = timedelta(minutes=10)
    # A page takes seconds; a reading that goes on for longer has met a crowd, or a slow machine.
    behind: timedelta = timedelta(minutes=5)
    # Something is due in a lane and nothing leaves it: the longest retry is five minutes, and is not due meanwhile.
    still: timedelta = timedelta(minutes=5)
    # The lane moves, but more is due than it takes: a card a second is 3,600 cards.
    late: timedelta = timedelta(hours=1)
    # Timers are looked at every second.
    timer: timedelta = timedelta(minutes=2)
    # The watch writes every 15 seconds.
    unwritten: timedelta = timedelta(minutes=2)


# How the names of these troubles begin.
READING, BEHIND, LANE, TIMERS, WRITING = (
    "late reading ",
    "behind ",
    "late lane ",
    "late timers",
    "late writing",
)
OURS = (READING, BEHIND, LANE, TIMERS, WRITING)


@dataclass(frozen=True, slots=True)
class Seen:
    """The effects at one moment. Times are when the oldest of them was due, or when it last happened."""

    now: datetime
    readings: Mapping[str, datetime]
    due: Mapping[str, datetime]
    left: Mapping[str, datetime]
    timer: timedelta
    written: datetime | None
    troubled: Collection[str]


@dataclass(slots=True)
class Effects:
    """Looks every few seconds. `holds`: True for the sources that this replica reads.

    Nothing is late for longer than this process has been looking, nor than the clock has been running evenly: what a
    stopped desk or a clock that was set left undone is given its time.
    """

    desk: Desk
    health: Health
    poller: Poller
    sources: Sequence[Source]
    holds: Callable[[str], bool]
    limits: Limits = field(default_factory=Limits)
    _clock: tuple[datetime, float] | None = None
    _even_since: float = 0.0
    _kept_at: float = float("-inf")
    _kept: dict[str, datetime] = field(default_factory=dict)
    _judged: set[str] = field(default_factory=set)

    async def look(self) -> float:
        """One look; raises when the database does not answer."""
        now, even = self._time()
        await self._keep_readings()
        seen = await self._see(now)
        self._judged = set()
        for source in self.sources:
            self._judge_reading(source, seen, even)
            self._judge_progress(source, seen, even)
        for lane, due in seen.due.items():
            self._judge_lane(lane, due, seen, even)
        self._judge_timers(seen, even)
        self._judge_writing(seen, even)
        self._end_the_rest(seen)
        return LOOK_SECONDS

    def _time(self) -> tuple[datetime, timedelta]:
        """The time, and for how long the clock has run evenly under our eyes."""
        now, ticks = self.desk.now(), asyncio.get_running_loop().time()
        before = self._clock
        jumped = before and abs((now - before[0]) - timedelta(seconds=ticks - before[1])) >= SET
        if before is None or jumped:
            self._even_since = ticks
        self._clock = (now, ticks)
        return now, timedelta(seconds=ticks - self._even_since)

    async def _keep_readings(self) -> None:
        """Write down when sources were last read."""
        ticks = asyncio.get_running_loop().time()
        new = {one.name: one.kept_up_at for one in self.sources if one.kept_up_at}
        if new == self._kept or ticks - self._kept_at < KEEP_EVERY:
            return
        async with self.desk.database.write() as connection:
            await said.note_readings(connection, new)
        self._kept, self._kept_at = new, ticks

    async def _see(self, now: datetime) -> Seen:
        async with self.desk.database.read() as connection:
            due = await deliveries.due_since(connection, now)
            _count, late = await timers.late(connection, now)
            return Seen(
                now=now,
                readings=await said.readings(connection, [one.name for one in self.sources]),
                due=due,
                # Goes through what has ended too, so only for lanes that may stand still.
                left=await deliveries.last_ended(
                    connection, [lane for lane, since in due.items() if now - since > self.limits.still]
                ),
                timer=timedelta(seconds=late),
                written=await said.last_beat(connection),
                troubled=await troubles.parts(connection),
            )

    def _judge_reading(self, source: Source, seen: Seen, even: timedelta) -> None:
        last = max(filter(None, (seen.readings.get(source.name), source.kept_up_at)), default=None)
        late = even if last is None else seen.now - last
        limit = self.longest_unread(source)
        sentence = _(
            "{network} has not been read for {what} for more than {minutes} minutes: new posts may wait there. "
            "The log may say why; a restart may help."
        )
        known = (source.name, f"loop {source.name}", BEHIND + source.name)
        self._judge(
            READING + source.name,
            late,
            limit,
            even,
            sentence.format(network=source.traits.title, what=_in_words(source), minutes=_minutes(limit)),
            known=any(part in seen.troubled for part in known),
        )

    def longest_unread(self, source: Source) -> timedelta:
        """The longest that a source may go unread: a planned pause, or a wait that the network dictated, and some more."""
        pause = max(self.poller.shortest, self.poller.own_pause if source.kind == "own" else 0.0)
        return timedelta(seconds=max(pause * QUIETEST, LONGEST_WAIT)) + self.limits.unread

    def _judge_progress(self, source: Source, seen: Seen, even: timedelta) -> None:
        """Posts that are known to be unread. Only the replica that reads the source knows."""
        part = BEHIND + source.name
        if not self.holds(source.name):
            self._judged.add(part)
            self.health.forget(part)
            return
        unread = source.span.begun_at if source.is_behind else None
        sentence = _(
            "More came for {what} than the desk has taken in: {n} posts are in, those from before {when} UTC are still to "
            "come. They are read page by page."
        )
        reached = source.reached
        said_so = sentence.format(
            what=_in_words(source), n=source.taken, when=f"{reached:%H:%M}" if reached else "?"
        )
        late = seen.now - unread if unread else timedelta(0)
        known = source.name in seen.troubled
        self._judge(part, late, self.limits.behind, even, said_so, known=known)

    def _judge_lane(self, lane: str, due: datetime, seen: Seen, even: timedelta) -> None:
        limits, parsed = self.limits, lanes.parse(lane)
        last = seen.left.get(lane)
        stands = last is None or seen.now - last > limits.still
        limit = limits.still if stands else limits.late
        sentence = (
            _("Nothing leaves for {what}, though it is due for more than {minutes} minutes.")
            if stands
            else _("More is due for {what} than leaves: some of it waits for more than {minutes} minutes.")
        )
        cause = lane if isinstance(parsed, RepliesBy) else SLACK
        self._judge(
            LANE + lane,
            seen.now - due,
            limit,
            even,
            sentence.format(what=_lane_in_words(parsed), minutes=_minutes(limit)),
            known=cause in seen.troubled or "loop deliveries" in seen.troubled,
        )

    def _judge_timers(self, seen: Seen, even: timedelta) -> None:
        sentence = _("Reminders and due times are more than {minutes} minutes late.")
        said_so = sentence.format(minutes=_minutes(self.limits.timer))
        known = "loop timers" in seen.troubled
        self._judge(TIMERS, seen.timer, self.limits.timer, even, said_so, known=known)

    def _judge_writing(self, seen: Seen, even: timedelta) -> None:
        sentence = _("Nothing has been written into the database for more than {minutes} minutes.")
        said_so = sentence.format(minutes=_minutes(self.limits.unwritten))
        late = even if seen.written is None else seen.now - seen.written
        known = DATABASE in seen.troubled or DATABASE in self.health.troubles
        self._judge(WRITING, late, self.limits.unwritten, even, said_so, known=known)

    def _judge(
        self, part: str, late: timedelta, limit: timedelta, even: timedelta, sentence: str, *, known: bool
    ) -> None:
        """Tell of what is late; `known`: its cause is a trouble already, and one message is enough."""
        self._judged.add(part)
        if late <= limit:
            self._judged.discard(part)
        elif even > limit and not known:
            self.health.fails(part, sentence, at_once=True)

    def _end_the_rest(self, seen: Seen) -> None:
        """End each trouble of ours that is over, also one from before a restart."""
        ours = {part for part in (*seen.troubled, *self.health.troubles) if part.startswith(OURS)}
        for part in ours - self._judged:
            self.health.works(part)


def _in_words(source: Source) -> str:
    match source.kind:
        case "watch":
            return source.query
        case "own":
            return _("the own posts of @{account}").format(account=source.account)
    return f"@{source.account}"


def _lane_in_words(lane: lanes.Lane) -> str:
    match lane:
        case RepliesBy(_network, account):
            return _("answers by @{account}").format(account=account)
        case MessagesTo():
            return _("direct messages")
        case PostsIn(channel):
            return _("the channel {channel}").format(channel=channel)
    return _("messages in Slack that change")


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:.0f}"
