"""Words that a reply should not promise lightly, or that a brand does not want in its own name."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from triage.lexicon.phrases import Phrases, Token, tokens
from triage.privacy.plain_text import Range

_PROMISES = (
    *(
        "we guarantee",
        "i guarantee",
        "we can guarantee",
        "is guaranteed",
        "are guaranteed",
        "we promise",
        "i promise",
    ),
    *(
        "you will be refunded",
        "you'll be refunded",
        "you will get a refund",
        "you'll get a refund",
        "you will get your money back",
    ),
    *(
        "you'll get your money back",
        "you will receive a refund",
        "you'll receive a refund",
        "we will refund",
        "we'll refund",
    ),
    *(
        "you will receive a full refund",
        "you will get a full refund",
        "you'll get a full refund",
        "full refund",
    ),
    *(
        "we will compensate",
        "we'll compensate",
        "you will be compensated",
        "you'll be compensated",
        "will never happen again",
    ),
    *(
        "won't happen again",
        "will not happen again",
        "garantiamo",
        "garantisco",
        "possiamo garantire",
        "promettiamo",
        "prometto",
    ),
    *(
        "rimborseremo",
        "sarai rimborsat*",
        "sarà rimborsat*",
        "verrai rimborsat*",
        "verrà rimborsat*",
        "sarete rimborsat*",
    ),
    *(
        "riceverai il rimborso",
        "riceverà il rimborso",
        "riceverai un rimborso",
        "riceverà un rimborso",
        "rimborso completo",
    ),
    *(
        "rimborso totale",
        "risarciremo",
        "sarai risarcit*",
        "sarà risarcit*",
        "non succederà più",
        "non accadrà più",
    ),
    *(
        "gwarantujemy",
        "gwarantuję",
        "obiecujemy",
        "obiecuję",
        "zwrócimy",
        "zwrócę",
        "otrzymasz zwrot",
        "otrzyma pan zwrot",
    ),
    *(
        "otrzyma pani zwrot",
        "otrzymają państwo zwrot",
        "dostaniesz zwrot",
        "dostanie pan zwrot",
        "dostanie pani zwrot",
    ),
    *(
        "pełny zwrot",
        "zrekompensujemy",
        "wypłacimy odszkodowanie",
        "otrzymasz odszkodowanie",
        "to się nie powtórzy",
    ),
)
# Before a promise: none is made. After it: another thing is meant ("zwrócimy uwagę": we shall pay attention).
_NOT = frozenset(("not", "non", "nie", "cant", "cannot", "dont", "never", "no", "if", "czy", "whether"))
_SENTENCE_ENDS = frozenset(".!?…\n")
_MEANS_ELSE = frozenset(("uwage", "uwagi", "sie"))


def promises(text: str) -> Iterator[Range]:
    """Guarantees and refunds promised in Italian, Polish or English."""
    words = _words(text)
    for found in _phrases(_PROMISES).find(words):
        before = _before(text, words, found.first)
        after = words[found.last].folded if found.last < len(words) else ""
        if before not in _NOT and after not in _MEANS_ELSE:
            yield words[found.first].start, words[found.last - 1].end


def _before(text: str, words: Sequence[Token], first: int) -> str:
    """The word before, in the same sentence."""
    if first == 0 or set(text[words[first - 1].end : words[first].start]) & _SENTENCE_ENDS:
        return ""
    return words[first - 1].folded


def listed(text: str, patterns: Sequence[str]) -> Iterator[Range]:
    """The brand's own words and phrases: whole words, or with a "*" at the end whatever begins so."""
    words = _words(text)
    for found in _phrases(tuple(patterns)).find(words):
        yield words[found.first].start, words[found.last - 1].end


@lru_cache(maxsize=8)  # the two lists above look at the same text, one after the other
def _words(text: str) -> Sequence[Token]:
    return tokens(text)


@lru_cache(maxsize=64)
def _phrases(patterns: tuple[str, ...]) -> Phrases[bool]:
    return Phrases(dict.fromkeys(patterns, True))
