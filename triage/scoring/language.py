"""Detects a post's language among the desk's languages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from triage.lexicon import Lexicon, lexicon
from triage.lexicon.cues import read
from triage.lexicon.phrases import cleaned, fold
from triage.text.long_texts import ends_of

_ENDING, _LETTER = 0.35, 0.6  # their weights, if a common word weighs 1
_KNOWN = 0.5  # the weight of a word on the priority lists, if the rest says little: "worst trip ever"
_GLANCE = 1_000  # characters of the post read for that
_SURE = 0.5  # a lead, in common words, that the network's own guess cannot overturn
_ENOUGH = 400  # words; more of them would not change the answer
_TAG = re.compile(r"#\w+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{1,2}(?![^\W\d_]))*")


def detect(text: str, among: Sequence[str], hint: str | None = None) -> str:
    """The most probable language of `text`, out of `among` (the desk's languages, favourite first).

    Common words, typical letters and endings vote. `hint` is the network's own guess: it decides if the votes
    say nothing or disagree, and for languages without word lists. Handles, addresses and hashtags do not
    count, unless the text has nothing but hashtags.
    """
    if len(among) < 2:
        return among[0] if among else hint or "en"
    spoken = cleaned(ends_of(text))
    votes = _votes(_TAG.sub(" ", spoken), tuple(among))
    if not any(votes.values()):
        votes = _votes(spoken, tuple(among))
    if max(votes.values()) < 1:
        votes = {
            language: vote + _KNOWN * read(spoken[:_GLANCE], language).known
            for language, vote in votes.items()
        }
    return _winner(votes, among, _base(hint))


def _winner(votes: Mapping[str, float], among: Sequence[str], hint: str | None) -> str:
    best = max(among, key=lambda language: votes[language])
    if hint is None or hint not in among:
        return best
    # A language without a list gets no votes, so the hint for it counts for more.
    lead = votes[best] - votes[hint]
    return best if lead > (_SURE if lexicon(hint) else 2 * _SURE) else hint


def _votes(text: str, among: tuple[str, ...]) -> dict[str, float]:
    votes = dict.fromkeys(among, 0.0)
    for word in _WORD.findall(text)[:_ENOUGH]:
        for language, weight in _weights(among, word.lower()):
            votes[language] += weight
    return votes


@lru_cache(maxsize=8192)  # most words are repeated
def _weights(among: tuple[str, ...], word: str) -> list[tuple[str, float]]:
    return _evidence(among).of(word)


class _Evidence:
    """The votes of one word for each language. A word that several languages share counts less for each."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._words: dict[str, list[str]] = {}
        self._endings: list[tuple[str, str]] = []
        self._letters: list[tuple[str, frozenset[str]]] = []
        for one in lexicons:
            self._letters.append((one.language, frozenset(one.letters)))
            self._endings += [(one.language, ending) for ending in one.endings]
            for word in sorted(set(map(fold, one.common))):
                self._words.setdefault(word, []).append(one.language)

    def of(self, word: str) -> list[tuple[str, float]]:
        found = [(language, _LETTER) for language, letters in self._letters if not letters.isdisjoint(word)]
        known = self._words.get(fold(word))
        if known:
            return found + [(language, 1 / len(known) ** 2) for language in known]
        return found + [(language, _ENDING) for language, ending in self._endings if word.endswith(ending)]


@lru_cache(maxsize=32)
def _evidence(among: tuple[str, ...]) -> _Evidence:
    return _Evidence(filter(None, map(lexicon, among)))


def _base(hint: str | None) -> str | None:
    """The language without its region: "pt-BR" becomes "pt". A network's "und" and "qme" match no language of a desk."""
    return hint.replace("_", "-").split("-")[0].lower() if hint else None
