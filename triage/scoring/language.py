"""Which of the desk's languages a post is written in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from triage.lexicon import Lexicon, lexicon
from triage.lexicon.cues import read
from triage.lexicon.phrases import cleaned, fold

_ENDING, _LETTER = 0.35, 0.6  # what they weigh, a common word being 1
_KNOWN = 0.5  # and a word of the priority lists, asked only when the rest says little: "worst trip ever"
_GLANCE = 1_000  # characters of it read for that
_SURE = 0.5  # a lead, in common words, that the network's own guess cannot overturn
_ENOUGH = 400  # words: a longer post cannot change its language's mind
_TAG = re.compile(r"#\w+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{1,2}(?![^\W\d_]))*")


def detect(text: str, among: Sequence[str], hint: str | None = None) -> str:
    """The one of `among` (the desk's languages, favourite first) that `text` is most probably written in.

    Common words, telling letters and endings vote; `hint` is the network's own guess, which decides when
    they say nothing, when they disagree, and for languages nobody has written lists for. Handles, addresses
    and hashtags are left out, unless the hashtags are all there is.
    """
    if len(among) < 2:
        return among[0] if among else hint or "en"
    spoken = cleaned(text)
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
    # A language without a list collects no votes of its own: the hint for it is worth more.
    lead = votes[best] - votes[hint]
    return best if lead > (_SURE if lexicon(hint) else 2 * _SURE) else hint


def _votes(text: str, among: tuple[str, ...]) -> dict[str, float]:
    votes = dict.fromkeys(among, 0.0)
    for word in _WORD.findall(text)[:_ENOUGH]:
        for language, weight in _weights(among, word.lower()):
            votes[language] += weight
    return votes


@lru_cache(maxsize=8192)  # most words come again
def _weights(among: tuple[str, ...], word: str) -> list[tuple[str, float]]:
    return _evidence(among).of(word)


class _Evidence:
    """What one word says for each language. A word that several languages share says less for each."""

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
    """ "pt-BR" is "pt"; X's "und", "qme" and the like are languages nobody speaks."""
    return hint.replace("_", "-").split("-")[0].lower() if hint else None
