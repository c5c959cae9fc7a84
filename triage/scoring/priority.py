"""Priority: a score from the words of a post, with its label and its reasons.

The score is the lexicon × .6 + the urgency cues × .4. Measured on 14,640 posts to airlines, with a list of
the same kind: of the first tenth in that order, .895 were urgent complaints, against .811 for the lexicon alone
and .445 in order of arrival. Question marks, capitals and exclamation marks did not help, so they do not count.

Limits: it misses sarcasm (of "great, another delay" it hears only "delay"), it cannot read a language without
a list, and it reads Italian and Polish less well than English. The score sets the order; the label is a
convenience that a click corrects.

Cues are about the request, never about the person: "wheelchair" says that the customer asked for assistance,
and a reason quotes the post's own word and concludes nothing. Words that describe a person's health, politics,
religion or wealth do not belong in a list.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from triage.i18n import N_, _
from triage.lexicon.cues import Reading, read
from triage.lexicon.keywords import Keyword, LanguageCode

AGEING = timedelta(hours=24)


class Priority(StrEnum):
    """The priority of a case; values compare by urgency: LOW < NORMAL < HIGH < URGENT."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"

    @classmethod
    def read(cls, stored: str) -> "Priority":
        """A priority of a newer version counts as normal, never as calm; the row keeps its own word."""
        return cls(stored) if stored in set(cls) else cls.NORMAL

    @property
    def step(self) -> int:
        """0 for LOW … 3 for URGENT."""
        return _STEPS[self]

    def in_words(self) -> str:
        return _(_PRIORITY_WORDS[self])

    def __lt__(self, other: str) -> bool:
        return self.step < other.step if isinstance(other, Priority) else NotImplemented

    def __le__(self, other: str) -> bool:
        return self.step <= other.step if isinstance(other, Priority) else NotImplemented

    def __gt__(self, other: str) -> bool:
        return self.step > other.step if isinstance(other, Priority) else NotImplemented

    def __ge__(self, other: str) -> bool:
        return self.step >= other.step if isinstance(other, Priority) else NotImplemented


_STEPS = {Priority.LOW: 0, Priority.NORMAL: 1, Priority.HIGH: 2, Priority.URGENT: 3}
_PRIORITY_WORDS = {
    Priority.URGENT: N_("Urgent"),
    Priority.HIGH: N_("High"),
    Priority.NORMAL: N_("Normal"),
    Priority.LOW: N_("Low"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for a case's priority: a kind, and the customer's own words (or a number) for it."""

    kind: str
    detail: str = ""

    def in_words(self) -> str:
        """One short sentence, in the current language; a kind unknown to this version shows its detail."""
        if self.kind not in _REASON_WORDS:
            return self.detail or self.kind
        return _(_REASON_WORDS[self.kind]).format(
            detail=_grouped(self.detail) if self.kind == "reach" else self.detail
        )

    def to_json(self) -> list[str]:
        return [self.kind, self.detail]

    @classmethod
    def from_json(cls, pair: Sequence[str]) -> "Reason":
        kind, detail = pair
        return cls(kind, detail)


def _grouped(number: str) -> str:
    """480000 as 480,000; a text that is not a number stays as it is."""
    return re.sub(r"(?<=\d)(?=(?:\d{3})+$)", ",", number[:_LONGEST_NUMBER])


_LONGEST_NUMBER = 15
_REASON_WORDS = {  # the most urgent first: the order on the card
    "safety": N_("somebody may be in danger: “{detail}”"),
    "danger": N_("may concern safety: “{detail}”"),
    "fraud": N_("fraud or theft: “{detail}”"),
    "stranded": N_("stuck or left behind: “{detail}”"),
    "money": N_("money taken or withheld: “{detail}”"),
    "outage": N_("nothing works: “{detail}”"),
    "legal": N_("mentions a lawyer or an authority: “{detail}”"),
    "waiting": N_("has waited long: “{detail}”"),
    "leaving": N_("threatens to leave: “{detail}”"),
    "assistance": N_("asks for special assistance: “{detail}”"),
    "soon": N_("cannot wait: “{detail}”"),
    "date": N_("is about a day near: “{detail}”"),
    "angry": N_("sounds angry: “{detail}”"),
    "says": N_("says “{detail}”"),
    "brand": N_("says “{detail}” (your own word list)"),
    "reach": N_("{detail} followers"),
    "asks": N_("asks for something"),
    "praise": N_("thanks or praise"),
    "calm": N_("no question or complaint"),
    "plain": N_("nothing pressing in the words"),
    "unknown": N_("no word list for this language"),
    "person": N_("set by a person"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """A post's score: `value`, 0…1, sets the order; `priority` is its label; `reasons` is never empty."""

    value: float
    priority: Priority
    reasons: tuple[Reason, ...]


class PriorityRules(BaseModel):
    """`[priority]` in desk.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reach: Annotated[float, Field(ge=0, le=0.2)] = 0.05
    """The most that followers can add to a score. Having few followers subtracts nothing."""

    words: dict[LanguageCode, list[Keyword]] = {}
    """The brand's own complaint words, by language: beginnings of words, or phrases."""


# The lowest score of each label: read off the sorted scores of 2,159 English posts to brands (1,464 to airlines,
# 695 from other support threads), so that a desk sees about 4 % urgent, 16 % high and 21 % low. Nothing else
# fixes them: `python bench/triage_posts.py FILE` prints the shares in any file of posts.
URGENT_FROM, HIGH_FROM, NORMAL_FROM = 0.66, 0.43, 0.125

_AT_LEAST = {"safety": URGENT_FROM, "fraud": HIGH_FROM}  # even if the post is polite
_FAMOUS = 10_000  # followers; from here on the card names their number
_WHOLE_WORLD = 7  # a power of ten: with 10 million followers the reach is full
_MOST_REASONS = 4


def assess(text: str, language: str, followers: int, rules: PriorityRules) -> Score:
    """The score of a post in `language` by an author with that many followers."""
    return weigh(mood(text, language, rules), followers, rules)


def mood(text: str, language: str, rules: PriorityRules) -> Reading:
    """What takes long of a score, which does not depend on the author."""
    return read(text, language, tuple(rules.words.get(language, ())))


def weigh(reading: Reading, followers: int, rules: PriorityRules) -> Score:
    """The score of a post, once it is read."""
    value = 0.6 * _logistic(reading.tone) + 0.4 * reading.urgency
    value = max(value, *(_AT_LEAST.get(group, 0.0) for group in reading.heard), 0.0)
    value = min(1.0, value + rules.reach * _reach(followers))
    priority = _label(value)
    return Score(value, priority, _reasons(reading, priority, followers))


def queue_at(priority: Priority, value: float, waiting_since: datetime) -> datetime:
    """The place in the queue, as an instant: the earliest goes first.

    24 hours of waiting are worth one step of priority. Because all cases age at the same pace, their order never
    changes by itself: the instant can be stored and indexed, while a rank would have to be computed at each look.

    In a simulation at 1.3 × the mean load, ordering by score alone answered 91 % of critical posts within the hour
    but let one wait 65 h. With this ageing it was 71 % and 25 h.
    """
    return waiting_since - AGEING * (priority.step + value)


def _logistic(tone: float) -> float:
    """0…1: a neutral post .25, one plain complaint .42, two .62, an angry one .55, praise below .15."""
    return 1 / (1 + math.exp(min(1.1 - 1.3 * tone, 50.0)))


def _reach(followers: int) -> float:
    return min(1.0, math.log10(1 + max(followers, 0)) / _WHOLE_WORLD)


def _label(value: float) -> Priority:
    if value >= URGENT_FROM:
        return Priority.URGENT
    if value >= HIGH_FROM:
        return Priority.HIGH
    return Priority.NORMAL if value >= NORMAL_FROM else Priority.LOW


def _reasons(reading: Reading, priority: Priority, followers: int) -> tuple[Reason, ...]:
    reasons = [Reason(kind, reading.heard[kind]) for kind in _REASON_WORDS if kind in reading.heard]
    if any(reason.kind in ("angry", "brand") for reason in reasons):
        reasons = [reason for reason in reasons if reason.kind != "says"]
    if priority is Priority.LOW:
        reasons = [Reason("praise" if reading.praises else "calm")]
    reasons = reasons[:_MOST_REASONS] or [_nothing_heard(reading)]
    return (*reasons, Reason("reach", str(followers))) if followers >= _FAMOUS else tuple(reasons)


def _nothing_heard(reading: Reading) -> Reason:
    if not reading.listed:
        return Reason("unknown")
    if reading.praises:
        return Reason("praise")
    return Reason("asks" if reading.asks else "plain")
