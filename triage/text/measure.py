"""Measures: how a network counts the length of a text."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# What some reader, or some network, might take for a link.
MAYBE_LINK = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """A network's way to count. Weights are given a code point each; the first of a link carries all of it.

    `wary_weights`: as if everything that looks like a link were one. `links`: the spans the network makes links of.
    `longest_link`: the weight of a link, for which a part must have room.
    """

    limit: int
    normal: Callable[[str], str]  # the form of a text that is counted
    weights: Callable[[str], list[int]]
    wary_weights: Callable[[str], list[int]]
    links: Callable[[str], Iterator[Span]]
    longest_link: int

    def length(self, text: str) -> int:
        """The length that counts against the limit."""
        return sum(self.weights(self.normal(text)))

    def has_link(self, text: str) -> bool:
        """True if the network would make some part of the text a link."""
        return next(iter(self.links(text)), None) is not None


def plain(limit: int) -> Measure:
    """Each code point counts one, and no link is made."""
    return Measure(limit, str, _ones, _ones, _none, 1)


def _ones(text: str) -> list[int]:
    return [1] * len(text)


def _none(_text: str) -> Iterator[Span]:
    return iter(())
