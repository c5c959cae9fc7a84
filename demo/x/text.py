"""Reads a post's text: its tags, its links, its length, its language."""

import re
from functools import lru_cache
from html import escape
from itertools import takewhile

from twitter_text import extract_urls_with_indices, parse_tweet

from demo.x.values import Json

HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
SHORT_POST = 280
SHORT_REPOST = 140
# Characters of a post that are measured: twitter-text takes minutes for the longest posts.
_MEASURED = 1_500

_MENTION = re.compile(r"(?<![\w!@#$%&*/])[@＠]([A-Za-z0-9_]{1,15})(?![\w@])")
_TELLING_WORDS = {
    "it": {"il", "che", "non", "per", "sono", "grazie", "la", "di", "ho", "da", "è", "mi", "e", "una"},
    "pl": {"nie", "jest", "się", "na", "że", "od", "mam", "do", "czy", "w", "dziękuję", "co", "i", "za"},
    "en": {"the", "is", "and", "to", "my", "you", "not", "for", "i", "of", "thanks", "it", "have", "no"},
}


def mentioned_handles(text: str) -> tuple[str, ...]:
    """Handles in lower case, in the order they are tagged, each once."""
    return tuple(dict.fromkeys(found.group(1).lower() for found in _MENTION.finditer(text)))


def mention_entities(text: str) -> list[Json]:
    return [
        {"start": found.start(), "end": found.end(), "username": found.group(1)}
        for found in _MENTION.finditer(text)
    ]


def link_entities(text: str) -> list[Json]:
    return [_link_entity(url, start, end) for url, start, end in _links(text)]


def _link_entity(url: str, start: int, end: int) -> Json:
    bare = re.sub(r"^https?://(www\.)?", "", url)
    shown = bare if len(bare) <= 27 else f"{bare[:26]}…"
    expanded = url if "://" in url else f"https://{url}"
    return {"start": start, "end": end, "url": url, "expanded_url": expanded, "display_url": shown}


def has_link(text: str) -> bool:
    return bool(_links(text))


@lru_cache(maxsize=4096)  # finding links costs milliseconds, and the same posts are read many times
def _links(text: str) -> tuple[tuple[str, int, int], ...]:
    if "." not in text:
        return ()
    return tuple((found["url"], *found["indices"]) for found in extract_urls_with_indices(text))


def escaped(text: str) -> str:
    """`text` as X's API writes it, with `&`, `<` and `>` as HTML entities."""
    return escape(text, quote=False)


@lru_cache(maxsize=4096)
def weighted_length(text: str) -> int:
    return int(parse_tweet(text).weightedLength) if text else 0


def is_long(text: str) -> bool:
    return len(text) > SHORT_POST // 2 and weighted_length(text[:_MEASURED]) > SHORT_POST


@lru_cache(maxsize=4096)
def shortened(text: str) -> str:
    """The `text` field of a long post: its beginning, cut at a word, with an ellipsis."""
    room = int(parse_tweet(text[:_MEASURED]).validRangeEnd)
    return text[: room - 1].rsplit(" ", 1)[0] + "…"


def reposted(author: str, text: str) -> str:
    """The text of a repost, cut as X cuts it."""
    whole = f"RT @{author}: {text}"
    return whole if len(whole) <= SHORT_REPOST else f"{whole[: SHORT_REPOST - 1]}…"


def addressed(text: str, handles: list[str]) -> str:
    """The text of a reply with the @handles X puts before it, except those it already tags."""
    tagged = mentioned_handles(text)
    missing = [f"@{handle}" for handle in handles if handle.lower() not in tagged]
    return " ".join([*missing, text])


def display_range(text: str, *, is_reply: bool) -> list[int]:
    """The start and end of a reply's shown text: X hides the leading @handles."""
    if not is_reply:
        return [0, len(text)]
    tags = takewhile(lambda word: word.startswith("@"), text.split(" "))
    return [min(sum(len(tag) + 1 for tag in tags), len(text)), len(text)]


def guessed_language(text: str) -> str:
    """it, pl or en by the commonest words; "und" when nothing speaks for any."""
    words = re.findall(r"\w+", text.lower())
    score = {language: sum(word in telling for word in words) for language, telling in _TELLING_WORDS.items()}
    best = max(score, key=lambda language: score[language])
    return best if score[best] else "und"
