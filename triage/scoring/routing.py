"""Routes a post to an area, by the keywords that desk.toml lists for each."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from triage.lexicon.keywords import Keyword, LanguageCode, keyword
from triage.lexicon.phrases import Phrases, Token, cleaned, tokens
from triage.text.long_texts import ends_of
from triage.time.hours import Days, Hours, Regions, Timezone


def _channel(value: str) -> str:
    if not re.fullmatch(r"[CG][A-Z0-9]+", value):
        raise ValueError(
            f"“{value}” is not a channel id; it looks like C0123ABCD (channel name > About, at the end)"
        )
    return value


def _person(value: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]+", value):
        raise ValueError(
            f"“{value}” is not a person's id; it looks like U0123ABCD (profile > ⋮ > Copy member ID)"
        )
    return value


def _person_or_group(value: str) -> str:
    if not re.fullmatch(r"[UWS][A-Z0-9]+", value):
        raise ValueError(
            f"“{value}” is neither a person's id, like U0123ABCD (profile > ⋮ > Copy member ID),"
            " nor a user group's, like S0123ABCD"
        )
    return value


class Area(BaseModel):
    """`[[area]]` in desk.toml. A keyword is the beginning of a word, or several words in a row.

    If it leaves out (None) hours, time zone, holidays or special days, the desk's apply.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    channel: Annotated[str, AfterValidator(_channel)] | None = None
    lead: Annotated[str, AfterValidator(_person)] | None = None
    experts: list[Annotated[str, AfterValidator(_person_or_group)]] = []
    keywords: dict[LanguageCode, Annotated[list[Keyword], Field(min_length=1)]] = {}
    hours: Hours | None = None
    timezone: Timezone | None = None
    holidays: Regions | None = None
    days: Days | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """The area found, and the keywords that led to it, as desk.toml writes them; (None, ()) if there are none."""

    area: str | None
    matched: tuple[str, ...]


def route(text: str, language: str, areas: Sequence[Area]) -> Routed:
    """The area with the most keywords in `text`; on a tie the longest keywords, then the first in desk.toml, win.

    Keywords of `language` are tried first, and other languages' keywords only if those find nothing. Keywords
    found the true reason of .60 of real posts (always naming the largest area: .39), so one click must correct them.
    """
    post = tokens(cleaned(ends_of(text)))
    own = [(area.name, tuple(area.keywords.get(language, ()))) for area in areas]
    every = [(area.name, tuple(one for listed in area.keywords.values() for one in listed)) for area in areas]
    return _best(post, own) or _best(post, every) or Routed(None, ())


def _best(post: Sequence[Token], areas: Iterable[tuple[str, tuple[str, ...]]]) -> Routed | None:
    routed = [Routed(name, _matched(post, keywords)) for name, keywords in areas]
    best = max(routed, key=_strength, default=None)
    return best if best and best.matched else None


def _matched(post: Sequence[Token], keywords: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found.value for found in _phrases(keywords).find(post)))


def _strength(routed: Routed) -> tuple[int, int]:
    return len(routed.matched), sum(map(len, routed.matched))


@lru_cache(maxsize=512)
def _phrases(keywords: tuple[str, ...]) -> Phrases[str]:
    return Phrases({keyword(written): written for written in reversed(keywords)})
