"""What was promised of time, held against what was said and when, by calendars counted minute by minute."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from fortnight import calendars
from fortnight.doors import Said
from fortnight.play import Fortnight
from sqlalchemy import select

from db.sql import tables

HOURS = "No direct message comes outside its reader's hours, but what is urgent for who is on duty"
ONCE = "No reminder is said twice"
LATE = "What is not answered in time is late at its due time, and nothing else is"
LEADS = "Each lead is told of each late case once, as soon as they may be disturbed"
PROMISES = "Every promise is kept, moved, or climbs the ladder on time"
REMINDED = "Whoever promised is reminded as soon as they may be disturbed, or somebody on duty is"
EXPERTS = "Every expert has their slice of time, and no question is forgotten"
ANSWERS = "Every expert's answer is told to who asked, or to who is on duty"
AWAY = "No case is opened again to somebody who is away"
EVENING = "The list of a day's end comes as the day ends, and not while its reader wants no notifications"
SENTENCES = (HOURS, ONCE, LATE, LEADS, PROMISES, REMINDED, EXPERTS, ANSWERS, AWAY, EVENING)

HALF_A_DAY = 240
EXPERTS_SLICE = 60
TARGETS = {"urgent": 15, "high": 30, "normal": 60, "low": 240}
# Deliveries of one lane are a second apart, and reminders wait three for others to come with them.
SOON = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
# Said as somebody's hours end, and so outside them.
AT_THE_DAYS_END = "shift_end"
REMINDERS = ("due_soon", "unclaimed_soon", "late_now", "follow_up", "reminded_again", "back_in_channel")


@dataclass(slots=True)
class Verdict:
    """How often each sentence was held against something, and each breach in words."""

    looked_at: Counter[str] = field(default_factory=Counter)
    breaches: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def hold(self, sentence: str, is_so: bool, breach: str) -> None:
        self.looked_at[sentence] += 1
        if not is_so:
            self.breaches[sentence].append(breach)

    def add(self, other: "Verdict") -> None:
        self.looked_at.update(other.looked_at)
        for sentence, some in other.breaches.items():
            self.breaches[sentence] += some


@dataclass(frozen=True, slots=True)
class Told:
    """One thing told to one person: alone, or as a line of a digest."""

    at: datetime
    person: str
    notice: str
    case_id: int | None
    facts: Mapping[str, Any]


@dataclass(slots=True)
class Judge:
    """Judges one fortnight by its rows and by what was said."""

    play: Fortnight
    said: Sequence[Said]
    rows: dict[str, list[Any]] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)

    async def judge(self) -> Verdict:
        async with self.play.desk.database.read() as connection:
            for table in (tables.cases, tables.events, tables.asks, tables.follow_ups, tables.deliveries):
                found = await connection.execute(select(table).order_by(table.c.id))
                self.rows[table.name] = list(found.all())
        self._hours()
        told = list(self.told())
        self._once(told)
        self._late(told)
        self._promises(told)
        self._experts(told)
        for at, case_id, owner in self.play.reopened:
            away = bool(owner) and self._is_away(str(owner), at)
            self.verdict.hold(AWAY, not away, f"case {case_id} came back to {owner}, who is away, at {at}")
        return self.verdict

    # What was told

    def told(self) -> Iterable[Told]:
        """Everything told by direct message, digests line by line."""
        by_key = {row.key: row for row in self.rows["deliveries"]}
        for one in self.said:
            row = by_key[one.key]
            if one.person is None:
                continue
            if row.kind != "notice":
                kind, number = row.subject.split(":")[:2]
                yield Told(one.at, one.person, kind, row.case_id, {"id": int(number)})
            elif row.payload["notice"] != "digest":
                yield Told(one.at, one.person, row.payload["notice"], row.case_id, row.payload)
            elif row.payload["title"] == "due":
                for line, case_id in row.payload["lines"]:
                    yield Told(one.at, one.person, line["notice"], case_id, line)

    def _counted_in_a_digest(self, person: str, since: datetime, by: datetime) -> bool:
        """A digest names twenty things and counts the others, which stand in Home."""
        by_key = {row.key: row for row in self.rows["deliveries"] if row.subject == "notice:digest"}
        for one in self.said:
            if one.person == person and since <= one.at <= by and one.key in by_key:
                payload = by_key[one.key].payload
                if payload["title"] == "due" and payload["n"] > len(payload["lines"]):
                    return True
        return False

    def _hours(self) -> None:
        by_key = {row.key: row for row in self.rows["deliveries"]}
        urgent = {row.id for row in self.rows["cases"] if row.priority == "urgent"}
        for one in self.said:
            if one.person is None:
                continue
            if by_key[one.key].payload.get("title") == AT_THE_DAYS_END:
                self._evening(one.person, one.at)
                continue
            allowed = by_key[one.key].case_id in urgent and not self._is_away(one.person, one.at)
            is_open = calendars.of_person(self.play.place.name, one.person).is_open(one.at)
            self.verdict.hold(
                HOURS, is_open or allowed, f"{one.person} was written to at {one.at}: {one.text}"
            )

    def _evening(self, person: str, at: datetime) -> None:
        """Their calendar is open until just before, and knows when they want no notifications."""
        hours = calendars.of_person(self.play.place.name, person)
        as_it_ends = hours.is_open(at - SOON) and not hours.is_open(at)
        self.verdict.hold(EVENING, as_it_ends, f"{person} read at {at} that their day ends")

    def _once(self, told: Sequence[Told]) -> None:
        times = Counter(
            (one.person, one.notice, one.case_id, _what(one)) for one in told if one.notice in REMINDERS
        )
        for key, n in times.items():
            wanted = self._promises_reminded_again(*key) if key[1] == "reminded_again" else 1
            self.verdict.hold(ONCE, n == wanted, f"{key} was said {n} times, not {wanted}")

    def _promises_reminded_again(self, person: str, _notice: str, case_id: int | None, note: Any) -> int:
        """One that was put off is another promise of the same words."""
        return sum(
            (row.person, row.case_id, row.note) == (person, case_id, note) and row.reminders > 0
            for row in self.rows["follow_ups"]
        )

    # Due times

    def _late(self, told: Sequence[Told]) -> None:
        for case in self.rows["cases"]:
            events = [event for event in self.rows["events"] if event.case_id == case.id]
            if any(event.what == "customer_wrote" for event in events):
                continue  # its priority may have been raised, and its due time with it
            self._first_due(case, events)
        leads = self.play.place.policy.desk.leads
        for event in self.rows["events"]:
            if event.what == "late":
                for lead in leads:
                    self._told_soon(LEADS, told, lead, "late_now", event)

    def _first_due(self, case: Any, events: Sequence[Any]) -> None:
        """Of a case's first turn only: later ones start when the customer writes again."""
        due = calendars.of_area(self.play.place.name, case.area).due(case.opened_at, TARGETS[case.priority])
        ends = [e.at for e in events if e.what in ("reply", "resolve", "dismiss", "follow_up")]
        stopped = min(ends, default=None)
        late = [e.at for e in events if e.what == "late" and (stopped is None or e.at <= stopped)]
        if stopped is not None and stopped < due - MINUTE:
            self.verdict.hold(
                LATE, not late, f"case {case.id} was late at {late}, due {due}, ended {stopped}"
            )
        elif due < self.play.place.end - MINUTE and (stopped is None or stopped > due + MINUTE):
            on_time = bool(late) and abs(late[0] - due) <= MINUTE
            self.verdict.hold(LATE, on_time, f"case {case.id} was due {due}, late {late}, ended {stopped}")

    def _told_soon(self, sentence: str, told: Sequence[Told], person: str, notice: str, event: Any) -> None:
        """From the first moment on at which they may be disturbed."""
        by = calendars.of_person(self.play.place.name, person).opens(event.at) + SOON
        heard = [
            one
            for one in told
            if (one.person, one.notice, one.case_id) == (person, notice, event.case_id) and one.at >= event.at
        ]
        if by < self.play.place.end:
            in_time = bool(heard) and heard[0].at <= by
            self.verdict.hold(
                sentence,
                in_time or self._counted_in_a_digest(person, event.at, by),
                f"{notice} of case {event.case_id}, {event.at}: {person} heard {[str(one.at) for one in heard]}",
            )

    # Promises

    def _promises(self, told: Sequence[Told]) -> None:
        for row in self.rows["follow_ups"]:
            if row.due_at > self.play.place.end - MINUTE or (
                row.state == "moved" and row.reminded_at is None
            ):
                continue
            if row.state == "cancelled" and row.reminded_at is None:
                continue  # its case was closed before
            self._one_promise(row)
            self._reminder(row, told)

    def _one_promise(self, row: Any) -> None:
        name = f"promise {row.id} of {row.person}, due {row.due_at}"
        fell_due = row.reminded_at is not None and abs(row.reminded_at - row.due_at) <= MINUTE
        self.verdict.hold(PROMISES, fell_due, f"{name} fell due {row.reminded_at}")
        if not fell_due:
            return
        case = next(one for one in self.rows["cases"] if one.id == row.case_id)
        areas = {case.area, *(e.detail.get("before") for e in self._events(row.case_id, "area"))}
        ends = {
            calendars.of_area(self.play.place.name, area).due(row.reminded_at, 2 * HALF_A_DAY)
            for area in areas
        }
        if row.state == "reminded":
            self.verdict.hold(PROMISES, max(ends) > self.play.place.end - MINUTE, f"{name} is forgotten")
        if row.state == "returned":
            returns = [event.at for event in self._events(row.case_id, "return")]
            wanted = {row.reminded_at} if self._is_away(row.person, row.reminded_at) else ends
            on_time = any(abs(at - one) <= MINUTE for at in returns for one in wanted)
            self.verdict.hold(PROMISES, on_time, f"{name} went back at {returns}, not at {wanted}")

    def _reminder(self, row: Any, told: Sequence[Told]) -> None:
        if row.reminded_at is None or self._is_away(row.person, row.reminded_at):
            return
        by = calendars.of_person(self.play.place.name, row.person).opens(row.reminded_at) + SOON
        heard = [
            one
            for one in told
            if one.person == row.person
            and one.notice == "follow_up"
            and _what(one) in (row.id, row.note)
            and one.at >= row.reminded_at
        ]
        settled = row.state in ("done", "moved", "cancelled", "returned")
        if by < self.play.place.end and not (settled and not heard):
            on_time = bool(heard) and row.reminded_at <= heard[0].at <= by
            self.verdict.hold(
                REMINDED,
                on_time,
                f"promise {row.id}, {row.reminded_at}: {row.person} heard {[str(one.at) for one in heard]}",
            )

    # Experts

    def _experts(self, told: Sequence[Told]) -> None:
        for ask in self.rows["asks"]:
            waits_for_owner = ask.asked_back and not ask.told_back
            if ask.asked_back is None:
                working = self._working_of(ask)
                due = working.due(ask.asked_at, EXPERTS_SLICE)
                self.verdict.hold(
                    EXPERTS, abs(ask.due_at - due) <= MINUTE, f"ask {ask.id} is due {ask.due_at}, not {due}"
                )
            if ask.state == "open" and not waits_for_owner:
                in_time = ask.due_at > self.play.place.end - MINUTE
                self.verdict.hold(EXPERTS, in_time, f"ask {ask.id} of {ask.expert} is forgotten")
            elif ask.state == "expired":
                on_time = abs(ask.ended_at - ask.due_at) <= MINUTE
                self.verdict.hold(EXPERTS, on_time, f"ask {ask.id} ended {ask.ended_at}, due {ask.due_at}")
            elif ask.state == "answered":
                self._answer(ask, told)

    def _answer(self, ask: Any, told: Sequence[Told]) -> None:
        heard = [
            one
            for one in told
            if one.case_id == ask.case_id
            and one.notice in ("answered", "answered_for", "answer_waits")
            and one.at >= ask.ended_at
        ]
        by = calendars.of_person(self.play.place.name, ask.asked_by).opens(ask.ended_at) + SOON
        if by < self.play.place.end:
            self.verdict.hold(
                ANSWERS, bool(heard), f"the answer {ask.id} of case {ask.case_id} was told to nobody"
            )

    # Small things

    def _working_of(self, ask: Any) -> calendars.Calendar:
        one = next(one for one in self.play.place.people if one.slack == ask.expert)
        if one.hours is None:
            case = next(case for case in self.rows["cases"] if case.id == ask.case_id)
            return calendars.of_area(self.play.place.name, case.area)
        return calendars.own_hours(self.play.place.name, ask.expert)

    def _is_away(self, who: str, at: datetime) -> bool:
        one = next(one for one in self.play.place.people if one.slack == who)
        return any(since <= at < until for since, until in calendars.away_spans(one))

    def _events(self, case_id: int, what: str) -> list[Any]:
        return [event for event in self.rows["events"] if event.case_id == case_id and event.what == what]


def _what(one: Told) -> Any:
    """What tells one reminder from the next of its kind: the due time, or the promise."""
    return one.facts.get("due") or one.facts.get("id") or one.facts.get("note")
