"""X's weighted length: a Latin letter counts 1, any other 2, a link 23, an emoji 2."""

import re
import sys
import threading
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from itertools import chain
from types import ModuleType

from triage.text.long_texts import composed
from triage.text.measure import MAYBE_LINK, Measure, Span

LINK_WEIGHT = 23
EMOJI_WEIGHT = 2

# X counts these code points as one, all others as two (docs.x.com, "Counting characters").
_LATIN_AND_NEAR = "\u10ff"
_LIGHT_PUNCTUATION = frozenset(
    map(chr, chain(range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038)))
)

# twitter-text searches a long dotted run such as "é.é.é." for seconds. A run with more inner dots than these is no
# host name; we then count each dot as a link, which errs on the safe side.
_INNER_DOT = re.compile(r"(?<!\.)\.(?=[^.])")
_MOST_DOTS, _MOST_DOTS_IN_ASCII = 12, 40

_MAYBE_EMOJI = re.compile("[©®\u200d-\u2fff\u3030\u303d\u3297\u3299\ue000-\U0010ffff]")
_WORD = re.compile(r"\s?\S+")  # with the space before it, which decides if X takes it for a link


def normal(text: str) -> str:
    """The form of a text that X counts."""
    return composed(text.replace("\r\n", "\n"))


def weights(text: str) -> list[int]:
    """The weight of each code point; the first one of a link or an emoji carries the weight of the whole."""
    each = [1 if char <= _LATIN_AND_NEAR or char in _LIGHT_PUNCTUATION else 2 for char in text]
    for start, end, weight in entities(text):
        each[start:end] = [weight] + [0] * (end - start - 1)
    return each


def wary_weights(text: str) -> list[int]:
    """The weights as if everything that looks like a link were one."""
    each = weights(text)
    for look in MAYBE_LINK.finditer(text):
        within_link = each[look.start()] == 0
        if not within_link:
            each[look.start()] += max(LINK_WEIGHT - sum(each[look.start() : look.end()]), 0)
    return each


def entities(text: str) -> Iterator[tuple[int, int, int]]:
    """The start, end and weight of each link and emoji."""
    for word in _WORD.finditer(text):
        for start, end, weight in _entities_of(word[0]):
            yield word.start() + start, word.start() + end, weight


def links(text: str) -> Iterator[Span]:
    """The spans of `text` that X would make links of."""
    for start, end, weight in entities(text):  # remembered by word: a long reply asks many times
        if weight == LINK_WEIGHT:
            yield start, end


@lru_cache(maxsize=1024)
def _entities_of(word: str) -> tuple[tuple[int, int, int], ...]:
    found = sorted(chain(_links(word), _emoji(word)))
    covered, apart = 0, []
    for start, end, weight in found:
        if start >= covered:
            apart.append((start, end, weight))
            covered = end
    return tuple(apart)


def _links(word: str) -> Iterator[tuple[int, int, int]]:
    if any(map(_is_overdotted, re.split("[/:?]", word))):
        yield from ((*dot.span(), LINK_WEIGHT) for dot in _INNER_DOT.finditer(word))
        return
    for link in _twitter_text().extract_urls_with_indices(word):
        yield link["indices"][0], link["indices"][0] + len(link["url"]), LINK_WEIGHT


def _is_overdotted(part: str) -> bool:
    return len(_INNER_DOT.findall(part)) > (_MOST_DOTS_IN_ASCII if part.isascii() else _MOST_DOTS)


def _emoji(word: str) -> Iterator[tuple[int, int, int]]:
    if _MAYBE_EMOJI.search(word):
        for emoji in _twitter_text().extract_emojis_with_indices(word):
            yield *emoji["indices"], EMOJI_WEIGHT


_IMPORTING = threading.Lock()


@cache
def _twitter_text() -> ModuleType:
    """Import twitter-text at the first use, because it takes 11 MB.

    It reads one file through pkg_resources, which new setuptools lack, so we lend it a substitute.
    """
    stand_in = ModuleType("pkg_resources")
    stand_in.resource_string = lambda module, name: (  # type: ignore[attr-defined]
        files(module.rpartition(".")[0]).joinpath(name).read_bytes()
    )
    with _IMPORTING:  # replies are judged in threads
        installed = sys.modules.get("pkg_resources")
        sys.modules["pkg_resources"] = stand_in
        try:
            return import_module("twitter_text")
        finally:
            sys.modules.pop("pkg_resources", None)
            if installed:
                sys.modules["pkg_resources"] = installed


# Safe for any string: a lone surrogate counts 2.
MEASURE = Measure(280, normal, weights, wary_weights, links, LINK_WEIGHT)
