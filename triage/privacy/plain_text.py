"""Reads a text without its disguises, in one plain alphabet, and remembers the place of each character."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

SEAM = "\n"  # between two posts of a thread; no other character of a reading is a line end
HIDDEN = "\0"  # replaces hidden characters; no secret contains it

Range = tuple[int, int]

_STROKES = str.maketrans("łøđħıɑɡօոսհց", "lodhiagonuhg")
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕкмтвнԁԛԝһӏАЕОРСУХІЈЅКМТВНαβειοκρτυνχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijskmtbhdqwhlaeopcyxijskmtbhabeiokptuvxyabezhikmnoptyx",
)
_NO_SIGNS = frozenset("\u3164\u115f\u1160\uffa0")  # invisible letters
_LONGEST_LETTER = 4  # one Arabic character is a sentence of 18 letters, none of which is in a secret
_BLANKS = frozenset("\u2800")
_MARKS_AND_FORMATS = frozenset(("Cf", "Mn", "Me", "Cs"))
# Letters in boxes and circles have no decomposition: 🅐, 🅰 (blood groups use 1F170 too, which is harmless here).
_BOXED = {chr(first + at): chr(ord("a") + at) for first in (0x1F150, 0x1F170) for at in range(26)}
_CONTROLS = str.maketrans({chr(code): " " for code in chain(range(32), [127])})


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is the plain form to search; its character i comes from source[starts[i]:ends[i]]."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    source: str

    def hide(self, ranges: Iterable[Range]) -> "Reading":
        """A copy with `ranges` hidden."""
        pieces, at = [], 0
        for start, end in ranges:
            pieces += [self.text[at:start], HIDDEN * (end - start)]
            at = end
        if not at:
            return self
        return Reading("".join((*pieces, self.text[at:])), self.starts, self.ends, self.source)

    def rewrite(self, changes: Iterable[tuple[int, int, str]]) -> "Reading":
        """A copy with text[start:end] replaced by `instead`, for each (start, end, instead) in order."""
        text, starts, ends, at = list[str](), list[int](), list[int](), 0
        for start, end, instead in changes:
            text += [self.text[at:start], instead]
            starts += [*self.starts[at:start], *[self.starts[start]] * len(instead)]
            ends += [*self.ends[at:start], *[self.ends[end - 1]] * len(instead)]
            at = end
        if not at:
            return self
        starts += self.starts[at:]
        ends += self.ends[at:]
        return Reading("".join((*text, self.text[at:])), starts, ends, self.source)

    def slice(self, start: int, end: int) -> "Reading":
        return Reading(self.text[start:end], self.starts[start:end], self.ends[start:end], self.source)

    def is_capital(self, at: int) -> bool:
        return self.source[self.starts[at]].isupper()

    def original(self, start: int, end: int) -> str:
        """The source of text[start:end]; if it is cut over two posts, the pieces are joined."""
        return "".join(self.source[first:last] for first, last in self.places(start, end))

    def places(self, start: int, end: int) -> Iterator[Range]:
        """The ranges of text[start:end] in the source: one for each post that it is spread over."""
        for piece in re.finditer(f"[^{SEAM}]{{1,}}", self.text[start:end]):
            yield self.starts[start + piece.start()], self.ends[start + piece.end() - 1]


def read(source: str, start: int = 0, end: int | None = None) -> Reading:
    """source[start:end] in small Latin letters and 0–9.

    Accents, zero-width characters, selectors and keycaps are removed. Every kind of digit becomes 0–9, every dash
    "-", every space " ". Cyrillic and Greek letters become the Latin ones that they look like.
    """
    end = len(source) if end is None else end
    text = source[start:end]
    if text.isascii():
        plain = text.translate(_CONTROLS).lower()
        return Reading(plain, range(start, end), range(start + 1, end + 1), source)
    each = [_plain(char) for char in text]
    starts = [start + at for at, plain in enumerate(each) for _ in plain]
    return Reading("".join(each), starts, [place + 1 for place in starts], source)


@lru_cache(maxsize=8192)  # a language repeats the same characters
def _plain(char: str) -> str:
    if char.isascii():
        return char.translate(_CONTROLS).lower()
    if char in _NO_SIGNS or unicodedata.category(char) in _MARKS_AND_FORMATS:
        return ""
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    if char.isspace() or char in _BLANKS:
        return " "
    if unicodedata.category(char) == "Pd" or char == "−":
        return "-"
    return _letters(char)


def _letters(char: str) -> str:
    plain = _BOXED.get(char) or unicodedata.normalize("NFKD", char.translate(_LOOK_ALIKE)).casefold()
    plain = plain.translate(_STROKES).translate(_LOOK_ALIKE)
    shown = "".join(one for one in plain if unicodedata.category(one) not in _MARKS_AND_FORMATS)
    if len(shown) > _LONGEST_LETTER and not any(one.isascii() and one.isalnum() for one in shown):
        return shown[:1]
    return shown.translate(_SIGNS).translate(_CONTROLS)


_SIGNS = str.maketrans(
    {"⁄": "/", "∕": "/", "·": ".", "•": ".", "。": ".", "․": ".", "’": "'", "‘": "'", "º": "°"}
)


# Marks at a cut between two posts, part of neither piece: "1/2", "…", a signature, a handle.
_LONGEST_THREAD = 12
_NUMBER = "|".join(f"{one}/{of}" for of in range(_LONGEST_THREAD, 1, -1) for one in range(of, 0, -1))
_TAIL = re.compile(
    rf"(?:\s{{0,3}}(?:[(\[]?\b(?:{_NUMBER})[)\]]?|\.{{2,6}}|[-=]{{0,2}}>|(?<=\s)[\^*/~-]\s?[a-z]{{1,15}})){{0,4}}\s{{0,3}}\Z"
)
_HEAD = re.compile(
    rf"(?:\s{{0,3}}(?:[(\[]?(?:{_NUMBER})(?![/.\d])[)\]]?:?|\.{{2,6}}|@[a-z0-9_]{{1,15}}(?![a-z0-9_.-]))){{0,12}}\s{{0,3}}"
)
_LONGEST_TAIL = 80


def parts_and_whole(parts: Sequence[str]) -> tuple[list[Reading], Reading | None]:
    """Read each part by itself and, if there are several, all of them as one text with seams."""
    source = SEAM.join(parts)
    begins = beginnings(parts)
    each = [read(source, start, start + len(part)) for start, part in zip(begins, parts, strict=True)]
    return each, _sewn(each, source) if len(each) > 1 else None


def beginnings(parts: Sequence[str]) -> list[int]:
    """The start of each part in the source."""
    begins, at = [], 0
    for part in parts:
        begins.append(at)
        at += len(part) + len(SEAM)
    return begins


def in_part(begins: Sequence[int], place: int) -> int:
    return bisect_right(begins, place) - 1


def _sewn(readings: Sequence[Reading], source: str) -> Reading:
    text, starts, ends = list[str](), list[int](), list[int]()
    for number, reading in enumerate(readings):
        first = _head_end(reading.text) if number else 0
        last = _tail_start(reading.text, first)
        seam = [reading.ends[last - 1]] if last else [0]
        text += [reading.text[first:last], SEAM]
        starts += [*reading.starts[first:last], *seam]
        ends += [*reading.ends[first:last], *seam]
    return Reading("".join(text[:-1]), starts[:-1], ends[:-1], source)


def _head_end(text: str) -> int:
    head = _HEAD.match(text)
    return head.end() if head else 0


def _tail_start(text: str, first: int) -> int:
    tail = _TAIL.search(text, max(first, len(text) - _LONGEST_TAIL))
    return tail.start() if tail else len(text)


_DIGIT_WORDS = {
    word: str(digit)
    for digit, spelled in enumerate(
        (
            "zero oh null",
            "one uno una jeden jedna jedynka",
            "two due dwa dwie dwojka",
            "three tre trzy trojka",
            "four quattro cztery czworka",
            "five cinque piec piatka",
            "six sei szesc szostka",
            "seven sette siedem siodemka",
            "eight otto osiem osemka",
            "nine nove dziewiec dziewiatka",
        )
    )
    for word in spelled.split()
}
_TIMES = {"double": 2, "doppio": 2, "doppia": 2, "podwojne": 2, "triple": 3, "triplo": 3, "tripla": 3}
_SPELLED = re.compile(
    rf"(?<![a-z0-9])(?:({'|'.join(_TIMES)})[ -])?({'|'.join(sorted(_DIGIT_WORDS, key=len, reverse=True))}|\d)(?![a-z0-9])"
)
_BETWEEN_WORDS = re.compile(r"[ ,.;/\n-]{1,3}")
_FEWEST_WORDS = 4  # "one two three" is a way of speaking


def spelled_as_digits(reading: Reading) -> Reading:
    """Turn digits spelled one by one ("four one one one", "quattro uno …", "double seven") into digits."""
    changes: list[tuple[int, int, str]] = []
    for words in _rows(reading.text):
        for at, word in enumerate(words):
            if at:
                gap = reading.text[words[at - 1].end() : word.start()]
                changes.append((words[at - 1].end(), word.start(), SEAM if SEAM in gap else " "))
            changes.append((word.start(), word.end(), _digits(word)))
    return reading.rewrite(changes)


def _rows(text: str) -> Iterator[list[re.Match[str]]]:
    row: list[re.Match[str]] = []
    for word in chain(_SPELLED.finditer(text), [None]):
        if word and row and _BETWEEN_WORDS.fullmatch(text, row[-1].end(), word.start()):
            row.append(word)
            continue
        if len(row) >= _FEWEST_WORDS and sum(not one[2].isdigit() for one in row) > 1:
            yield row
        row = [word] if word else []


def _digits(word: re.Match[str]) -> str:
    return " ".join([_DIGIT_WORDS.get(word[2], word[2])] * _TIMES.get(word[1] or "", 1))
