"""Keywords: the desk's own words in desk.toml."""

import re
from typing import Annotated

from pydantic import AfterValidator

from triage.lexicon.phrases import ANYTHING, NUMBER, PATTERN_WORD

_SHORT = 3


def keyword(text: str) -> str:
    """A desk's keyword as a pattern: longer words are stems, words of up to three letters match only whole words.

    Without that rule "sim" would match "simply"; `sim*` makes a short word a stem.
    """
    words = (word for word in PATTERN_WORD.findall(text) if word not in (NUMBER, ANYTHING))
    return " ".join(word if word.endswith("*") or len(word) <= _SHORT else f"{word}*" for word in words)


def _known_shape(value: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", value):
        raise ValueError(f"“{value}” is not a language code; write one like it, pl or en")
    return value


def _with_a_word(value: str) -> str:
    if not keyword(value):
        raise ValueError(f"“{value}” holds no word; write the beginning of a word, or several words")
    return value


LanguageCode = Annotated[str, AfterValidator(_known_shape)]
Keyword = Annotated[str, AfterValidator(_with_a_word)]
