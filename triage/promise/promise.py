"""Finds a promise to come back in a reply: its words, and its due day if the text is clear about it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from triage.lexicon.phrases import Found, Token
from triage.promise.days import Said, Today, agreed, said
from triage.promise.speech import MADE, Mark, Sign, Speech, marks, may_promise, speech, words
from triage.text.long_texts import composed
from triage.time.working_time import WorkingTime

LONGEST_QUOTE = 160
# Real replies have far fewer; with these limits no text makes the search slow.
LONGEST_SENTENCE = 120  # words
MOST_PROMISES = 8  # in one sentence
_REACH_OF_NOT = 5  # words that may come between a negation and the promise it negates
_REACH_OF_WHEN = 4  # words after "once" that may name the customer

_UNREAD = re.compile(r"https?:\S{1,}|www\.\S{1,}|(?<!\w)[@#^]\w{1,}")
_SENTENCE = re.compile(r"[!?…\n]{1,}|(?<!\b[ap]\.m)(?<!\bgodz)(?<!\bnr)\.(?!\w)", re.IGNORECASE)
_BREAK = re.compile(r"[,;:](?!\d)|[()]|\s[-–—]\s|(?<!\d)[–—](?!\d)")


@dataclass(frozen=True, slots=True)
class Promise:
    """The sentence that promises, and its due day and time: None if the text does not say, or is not clear."""

    words: str
    when: date | None
    at: time | None


def promise_in(text: str, now: datetime, working: WorkingTime | None = None) -> Promise | None:
    """The promise that `text` makes to a customer; if there are several, the one due first.

    Reads English, Italian and Polish. `now` is aware, in the writer's zone. Without `working`, a count of
    working days leaves the date blank. docs/promises.md lists the promises that it finds and those it misses.
    """
    today = Today(now, working)
    made = [one for sentence in _sentences(text) for one in _promises(sentence, today)]
    return min(made, key=_due_first).promise if made else None


@dataclass(frozen=True, slots=True)
class _Weighed:
    promise: Promise
    sign: Sign


def _due_first(made: _Weighed) -> tuple[bool, bool, date, time]:
    """Sort key: promises with a day first; "and we'll write on Monday" before "we'll ask the shop today"; then by day."""
    when = made.promise.when
    return when is None, made.sign is Sign.DATED, when or date.max, made.promise.at or time.max


# --- one sentence


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str  # the whole
    start: int
    end: int
    asks: bool
    words: Sequence[Token]
    marks: Sequence[Found[tuple[Mark, ...]]]
    breaks: Sequence[int]  # indexes of words before which a clause ends

    @property
    def quote(self) -> str:
        quote = self.text[self.start : self.end].strip()
        return quote if len(quote) <= LONGEST_QUOTE else quote[: LONGEST_QUOTE - 1].rstrip() + "…"


def _sentences(text: str) -> Iterator[_Sentence]:
    """The sentences that contain a phrase of promising."""
    text = composed(text)
    read = _UNREAD.sub(lambda found: " " * len(found[0]), text)
    for start, end, sign in _cut(read):
        tokens = words(read, start, end)
        for piece in range(0, len(tokens), LONGEST_SENTENCE):
            some = tokens[piece : piece + LONGEST_SENTENCE]
            found = list(marks().find(some)) if may_promise(some) else []
            if any(mark.sign in MADE for one in found for mark in one.value):
                yield _Sentence(text, start, end + len(sign), "?" in sign, some, found, _breaks(read, some))


def _breaks(text: str, words: Sequence[Token]) -> list[int]:
    gaps = ((at, words[at - 1].end, words[at].start) for at in range(1, len(words)))
    return [
        at
        for at, end, start in gaps
        if start > end and text[end:start] != " " and _BREAK.search(text, end - 1, start + 1)
    ]


def _cut(text: str) -> Iterator[tuple[int, int, str]]:
    start = 0
    for end in _SENTENCE.finditer(text):
        yield start, end.start(), end[0]
        start = end.end()
    yield start, len(text), ""


def _promises(sentence: _Sentence, today: Today) -> Iterator[_Weighed]:
    begun = False
    made = list(islice(_made(sentence), MOST_PROMISES))
    spoken = {one.language: one.speech for one in made}
    everything = {
        language: said(sentence.text, sentence.words, known, today) for language, known in spoken.items()
    }
    for at, promising in enumerate(made):
        if promising.taken_back or (promising.sign is Sign.AND and not begun):
            continue
        begun = True
        until = made[at + 1].found.first if at + 1 < len(made) else len(sentence.words)
        times = promising.times(everything[promising.language], until)
        if promising.sign is not Sign.DATED or times:
            when, time_of_day = agreed(promising.sure(times), today)
            yield _Weighed(Promise(sentence.quote, when, time_of_day), promising.sign)


def _made(sentence: _Sentence) -> Iterator["_Made"]:
    for found in sentence.marks:
        for mark in found.value:
            if mark.sign in MADE:
                yield _Made(sentence, found, mark.sign, mark.language, speech(mark.language))


# --- one phrase that promises


@dataclass(frozen=True, slots=True)
class _Made:
    sentence: _Sentence
    found: Found[tuple[Mark, ...]]
    sign: Sign
    language: str
    speech: Speech

    @property
    def taken_back(self) -> bool:
        """True if the sentence cancels the promise: by a question, a condition, a request, a report or a negation."""
        if self._is_asked() or any(self._is_the_customers(one) for one in self._signs(Sign.IF, Sign.WHEN)):
            return True
        before = [one for one in self._signs(Sign.ASK, Sign.TOLD) if one.first < self.found.first]
        return (
            bool(before) or any(self._reaches(one) for one in self._signs(Sign.NOT)) or self._denied_inside()
        )

    def times(self, everything: Sequence[Said], until: int) -> list[Said]:
        """The time phrases in the promise's clause, or else those at the start of another clause."""
        start, end = self._clause(until)
        beside = [one for one in everything if start <= one.first < end]
        for one in everything:
            if beside and one.first == beside[-1].last:  # "on Friday, 11 December"
                beside.append(one)
        if any(one.days or one.alone or one.at for one in beside):
            return beside
        return [*beside, *(one for one in everything if one.first < until and self._leads(one))]

    def sure(self, times: Sequence[Said]) -> list[Said]:
        """`times` without those counted from an event whose date is unknown."""
        waits = any(True for _one in self._signs(Sign.WHEN))
        return [one for one in times if not (waits and one.counted)]

    def _clause(self, until: int) -> tuple[int, int]:
        """The promise's clause: from the last joining word before the promise to the clause's end."""
        breaks = self.sentence.breaks
        start = max((at for at in breaks if at <= self.found.first), default=0)
        end = min((at for at in breaks if at >= self.found.last), default=until)
        joins = (at for at in range(start, self.found.first + 1) if self._word(at) in self.speech.joins)
        return max(joins, default=start), min(end, until)

    def _leads(self, one: Said) -> bool:
        """True if the phrase is at the start of a clause: "Tomorrow, once …", "…, by Friday at the latest"."""
        start = max((at for at in self.sentence.breaks if at <= one.first), default=0)
        return all(self._word(at) in self.speech.around["leads"] for at in range(start, one.first))

    def _is_asked(self) -> bool:
        """True if the promise is part of the question; "we'll call you, could you send the number?" promises first."""
        if not self.sentence.asks:
            return False
        doubted = any(one.first < self.found.first for one in self._signs(Sign.DOUBT))
        return doubted or not any(at >= self.found.last for at in self.sentence.breaks)

    def _is_the_customers(self, one: Found[tuple[Mark, ...]]) -> bool:
        """True if the promise depends on the customer: after any "if", and after "when" if it is about their action."""
        if any(mark.sign is Sign.IF for mark in one.value):
            return True
        after = [self._word(at) for at in range(one.last, one.last + _REACH_OF_WHEN)]
        ended = any(len(word) > 3 and word.endswith(self.speech.endings) for word in after[:2])
        return ended or not self.speech.customer.isdisjoint(after)

    def _reaches(self, one: Found[tuple[Mark, ...]]) -> bool:
        """True if a negation before the promise applies to it: it is near, and in the same clause."""
        if not 0 <= self.found.first - one.last <= _REACH_OF_NOT:
            return False
        between = range(one.last, self.found.first)
        if any(self._word(at) in self.speech.joins for at in between):
            return False
        ends = (at for at in self.sentence.breaks if one.last <= at <= self.found.first)
        return all(self._word(at) in self.speech.subordinates for at in ends)

    def _denied_inside(self) -> bool:
        inside = self.sentence.words[self.found.first : self.found.last]
        return any(word.folded in ("not", "never", "non", "nie") for word in inside[1:-1])

    def _signs(self, *signs: Sign) -> Iterator[Found[tuple[Mark, ...]]]:
        for one in self.sentence.marks:
            if any(mark.sign in signs and mark.language == self.language for mark in one.value):
                yield one

    def _word(self, at: int) -> str:
        return self.sentence.words[at].folded if 0 <= at < len(self.sentence.words) else ""
