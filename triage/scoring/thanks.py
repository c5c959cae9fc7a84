"""Bare thank-yous: they need no answer, so they reopen no case and start no clock."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import islice

from triage.lexicon import LANGUAGES, Lexicon, lexicon
from triage.lexicon.cues import read
from triage.lexicon.phrases import Phrases, Token, cleaned, each_token, fold
from triage.text.long_texts import ends_of

_EVERYWHERE = "en"  # "ok", "thx" and "thanks" are said in every language
_MOST_WORDS = 25
_THANKING_SIGN = re.compile("[🙏👍👌❤♥😊🙌💙💚💛🧡💜💕🥰😍🤗👏]")
_OTHER_SIGN = re.compile("[😡🤬😠👿🖕💩😤🤮😭😢😩😫😞😒🙄😔😣😖👎💔😰😱🤡🤦😑😐🙃🤨😂🤣💀?]")
_JOINED = re.compile(r"[\s,]*")


def is_bare_thanks(text: str, language: str | None = None) -> bool:
    """True if `text` does no more than thank, acknowledge and be polite: "grazie mille!", "ok, dziękuję 🙏".

    In doubt it is False ("thanks for nothing", "thanks, and my refund?"): reopening a case in vain costs a click,
    leaving a customer alone costs more. `language` None looks in every language.
    """
    text = cleaned(ends_of(text))
    words = list(islice(each_token(text), _MOST_WORDS + 1))
    if _OTHER_SIGN.search(text) or len(words) > _MOST_WORDS:
        return False
    if not words:
        return _THANKING_SIGN.search(text) is not None
    return _only_courtesy(text, words, language)


def _only_courtesy(text: str, words: Sequence[Token], language: str | None) -> bool:
    """True if every word belongs to a known phrase, and one phrase is thanks; a first name may follow the thanks."""
    found = list(_phrases(language).find(words))
    known = {place for phrase in found for place in range(phrase.first, phrase.last)}
    unknown = [place for place in range(len(words)) if place not in known]
    thanks_end = {phrase.last for phrase in found if phrase.value}
    if not thanks_end or len(unknown) > 1:
        return False
    return not unknown or (
        unknown[0] in thanks_end and _is_name(text, words[unknown[0] - 1], words[unknown[0]])
    )


def _is_name(text: str, before: Token, word: Token) -> bool:
    """True for the name in "Grazie Anna" or "Thanks, Tom": capitalised, at most a comma before it, on no word list."""
    spelled = text[word.start : word.end]
    if not spelled.istitle() or not _JOINED.fullmatch(text, before.end, word.start):
        return False
    return word.folded not in _common_words() and not any(read(spelled, one).heard for one in LANGUAGES)


@cache
def _common_words() -> frozenset[str]:
    return frozenset(fold(word) for known in _lexicons(None) for word in known.common)


@lru_cache(maxsize=32)
def _phrases(language: str | None) -> Phrases[bool]:
    """Phrases of thanks (True), and the courtesies that may come with them (False)."""
    known = _lexicons(language)
    courtesy = dict.fromkeys((phrase for one in known for phrase in one.courtesy), False)
    return Phrases(courtesy | dict.fromkeys((phrase for one in known for phrase in one.thanks), True))


def _lexicons(language: str | None) -> list[Lexicon]:
    return [
        known
        for one in LANGUAGES
        if language in (one, None) or one == _EVERYWHERE
        if (known := lexicon(one)) is not None
    ]
