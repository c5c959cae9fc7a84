"""Finds words and phrases in a post at word starts, ignoring case and accents."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from triage.text.long_texts import composed

T = TypeVar("T")

NUMBER = "#"  # in a pattern: a number, in digits or in words
ANYTHING = "_"  # in a pattern: at most one word, of any kind

# Short tails stay with their word (don't, it's); longer ones are words of their own (l'addebito).
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]{1,2}(?![^\W_]))*")
PATTERN_WORD = re.compile(rf"{_WORD.pattern}\*?|[#_]")
_NOISE = re.compile(r"https?:\S*|www\.\S+|(?<!\w)@\w+")
LONGEST_WORD = 100  # characters of a word that are compared; no list has a longer one
_APOSTROPHES = re.compile("['’]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_STROKES = str.maketrans("łøđħ", "lodh")  # letters that have no decomposition


class Token(NamedTuple):
    """A word of a post: its folded form for comparing, and its place in the text."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase found at tokens[first:last]; `value` is the list's value for it."""

    value: T
    first: int
    last: int


def cleaned(text: str) -> str:
    """`text` composed (NFC), with handles and addresses blanked out."""
    return _NOISE.sub(" ", composed(text))


def tokens(text: str) -> list[Token]:
    return list(each_token(text))


def each_token(text: str) -> Iterator[Token]:
    return (Token(fold(word[0][:LONGEST_WORD]), word.start(), word.end()) for word in _WORD.finditer(text))


# Detecting, assessing and routing each fold a post's words, and most words are repeated.
@lru_cache(maxsize=8192)
def fold(word: str) -> str:
    """`word` without case, accents and apostrophes; "goooood" is "good", "thankssss" is "thanks"."""
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.casefold())
        word = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    word = word.lower().translate(_STROKES)
    word = _APOSTROPHES.sub("", word)
    if word.endswith(last := 3 * word[-1:]) and not last.isdigit() and word.strip(last):
        word = word.rstrip(last) + word[-1]
    return _STRETCHED.sub(r"\1\1", word)


class Phrases(Generic[T]):
    """Many phrases, searched for in one pass.

    A pattern is one word or several. `word*` is a stem: it matches every word that begins with it. `#` is a
    number, `_` at most one word of any kind. The longest phrase wins, and found phrases never overlap.
    All phrases share one tree of words, so each word of a post costs a few look-ups, however many phrases
    there are: no post can make it slow.
    """

    def __init__(self, patterns: Mapping[str, T], numbers: Collection[str] = ()) -> None:
        self._numbers = frozenset(map(fold, numbers))
        self._root: _Node[T] = _Node()
        for pattern, value in patterns.items():
            if words := parsed(pattern):
                self._root.grow(words).value = value
        self._root.settle()

    def find(self, post: Sequence[Token]) -> Iterator[Found[T]]:
        at = 0
        while at < len(post):
            begins = self._root.anything or any(True for _child in self._next(self._root, post[at].folded))
            found = max(self._from(self._root, post, at, at), key=_length, default=None) if begins else None
            if found is not None:
                yield found
            at = found.last if found else at + 1

    def _from(self, node: "_Node[T]", post: Sequence[Token], first: int, at: int) -> Iterator[Found[T]]:
        """The phrases that begin at `first` and continue from `node` with the word at `at`."""
        if node.value is not None and at > first:
            yield Found(node.value, first, at)
        if node.anything:
            yield from self._from(node.anything, post, first, at)
        if at == len(post):
            return
        if node.anything:
            yield from self._from(node.anything, post, first, at + 1)
        for child in self._next(node, post[at].folded):
            yield from self._from(child, post, first, at + 1)

    def _next(self, node: "_Node[T]", word: str) -> Iterator["_Node[T]"]:
        """The nodes that `word` leads to, the closest match first."""
        if word in node.whole:
            yield node.whole[word]
        for length in node.lengths:
            if child := node.stems.get(word[:length]):
                yield child
        if node.number and (word.isdecimal() or word in self._numbers):
            yield node.number


class _Node(Generic[T]):
    """A node in the tree of phrases: the words that may come next, and the value of a phrase that ends here."""

    __slots__ = ("anything", "lengths", "number", "stems", "value", "whole")

    def __init__(self) -> None:
        self.whole: dict[str, _Node[T]] = {}
        self.stems: dict[str, _Node[T]] = {}
        self.lengths: tuple[int, ...] = ()
        self.number: _Node[T] | None = None
        self.anything: _Node[T] | None = None
        self.value: T | None = None

    def grow(self, words: Sequence[str]) -> "_Node[T]":
        """The node at the end of `words`; missing nodes are created."""
        if not words:
            return self
        return self._child(words[0]).grow(words[1:])

    def settle(self) -> None:
        """Compute the lengths of the stems, longest first, once the tree is complete."""
        self.lengths = tuple(sorted({len(stem) for stem in self.stems}, reverse=True))
        for child in (*self.whole.values(), *self.stems.values(), self.number, self.anything):
            if child:
                child.settle()

    def _child(self, word: str) -> "_Node[T]":
        if word == NUMBER:
            self.number = self.number or _Node()
            return self.number
        if word == ANYTHING:
            self.anything = self.anything or _Node()
            return self.anything
        if word.endswith("*"):
            return self.stems.setdefault(word[:-1], _Node())
        return self.whole.setdefault(word, _Node())


def parsed(pattern: str) -> tuple[str, ...]:
    """The words of a pattern, folded, with stars and signs kept; empty if it has no word."""
    words = PATTERN_WORD.findall(pattern)
    return tuple(fold(word.rstrip("*")) + "*" * word.endswith("*") for word in words)


def _length(found: Found[T]) -> int:
    return found.last - found.first
