"""The words for promises and days in each language: triage/promise/words, read once."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from triage.lexicon.phrases import LONGEST_WORD, Phrases, Token, fold, parsed

_FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "it", "pl")


class Sign(StrEnum):
    """The bearing of a phrase on a promise. The groups of the lists have these names."""

    PROMISE = "promise"
    DATED = "dated"  # a promise if a day or a time goes with it
    AND = "and"  # a promise if one comes before it in the same sentence
    NOT = "not"
    IF = "if"
    WHEN = "when"  # "once we know": a count of days would start then
    ASK = "ask"  # we ask the customer for something
    TOLD = "told"  # somebody else's promise
    DOUBT = "doubt"  # the beginning of a question
    NOTHING = "nothing"  # looks like one of the others but is none


MADE = frozenset((Sign.PROMISE, Sign.DATED, Sign.AND))


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign in one language."""

    sign: Sign
    language: str


@dataclass(frozen=True, slots=True)
class Speech:
    """One language's words around a promise, folded. words/en.toml explains each group."""

    days: Phrases[str]
    numbers: Mapping[str, int]
    month_first: bool  # "5/12" may be a day in May
    customer: frozenset[str]
    endings: tuple[str, ...]
    joins: frozenset[str]
    subordinates: frozenset[str]
    around: Mapping[str, frozenset[str]]


@cache
def marks() -> Phrases[tuple[Mark, ...]]:
    """All signs of all languages; the same phrase may be a sign in several."""
    listed: dict[str, tuple[Mark, ...]] = {}
    for language in LANGUAGES:
        for phrase, sign in _signs(_content(language)):
            listed[phrase] = (*listed.get(phrase, ()), Mark(sign, language))
    return Phrases(listed)


def may_promise(words: Iterable[Token]) -> bool:
    """True if a promise may begin with one of `words`; this quick test spares most sentences the search."""
    whole, stems = _beginnings()
    return any(word.folded in whole or word.folded.startswith(stems) for word in words)


@cache
def _beginnings() -> tuple[frozenset[str], tuple[str, ...]]:
    signs = (one for language in LANGUAGES for one in _signs(_content(language)))
    first = {parsed(phrase)[0] for phrase, sign in signs if sign in (Sign.PROMISE, Sign.DATED)}
    stems = {word for word in first if word.endswith("*")}
    return frozenset(first - stems), tuple(stem.removesuffix("*") for stem in stems)


@cache
def speech(language: str) -> Speech:
    content = _content(language)
    numbers = {fold(word): int(value) for word, value in (one.split() for one in _listed(content["numbers"]))}
    days = {phrase: kind for kind, phrases in content["days"].items() for phrase in _listed(phrases)}
    return Speech(
        days=Phrases(days, numbers),
        numbers=numbers,
        month_first=content["month_first"],
        customer=_folded(content["customer"]["words"]),
        endings=tuple(_listed(content["customer"]["endings"])),
        joins=_folded(content["joins"]["and"]),
        subordinates=_folded(content["joins"]["that"]),
        around={kind: _folded(words) for kind, words in content["around_days"].items()},
    )


# Digits are words of their own: "3pm", "12th", "48h".
_WORD = re.compile(r"\d{1,}|[^\W\d_]{1,}(?:['’][^\W\d_]{1,2}(?![^\W_])){0,3}")


def words(text: str, start: int, end: int) -> list[Token]:
    """The words of text[start:end], with their places in the whole text."""
    return [
        Token(fold(word[0][:LONGEST_WORD]), word.start(), word.end())
        for word in _WORD.finditer(text, start, end)
    ]


@cache
def _content(language: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def _signs(content: Mapping[str, Any]) -> Iterator[tuple[str, Sign]]:
    for made in content["made"]:
        openers, acts = list(_listed(made["openers"])) or [""], list(_listed(made["acts"]))
        yield from ((f"{opener} {act}", Sign(made["kind"])) for opener, act in product(openers, acts))
    for kind, phrases in content["cues"].items():
        yield from ((phrase, Sign(kind)) for phrase in _listed(phrases))


def _listed(phrases: str) -> Iterable[str]:
    """Split phrases at commas; line breaks in the file are only for the reader."""
    return filter(None, (" ".join(phrase.split()) for phrase in phrases.split(",")))


def _folded(phrases: str) -> frozenset[str]:
    return frozenset(map(fold, _listed(phrases)))
