"""Runs of digits with signs between them, from which every search for a number starts."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.privacy.plain_text import SEAM, Range

DIGITS = re.compile(r"\d{1,}")
# Between the digits of one number: a few signs of any kind, except those of sums of money, addresses and equations.
ANY_SIGNS = re.compile(r"[^a-z0-9\0@€$£%+=#]{1,5}")


@dataclass(frozen=True, slots=True)
class Run:
    """Groups of digits with nothing but signs between them."""

    text: str
    groups: Sequence[Range]
    sewn: bool  # of several posts

    @property
    def digits(self) -> str:
        return "".join(self.text[start:end] for start, end in self.groups)

    def edges(self) -> list[int]:
        """The number of digits before each group, and before the end."""
        edges = [0]
        for start, end in self.groups:
            edges.append(edges[-1] + end - start)
        return edges


def runs(text: str, signs: re.Pattern[str]) -> Iterator[Run]:
    """The longest runs of digits in `text` with nothing but `signs` between their groups."""
    groups: list[Range] = []
    sewn = SEAM in text
    for group in DIGITS.finditer(text):
        if groups and not signs.fullmatch(text, groups[-1][1], group.start()):
            yield Run(text, groups, sewn)
            groups = []
        groups.append(group.span())
    if groups:
        yield Run(text, groups, sewn)


@lru_cache(maxsize=4)  # most searches follow one another on the same text
def number_runs(text: str) -> Sequence[Run]:
    """The longest runs of digits with nothing but a few signs of any kind between their groups."""
    return tuple(runs(text, ANY_SIGNS))


# Before a number: the number is of another kind, so it is no telephone number and no PESEL.
OTHER_NUMBER = re.compile(
    r"(?:\+|\b00|\b(?:iva|vat|nip|regon|krs|imei|ean|gtin|isbn|isin|p\.i\.|r\.i|rea|cod|art|sku|s/n)\b[^a-z0-9]{0,4}"
    r"(?:n|nr|no|numero|numer|number|it|pl|gb)?[^a-z0-9]{0,3})\Z"
)
BEFORE = 24  # characters


def apart(ranges: Collection[Range]) -> Iterator[Range]:
    """`ranges`, sorted, without those that begin inside an earlier one."""
    done = 0
    for start, end in sorted(ranges, key=lambda one: (one[0], -one[1])):
        if start >= done:
            done = end
            yield start, end
