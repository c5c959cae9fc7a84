"""Reads a post's mood, and the cues that it cannot wait."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from triage.lexicon import lexicon
from triage.lexicon.keywords import keyword
from triage.lexicon.phrases import Found, Phrases, Token, cleaned, tokens
from triage.text.long_texts import ends_of

_TONE = {
    "complaint.angry": 1.0,
    "complaint.brand": 0.8,
    "complaint.plain": 0.6,
    "complaint.mild": 0.15,
    "praise.polite": -0.25,
    "praise.plain": -0.55,
    "praise.warm": -0.9,
    "urgent.soon": 0.0,
    "urgent.date": 0.0,
    "urgent.assistance": 0.0,
    "talk.asks": 0.0,
    "talk.negation": 0.0,
    "talk.greeting": 0.0,
}
_CUE_TONE = 0.4  # the tone of the other urgency cues
_URGENCY = {
    "safety": 1.6,
    "fraud": 1.2,
    "stranded": 1.1,
    "money": 1.0,
    "outage": 1.0,
    "danger": 1.0,
    "legal": 0.9,
    "waiting": 0.8,
    "leaving": 0.6,
    "assistance": 0.6,
    "soon": 0.35,
    "date": 0.3,
}
_AGAIN = 0.4  # a cue's second word of the same kind
_REACH_OF_NOT = 2  # words that may come between a negation and the word it negates: "not a very good"
_NOT_GOOD = 0.6
_NOT_BAD = 0.3  # the part of a complaint's weight that is left if it is negated
_ASKED = 0.4  # the part of a praise's weight that is left if the post asks for something as well
_SENTENCE_END = re.compile(r"[.!?;\n]")
_PRAISE = {"praise.polite", "praise.plain", "praise.warm"}
_SHORT_POST = 8  # words
_SILENCE = -0.8  # the tone of a short post without any known phrase
_NO_COMPLAINT = {"soon", "date", "assistance"}
_LONGEST_QUOTE = 40

_EMOJI = {
    **dict.fromkeys("😡🤬😠👿🖕💩😤🤮", 0.3),
    **dict.fromkeys("😭😢😩😫😞😒🙄😔😣😖👎💔😰😱", 0.15),
    **dict.fromkeys("😊❤😍🙏👏😀😃😄😁👍🎉🥰💕💙💚💛🧡💜😘🤗🙌👌♥☺🌟⭐💯😉", -0.2),
    **dict.fromkeys((":)", ":-)", ";)", ":D", "<3"), -0.2),
    **dict.fromkeys((":(", ":-(", ":/", ":-/"), 0.15),
}
_EMOJI_FOUND = re.compile("|".join(map(re.escape, sorted(_EMOJI, key=len, reverse=True))))
_EMOJI_MOST = 0.4


@dataclass(slots=True)
class Reading:
    """The findings in a post: `heard` has the first words of each kind, `cues` the weight of each cue."""

    listed: bool  # its language has a word list
    known: int = 0  # the number of its words that are on the list
    tone: float = 0.0  # above 0 a complaint, below 0 praise
    praises: bool = False
    asks: bool = False
    heard: dict[str, str] = field(default_factory=dict)
    cues: dict[str, float] = field(default_factory=dict)

    @property
    def urgency(self) -> float:
        """The urgency, 0…1; one strong cue gives about .65, two about .85."""
        return 1 - math.exp(-sum(self.cues.values()))


def read(text: str, language: str, brand: tuple[str, ...] = ()) -> Reading:
    """Read `text` with the lists of `language` and the brand's own complaint words."""
    text = cleaned(ends_of(text))
    words = tokens(text)
    reading = Reading(listed=_judges(language))
    negation: Found[str] | None = None
    for found in _phrases(language, brand).find(words):
        negated = negation is not None and _reaches(text, words, negation, found)
        first = negation.first if negation and negated and found.value in _PRAISE else found.first
        _hear(reading, found, _quote(text, words[first : found.last]), negated)
        reading.known += found.last - found.first
        negation = found if found.value == "talk.negation" else negation
    _weigh_whole(reading, text, words)
    return reading


def _reaches(text: str, words: Sequence[Token], negation: Found[str], found: Found[str]) -> bool:
    """True if the negation applies to `found`: it is near enough, and in the same sentence."""
    if found.first > negation.last + _REACH_OF_NOT:
        return False
    return not _SENTENCE_END.search(text, words[negation.last - 1].end, words[found.first].start)


def _hear(reading: Reading, found: Found[str], quote: str, negated: bool) -> None:
    chapter, kind = found.value.split(".")
    tone = _TONE.get(found.value, _CUE_TONE)
    if chapter == "praise":
        reading.tone += _NOT_GOOD if negated else tone
        reading.praises |= not negated
        if negated:
            reading.heard.setdefault("says", quote)
    elif chapter == "complaint":
        reading.tone += tone * _NOT_BAD if negated and kind != "angry" else tone
        if kind != "mild" and not (negated and kind == "plain"):
            reading.heard.setdefault("says" if kind == "plain" else kind, quote)
    elif chapter == "urgent":
        reading.tone += tone
        reading.heard.setdefault(kind, quote)
        weight = _URGENCY[kind] * (_AGAIN if kind in reading.cues else 1)
        reading.cues[kind] = reading.cues.get(kind, 0.0) + weight
    else:
        reading.asks |= kind == "asks"


def _weigh_whole(reading: Reading, text: str, words: Sequence[Token]) -> None:
    """Adjust the tone by the whole post: emoji, a question next to praise, a few words that say nothing."""
    emoji = sum(_EMOJI[found] for found in _EMOJI_FOUND.findall(text))
    reading.tone += max(-_EMOJI_MOST, min(_EMOJI_MOST, emoji))
    if reading.asks and reading.tone < 0:
        reading.tone *= _ASKED
    if reading.heard.keys() - _NO_COMPLAINT:
        reading.tone = max(reading.tone, 0.0)  # "great, another delay, love it"
    if reading.listed and not (reading.heard or reading.asks or reading.tone) and _says_little(words):
        reading.tone = _SILENCE


def _says_little(words: Sequence[Token]) -> bool:
    """True for a few words in the lists' own alphabet; a post that we can't read may well be a complaint."""
    return 0 < len(words) <= _SHORT_POST and all(word.folded.isascii() for word in words)


def _quote(text: str, words: Sequence[Token]) -> str:
    quote = " ".join(text[words[0].start : words[-1].end].split())
    return quote if len(quote) <= _LONGEST_QUOTE else f"{quote[: _LONGEST_QUOTE - 1]}…"


def _judges(language: str) -> bool:
    known = lexicon(language)
    return known is not None and known.judges


@lru_cache(maxsize=32)
def _phrases(language: str, brand: tuple[str, ...]) -> Phrases[str]:
    known = lexicon(language)
    patterns = {keyword(stem): "complaint.brand" for stem in brand}
    if known is None:
        return Phrases(patterns)
    listed = {phrase: group for group, phrases in known.groups.items() for phrase in phrases}
    return Phrases(listed | patterns, known.numbers)
