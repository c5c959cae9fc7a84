"""What is judged at the end: the database against what the pretend Slack and X saw, sentence by sentence."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from faults.answers import Answers
from faults.record import BOT, Record, Submission, case_of
from faults.replay import Replayed, replay
from faults.stage import CHANNELS
from faults.verdict import Verdict
from sqlalchemy import Table, select

from db.engine import Database
from db.queue.lanes import PostsIn
from db.queue.subjects import CardOf
from db.rows import Delivery, DeliveryKind, DeliveryState
from db.sql import tables
from demo.server import Playground
from demo.slack import Message
from handlers.slack.views.draw import Painter
from triage.cases.case import CLOSED

# Rows that only say that something is over are swept after 7 days: what is older is not asked of them.
KEPT = timedelta(days=6, hours=20)
LIVE = ("pending", "sending", "unknown")
# A note whose event was acked is lost if a process dies, or its database goes away, right after.
NOTE_BEFORE, NOTE_AFTER = 3.0, 12.0
# A due time may pass between the last look and the judgement.
JUST_NOW = timedelta(seconds=10)
# How near the due time is, is said anew at a few steps, not at each moment.
_NEARNESS = re.compile(r", (in under|over) \d+ (min|hours?)")
# The card tells of the author's earlier cases as they were when it was drawn; nothing draws it anew for them.
_EARLIER = re.compile(r" · \d+ earlier cases?(, the last one [a-z ]+)?")


IN_ONE_CASE = "Every mention is in exactly one case"
ONE_MATTER = "No customer has two open cases for one account"
ONE_CARD = "Every case has exactly one live card, and no other message of the desk stands in a channel"
CARD_IS_CASE = "Every card equals its case"
CARD_IN_ORDER = "No card ever showed an owner that its case did not have just then"
POSTED_ONCE = "Nothing was posted twice in Slack"
SUBMITTED = "Every submission that was acked has its row and its event, once"
NOTED = "Every note is kept, once"
ONE_HAND = "No case was claimed while somebody had it"
HISTORY = "Every history leads, move by move, to its case's status and owner"
FIRED_ONCE = "Every timer fired once, and none is left in the past"
TIMED = "Whatever waits for a time has its timer"
NOTHING_LEFT = "Nothing is left to be delivered"
TOLD = "Nothing failed without being told"
IT_RUNS = "The program ends when asked to, and never by itself but for a fault at its start"


@dataclass(slots=True)
class Judge:
    """Judges one run, once the desk has stopped."""

    database: Database
    playground: Playground
    record: Record
    painter: Painter
    now: datetime
    verdict: Verdict = field(default_factory=Verdict)
    rows: dict[str, list[Any]] = field(default_factory=dict)
    events: dict[int, list[Any]] = field(default_factory=dict)
    told: dict[int, Replayed] = field(default_factory=dict)

    async def judge(self) -> Verdict:
        """All sentences, in the order of the docs."""
        await self._read()
        for part in (
            self._mentions,
            self._matters,
            self._cards,
            self._owners_shown,
            self._posts,
            self._answers().judge,
            self._submissions,
            self._notes,
            self._hands,
            self._histories,
            self._timers,
            self._waiting,
            self._deliveries,
            self._failures,
            self._processes,
        ):
            part()
        await self._pictures()
        return self.verdict

    async def _read(self) -> None:
        async with self.database.read() as connection:
            for table in (
                *(tables.cases, tables.mentions, tables.events, tables.replies, tables.asks),
                *(tables.follow_ups, tables.messages, tables.deliveries, tables.timers),
                *(tables.approvals, tables.drafts),
            ):
                order = list(table.primary_key)
                self.rows[table.name] = list((await connection.execute(select(table).order_by(*order))).all())
        grouped: defaultdict[int, list[Any]] = defaultdict(list)
        for event in self.rows["events"]:
            grouped[event.case_id].append(event)
        self.events = dict(grouped)
        self.told = {case.id: replay(self.events.get(case.id, [])) for case in self._of(tables.cases)}

    def _of(self, table: Table) -> list[Any]:
        return self.rows[table.name]

    def _answers(self) -> Answers:
        return Answers(self.playground, self.record, self.rows, self.events, self.told, self.verdict)

    # Cases

    def _mentions(self) -> None:
        kept = Counter(row.post_id for row in self._of(tables.mentions))
        expected = [post for post in self.record.posted if post not in self.record.deleted]
        sentence = self.verdict.looked(IN_ONE_CASE, len(expected))
        sentence.breaches += [f"post {post} is in {kept[post]} cases" for post in expected if kept[post] != 1]
        strange = {row.post_id for row in self._of(tables.mentions) if not row.ours} - set(self.record.posted)
        sentence.breaches += [f"nobody wrote post {post}" for post in strange]

    def _matters(self) -> None:
        """A customer's post joins the open case with the same account: a second one is a race lost."""
        opened = sorted(self._of(tables.cases), key=lambda case: case.id)
        sentence = self.verdict.looked(ONE_MATTER, len(opened))
        by_author: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
        for case in opened:
            before = by_author[case.author_id, case.account]
            born = self.events[case.id][0]
            sentence.breaches += [
                f"case {case.id} was opened while case {other.id} of the same author was open"
                for other in before
                if self._was_open(other.id, born.id)
            ]
            before.append(case)

    def _was_open(self, case_id: int, event_id: int) -> bool:
        until = replay([event for event in self.events[case_id] if event.id < event_id])
        return until.status is not None and until.status not in CLOSED

    # Cards

    def _standing(self) -> list[Message]:
        return [
            message
            for channel in CHANNELS
            for message in self.playground.slack.messages(channel)
            if message.user == BOT
        ]

    def _cards(self) -> None:
        cases = self._of(tables.cases)
        places = {row.subject: (row.channel, row.ts) for row in self._of(tables.messages)}
        standing = {(message.channel, message.ts) for message in self._standing()}
        sentence = self.verdict.looked(ONE_CARD, len(cases))
        for case in cases:
            place = places.get(f"card:{case.id}")
            if place not in standing:
                sentence.breaches.append(f"case {case.id} has no card: {place} is not there")
            elif place[0] != case.channel:
                sentence.breaches.append(
                    f"the card of case {case.id} is in {place[0]}, not in {case.channel}"
                )
        # A board is taken away within seconds of the storm's end: one that the desk knows of is none too many.
        boards = {place for subject, place in places.items() if subject.startswith("board:")}
        known = {places.get(f"card:{case.id}") for case in cases} | boards
        sentence.breaches += [
            f"nobody's message stands in {message.channel} ({message.ts}), of case {case_of(message)}, "
            f"posted by {self._rows_of(message)}"
            for message in self._standing()
            if (message.channel, message.ts) not in known
        ]

    def _rows_of(self, message: Message) -> str:
        """What the deliveries say that may have posted a message: the one with its key, and those of its card."""
        key = (message.metadata or {}).get("event_payload", {}).get("key")
        card = f"card:{case_of(message)}"
        return "; ".join(
            f"{'this: ' if row.key == key else ''}{row.id} {row.kind} {row.state} in {row.lane}, {row.attempts} attempts, "
            f"intent {row.intent_at:%H:%M:%S}, ended {row.ended_at:%H:%M:%S}, {row.problem}"
            for row in self._of(tables.deliveries)
            if (row.key == key or row.subject.endswith(card)) and row.intent_at and row.ended_at
        )

    async def _pictures(self) -> None:
        cases = self._of(tables.cases)
        places = {row.subject: row for row in self._of(tables.messages)}
        sentence = self.verdict.looked(CARD_IS_CASE, 0)
        async with self.database.read() as connection:
            for case in cases:
                place = places.get(f"card:{case.id}")
                shown = place and self.playground.slack.message(place.channel, place.ts)
                if not shown or shown.deleted:
                    continue  # said already
                sentence.looked_at += 1
                moments = [self.now]
                if case.due_at and abs(case.due_at - self.now) < JUST_NOW:
                    moments.append(case.due_at - JUST_NOW)
                drawn = [(await self.painter.draw(connection, _card(case.id), when)) for when in moments]
                if not any(one and _same(shown, one.message) for one in drawn):
                    sentence.breaches.append(
                        _difference(case.id, shown, drawn[0].message if drawn[0] else None)
                    )

    def _owners_shown(self) -> None:
        """What a card showed, one after the other, is a part of its case's history, in the same order."""
        sentence = self.verdict.looked(CARD_IN_ORDER, sum(map(len, self.record.owners_shown.values())))
        for case_id, shown in self.record.owners_shown.items():
            had = self.told[case_id].owners if case_id in self.told else []
            if not _is_part_in_order(shown, had):
                sentence.breaches.append(f"the card of case {case_id} showed {shown}, its owners were {had}")

    def _posts(self) -> None:
        """One delivery's key is on one message, unless that was deleted by hand before it was recorded.

        One that fell to the channel's root, because its card was deleted by hand just then, was taken away.
        """
        subjects = {row.key: row.subject for row in self._of(tables.deliveries)}
        keys = Counter(
            key
            for post in self.playground.slack.posts
            if post.metadata and (post.channel, post.ts) not in self.record.removed_by_hand
            for key in [post.metadata["event_payload"]["key"]]
            if not self._was_taken_away(post, subjects.get(key, ""))
        )
        sentence = self.verdict.looked(POSTED_ONCE, len(keys))
        sentence.breaches += [
            f"{subjects.get(key, 'something')} was posted {times} times"
            for key, times in keys.items()
            if times > 1
        ]
        bot_dms = [one for one in self.playground.slack.channels() if one.is_im]
        known = {(row.channel, row.ts) for row in self._of(tables.messages)}
        sentence.breaches += [
            f"a direct message that the desk does not know of: {message.plain[:80]}"
            for channel in bot_dms
            for message in self.playground.slack.messages(channel.id)
            if message.metadata and (message.channel, message.ts) not in known
        ]

    def _was_taken_away(self, post: Any, subject: str) -> bool:
        message = self.playground.slack.message(post.channel, post.ts)
        fell = subject.startswith("mention:") and post.thread_ts is None
        return fell and (message is None or message.deleted)

    # What people did

    def _submissions(self) -> None:
        acked = [one for one in self.record.submissions if one.acked]
        sentence = self.verdict.looked(SUBMITTED, len(acked))
        for one in self.record.submissions:
            if one.token and (found := self._found(one)) != 1 and (found or one.acked):
                sentence.breaches.append(
                    f"{one.kind} on case {one.case} ({one.token}) is there {found} times"
                )
        sentence.breaches += self._counted("reply", tables.replies)
        for kind in ("resolve", "dismiss"):
            sentence.breaches += self._counted(kind, tables.events)

    def _found(self, one: Submission) -> int:
        """How often the word that only this submission has was taken in."""
        match one.kind:
            case "escalate":
                return self._events_with("escalate", "question", one)
            case "transfer":
                return self._events_with("transfer", "note", one)
            case "follow_up":
                return self._events_with("follow_up", "note", one)
            case "send_back" | "tell_back":
                return self._events_with(one.kind, "note", one)
            case "ask_back":
                return self._events_with("ask_back", "question", one)
            case "answer":
                answers = [ask.answer or "" for ask in self._of(tables.asks) if ask.case_id == one.case]
                return sum(one.token in answer for answer in answers)
        raise AssertionError(one.kind)

    def _events_with(self, what: str, key: str, one: Submission) -> int:
        mine = [event for event in self.events.get(one.case, []) if event.what == what]
        return sum(one.token in (event.detail.get(key) or "") for event in mine)

    def _counted(self, kind: str, table: Table) -> Iterable[str]:
        """What bears no word of its own is counted: at least as often as acked, and never more than tried."""
        acked: Counter[tuple[int, str, str]] = Counter()
        tried: Counter[tuple[int, str, str]] = Counter()
        for one in self.record.submissions:
            if one.kind == kind:
                said = (one.case, one.person, str(one.values.get("text", "")))
                acked[said] += one.acked
                tried[said] += 1
        kept: Counter[tuple[int, str, str]] = Counter()
        approved = self._answers().read_first()
        if table is tables.replies:  # one that was read first is kept as what was asked for
            kept.update((row.case_id, row.who, row.typed) for row in self._of(tables.approvals))
        for row in self._of(table):
            if table is tables.replies and row.who and row.id not in approved:
                kept[row.case_id, row.who, row.typed] += 1
            elif table is tables.events and row.what == kind and row.who:
                kept[row.case_id, row.who, ""] += 1
        by_other_ways = table is tables.events  # a reaction and a kept promise resolve too
        for said, number in tried.items():
            if kept[said] < acked[said] or (kept[said] > number and not by_other_ways):
                yield f"{kind} {said} is there {kept[said]} times, was acked {acked[said]} times, tried {number} times"

    def _notes(self) -> None:
        kept = Counter(
            (event.case_id, event.detail.get("ts"))
            for event in self._of(tables.events)
            if event.what == "note"
        )
        sentence = self.verdict.looked(NOTED, len(self.record.notes))
        lost = 0
        for note in self.record.notes:
            times = kept[note.case, note.ts]
            if times > 1:
                sentence.breaches.append(f"the note {note.text} is there {times} times")
            elif not times and note.acked and not self.record.was_disturbed(note.at, NOTE_BEFORE, NOTE_AFTER):
                sentence.breaches.append(
                    f"the note {note.text} on case {note.case} was acked and is not there"
                )
            elif not times and note.acked:
                lost += 1
        self.verdict.figures["notes acked and lost to a kill or a restart right after"] = lost

    def _hands(self) -> None:
        claims = [event for event in self._of(tables.events) if event.what == "claim"]
        sentence = self.verdict.looked(ONE_HAND, len(claims))
        for case_id, told in self.told.items():
            sentence.breaches += [f"case {case_id}: {said}" for said in told.double_claims]

    def _histories(self) -> None:
        sentence = self.verdict.looked(HISTORY, len(self._of(tables.events)))
        for case in self._of(tables.cases):
            told = self.told[case.id]
            sentence.breaches += [f"case {case.id}: {said}" for said in told.faults]
            if told.status != case.status or told.owner != case.owner:
                sentence.breaches.append(
                    f"case {case.id} is {case.status} with {case.owner}, by its events {told.status} with {told.owner}"
                )

    # Time

    def _timers(self) -> None:
        timers = self._of(tables.timers)
        sentence = self.verdict.looked(FIRED_ONCE, len(timers))
        sentence.breaches += [
            f"the timer {timer.kind} of {timer.subject} is armed since {timer.due_at}"
            for timer in timers
            if timer.state == "armed" and timer.due_at < self.now - JUST_NOW
        ]
        for what, kind, is_ours in EFFECTS:
            sentence.breaches += self._matched(what, kind, is_ours)

    def _matched(self, what: str, kind: str, is_ours: Callable[[Any], bool]) -> Iterable[str]:
        """Each effect has a timer of its own that fired in the same transaction, and so at the same instant."""
        fired = Counter(
            (timer.case_id, timer.ended_at)
            for timer in self._of(tables.timers)
            if timer.kind == kind and timer.state == "fired"
        )
        effects = Counter(
            (event.case_id, event.at)
            for event in self._of(tables.events)
            if event.what == what and is_ours(event) and event.at > self.now - KEPT
        )
        for (case_id, at), times in effects.items():
            if times > fired[case_id, at]:
                yield f"{what} is {times} times in case {case_id}, its timer fired {fired[case_id, at]} times"

    def _waiting(self) -> None:
        armed = {(timer.kind, timer.subject) for timer in self._of(tables.timers) if timer.state == "armed"}
        wanted = [
            ("ask", f"ask:{ask.id}")
            for ask in self._of(tables.asks)
            if ask.state == "open" and (ask.told_back or not ask.asked_back)
        ]
        for row in self._of(tables.follow_ups):
            if row.state == "promised":
                wanted.append(("follow_up", f"follow_up:{row.id}"))
            elif row.state == "reminded":
                wanted.append(("follow_up_unanswered", f"follow_up:{row.id}"))
        wanted += [
            ("breach", f"case:{case.id}")
            for case in self._of(tables.cases)
            if case.due_at is not None and case.late_at != case.due_at
        ]
        sentence = self.verdict.looked(TIMED, len(wanted))
        sentence.breaches += [
            f"{subject} has no timer {kind}" for kind, subject in wanted if (kind, subject) not in armed
        ]

    # Deliveries and processes

    def _deliveries(self) -> None:
        rows = self._of(tables.deliveries)
        sentence = self.verdict.looked(NOTHING_LEFT, len(rows))
        sentence.breaches += [
            f"{row.subject} ({row.kind}, {row.state}, {row.attempts} attempts, not before {row.not_before}): {row.problem}"
            for row in rows
            if row.state in LIVE
        ]

    def _failures(self) -> None:
        failed = [row for row in self._of(tables.deliveries) if row.state == DeliveryState.FAILED.value]
        sentence = self.verdict.looked(TOLD, len(failed))
        states = {reply.id: reply.state for reply in self._of(tables.replies)}
        said = Counter(message.plain for message in self.playground.slack.dm("U0LEAD"))
        for row in failed:
            if row.kind == "reply":
                state = states.get(int(row.subject.split(":")[1]), "")
                if state == "queued":
                    sentence.breaches.append(f"{row.subject} failed, and its reply says {state}")
            elif not any("Slack refuses" in text for text in said):
                sentence.breaches.append(f"{row.subject} failed ({row.problem}), and no lead was told")

    def _processes(self) -> None:
        sentence = self.verdict.looked(
            IT_RUNS, len(self.record.exit_codes) + len(self.record.ended_by_itself)
        )
        sentence.breaches += [
            f"it ended with {code} when asked to" for code in self.record.exit_codes if code
        ]
        sentence.breaches += [
            said
            for said in self.record.ended_by_itself
            if not said.startswith("exit 2:") or "Traceback" in said
        ]


# What each timer does, and how it is told from the same done by a person.
EFFECTS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("late", "breach", lambda event: True),
    ("fall_due", "follow_up", lambda event: True),
    ("return", "follow_up_unanswered", lambda event: not event.detail.get("away")),
    ("pass", "ask", lambda event: bool(event.detail.get("expired"))),
    ("no_answer", "ask", lambda event: bool(event.detail.get("expired"))),
)


def _card(case_id: int) -> Delivery:
    """A delivery only so far as the painter looks at it."""
    nothing = datetime.min.replace(tzinfo=UTC)
    return Delivery(
        *(0, "", DeliveryKind.MESSAGE, CardOf(case_id), case_id, PostsIn(""), 0, DeliveryState.PENDING),
        *(nothing, {}, 0, nothing, None, None, None, None),
    )


def _same(shown: Message, drawn: Any) -> bool:
    return _plain(shown.blocks) == _plain(drawn.blocks) and _shorn(shown.text) == _shorn(drawn.text)


def _plain(blocks: Any) -> Any:
    """Blocks without the ids that Slack gives to those that have none, and without what is told of earlier cases."""
    if isinstance(blocks, dict):
        return {key: _plain(value) for key, value in blocks.items() if key != "block_id"}
    if isinstance(blocks, list | tuple):
        return [_plain(one) for one in deepcopy(list(blocks))]
    return _shorn(blocks) if isinstance(blocks, str) else blocks


def _shorn(text: str) -> str:
    return _NEARNESS.sub("", _EARLIER.sub("", text))


def _difference(case_id: int, shown: Message, drawn: Any) -> str:
    """The first words that are not the same."""
    if drawn is None:
        return f"case {case_id} has nothing to show, and its card stands"
    for ours, theirs in zip(_texts(_plain(drawn.blocks)), _texts(_plain(shown.blocks)), strict=False):
        if ours != theirs:
            return f"the card of case {case_id} says “{theirs}”, and should say “{ours}”"
    return f"the card of case {case_id} is not as its case: {shown.plain[:200]!r} for {drawn.text[:100]!r}"


def _texts(node: Any) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in _texts(value)]
    return [node] if isinstance(node, str) else []


def _is_part_in_order(part: Sequence[Any], whole: Sequence[Any]) -> bool:
    left = iter(whole)
    return all(any(one == other for other in left) for one in part)
