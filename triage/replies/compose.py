"""Composes public answers: checked, signed, and cut into posts that fit."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate, chain, count
from string import Formatter

from triage.i18n import _, ngettext
from triage.text.long_texts import composed
from triage.text.measure import MAYBE_LINK, Measure

MAX_PARTS = 10
LONGEST = 3000  # characters of a text as typed: Slack takes no more in one field
SHOWN_BEFORE_A_FAULT = 12  # characters

_HANDLE_OR_HASHTAG = re.compile(r"[@＠][A-Za-z0-9_]+|[#＃]\w+")
_WHITE_SPACE = re.compile(r"\s+")
_NO_BREAK_SPACES = ("\u00a0", "\u2007", "\u202f")
_JOINER, _VIRAMA = "\u200d", 9  # the emoji's zero-width joiner; the sign that binds Indic consonants
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_EXTENDING = frozenset(
    "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
)
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff\u200d\ufe0f"
_SENTENCE_END = re.compile(rf"""[.!?…。！？]["'”’»)\]」』）]*(?:\s*[{_EMOJI}]+)?$""")
_EMOJI_START = re.compile(f"[{_EMOJI}]")
_CJK = "\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Small kana never start a line, closing punctuation stays with what it closes.
_BETWEEN_CJK = re.compile(
    rf"(?<=[{_CJK}ー々、。！？」』）】])(?=[{_CJK}「『（【])(?![ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ])"
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_REFUSED = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


class Unsendable(ValueError):  # said of the text, to its writer
    """The text cannot be posted as it is."""


def compose(text: str, signature: str, measure: Measure, most_parts: int = MAX_PARTS) -> tuple[str, ...]:
    """The posts that say `text`, signed; raises Unsendable with a sentence for its writer."""
    clean, signature = check(text), _one_line(signature)
    _refuse_characters(signature)
    body = _unsigned(clean, signature)
    whole = _signed(body, signature)
    if most_parts == 1 and measure.length(whole) > measure.limit:
        raise Unsendable(_over(measure.length(whole), measure.limit))
    parts = split(body, signature, measure)
    if len(parts) > most_parts:
        raise Unsendable(_too_long(body, signature, len(parts), measure))
    return parts


def _over(length: int, limit: int) -> str:
    sentence = ngettext(
        "An answer there holds {limit} characters at most. Shorten it by {surplus} character.",
        "An answer there holds {limit} characters at most. Shorten it by {surplus} characters.",
        length - limit,
    )
    return sentence.format(limit=limit, surplus=length - limit)


def sign(template: str, *, initials: str, name: str) -> str:
    """The signature that `template` makes: "^{initials}", "-{name}", or "" for none."""
    try:
        pieces = list(Formatter().parse(template))
    except ValueError:
        pieces = [("", template, "", None)]
    for _literal, field, shape, conversion in pieces:
        if field is not None and (field not in ("initials", "name") or shape or conversion):
            raise ValueError(
                _(
                    "“{template}” is not a signature; it may hold {{initials}} and {{name}} and plain text"
                ).format(template=template)
            )
    return _one_line(template.format(initials=_one_line(initials), name=_one_line(name)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def check(text: str) -> str:
    """`text` as it will be posted: composed (NFC), its lines trimmed. Raises Unsendable."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    _refuse_characters(text)
    lines = composed(text).split("\n")
    clean = "\n".join(line.rstrip() for line in lines).strip()
    if not any(map(_is_visible, clean)):
        raise Unsendable(_("The reply is empty. Write what the customer should read."))
    return clean


def _refuse_characters(text: str) -> None:
    found = _REFUSED.search(text)
    if not found:
        return
    before = text[max(found.start() - SHOWN_BEFORE_A_FAULT, 0) : found.start()].strip()
    code = f"U+{ord(found[0]):04X}"
    if before:
        sentence = _(
            "After “{before}” stands a hidden character that cannot be posted ({code}). Delete it there."
        )
    else:
        sentence = _("The text starts with a hidden character that cannot be posted ({code}). Delete it.")
    raise Unsendable(sentence.format(before=before, code=code))


def _is_visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cf", "Mn", "Me")


def _unsigned(text: str, signature: str) -> str:
    """`text` without a signature that its writer typed by hand, so that it is not signed twice."""
    if not signature or not re.search(rf"(?:^|\s){re.escape(signature)}$", text):
        return text
    body = text.removesuffix(signature).rstrip()
    if not body:
        raise Unsendable(_("The reply holds only the signature. Write what the customer should read."))
    return body


def _too_long(text: str, signature: str, needed: int, measure: Measure) -> str:
    def fits_without(surplus: int) -> bool:
        return len(split(text[: len(text) - surplus], signature, measure)) <= MAX_PARTS

    surplus = bisect_left(range(len(text)), True, key=fits_without)
    sentence = ngettext(
        "The reply needs {needed} posts; {most} is the most. Shorten it by {surplus} character.",
        "The reply needs {needed} posts; {most} is the most. Shorten it by {surplus} characters.",
        surplus,
    )
    return sentence.format(needed=needed, most=MAX_PARTS, surplus=surplus)


def split(text: str, signature: str, measure: Measure) -> tuple[str, ...]:
    """`text` as one signed post, or as the fewest numbered ones that hold it.

    Each part ends in " 1/2"; the signature stands at the very end of the last one ("… 2/2 ^AB"), where nine
    in ten brands that sign put it. Of the ways that need no further part, the text is cut at the end of a
    sentence, else of a word (between characters in Chinese and Japanese). Links, handles, hashtags, emoji
    and letters with their marks stay whole; a word that weighs more than a part has room for is cut
    between characters.

    Without numbers and signature, the parts are `text` but for white space lost at its ends and at the cuts.
    Raises Unsendable where the signature leaves a part no room.
    """
    text = text.strip()
    if not text:
        return ()
    whole = _signed(text, signature)
    if measure.length(whole) <= measure.limit:
        return (whole,)
    parts, room = _numbered(text, signature, measure, measure.limit), measure.limit
    while (excess := max(map(measure.length, parts)) - measure.limit) > 0:
        # Rare: a cut within an endless word made a link of what was none.
        parts = _numbered(text, signature, measure, room, wary=True)
        room -= excess
    return parts


def _signed(text: str, signature: str) -> str:
    return f"{text} {signature}" if signature else text


def _numbered(
    text: str, signature: str, measure: Measure, limit: int, *, wary: bool = False
) -> tuple[str, ...]:
    tail = measure.length(f" {signature}") if signature else 0
    for digits in count(1):
        room = limit - len(" /") - 2 * digits
        if room - tail < measure.longest_link:
            raise Unsendable(_("The signature is too long: it leaves the text no room. Shorten it."))
        bodies = _Draft.of(text, measure, room, room - tail, wary=wary).bodies()
        if len(str(len(bodies))) <= digits:
            break
    parts = [f"{body} {number}/{len(bodies)}" for number, body in enumerate(bodies, 1)]
    return (*parts[:-1], _signed(parts[-1], signature))


class _Rank(IntEnum):
    """The quality of a place to cut a text."""

    INSIDE = 0
    WORD = 1
    SENTENCE = 2


@dataclass(frozen=True, slots=True)
class _Break:
    """A place to end one part and start the next; the white space between is left out."""

    end: int
    start: int
    rank: _Rank = _Rank.INSIDE


@dataclass(frozen=True, slots=True)
class _Draft:
    """A text and where it may be cut: no piece between two breaks outweighs the room of the last part."""

    text: str
    weight_before: tuple[int, ...]
    breaks: tuple[_Break, ...]
    room: int
    last_room: int

    @classmethod
    def of(cls, text: str, measure: Measure, room: int, last_room: int, *, wary: bool) -> "_Draft":
        each = measure.wary_weights(text) if wary else measure.weights(text)
        weight_before = (0, *accumulate(each))
        breaks = _breaks(text, measure, weight_before, last_room)
        return cls(text, weight_before, tuple(breaks), room, last_room)

    def bodies(self) -> list[str]:
        bodies, start = [], 0
        for deadline in reversed(self._deadlines()):
            cut = self._best_cut(start, deadline)
            bodies.append(self.text[start : cut.end])
            start = cut.start
        return [*bodies, self.text[start:]]

    def _deadlines(self) -> list[int]:
        """The earliest breaks (their indexes) from which the rest fits into one part, two, three …"""
        deadlines: list[int] = []
        end, room = len(self.text), self.last_room
        while (surplus := self.weight_before[end] - room) > 0:
            deadlines.append(bisect_left(self.breaks, surplus, key=lambda cut: self.weight_before[cut.start]))
            end, room = self.breaks[deadlines[-1]].end, self.room
        return deadlines

    def _best_cut(self, start: int, deadline: int) -> _Break:
        """The best break for a part that begins at `start`; of equals the latest."""
        begun = self.weight_before[start]
        too_far = bisect_right(self.breaks, begun + self.room, key=lambda cut: self.weight_before[cut.end])
        half_full = begun + self.room / 2

        def worth(cut: _Break) -> tuple[int, int]:
            stub = cut.rank is _Rank.SENTENCE and self.weight_before[cut.end] < half_full
            return (_Rank.WORD if stub else cut.rank, cut.end)

        return max(self.breaks[deadline:too_far], key=worth)


def _breaks(text: str, measure: Measure, weight_before: Sequence[int], room: int) -> list[_Break]:
    whole = _insides(text, measure)
    breaks = sorted(chain(_gaps(text), _cjk_breaks(text, whole)), key=lambda cut: cut.end)

    def between_characters(start: int, end: int) -> list[int]:
        flags = {flag.start() + 1 for flag in _FLAG.finditer(text, start, end)}
        return [place for place in range(start + 1, end) if place not in flags and not _joined(text, place)]

    def between_words_and_links(start: int, end: int) -> list[int]:
        return [place for place in between_characters(start, end) if place not in whole]

    def anywhere(start: int, end: int) -> list[int]:
        return list(range(start + 1, end))

    for places in (between_words_and_links, between_characters, anywhere):
        breaks = list(_refined(breaks, len(text), weight_before, room, places))
    return breaks


def _refined(
    breaks: list[_Break],
    length: int,
    weight_before: Sequence[int],
    room: int,
    places: Callable[[int, int], list[int]],
) -> Iterator[_Break]:
    """`breaks`, and further ones at `places` within the pieces that outweigh the room."""
    start = 0
    for cut in (*breaks, _Break(length, length)):
        if weight_before[cut.end] - weight_before[start] > room:
            yield from (_Break(place, place) for place in places(start, cut.end))
        if cut.end < length:
            yield cut
        start = cut.start


def _gaps(text: str) -> Iterator[_Break]:
    """The white space between words; a single no-break space is none."""
    for gap in _WHITE_SPACE.finditer(text):
        end, start = gap.span()
        if _extends(text[start]):
            start -= 1  # the mark sits on the last space
        if end < start and gap[0] not in _NO_BREAK_SPACES:
            yield _Break(end, start, _rank(text, end, start))


def _cjk_breaks(text: str, whole: frozenset[int]) -> Iterator[_Break]:
    for match in _BETWEEN_CJK.finditer(text):
        if match.start() not in whole:
            yield _Break(match.start(), match.start(), _rank(text, match.start(), match.start()))


def _rank(text: str, end: int, start: int) -> _Rank:
    if "\n" in text[end:start]:
        return _Rank.SENTENCE
    ended = _SENTENCE_END.search(text, max(end - 12, 0), end)
    goes_on = text[start].islower() or _EMOJI_START.match(text, start)
    return _Rank.SENTENCE if ended and not goes_on else _Rank.WORD


def _insides(text: str, measure: Measure) -> frozenset[int]:
    """The places within links and what might be one, handles and hashtags."""
    others = (match.span() for look in (MAYBE_LINK, _HANDLE_OR_HASHTAG) for match in look.finditer(text))
    spans = chain(measure.links(text), others)
    return frozenset(chain.from_iterable(range(start + 1, end) for start, end in spans))


def _joined(text: str, place: int) -> bool:
    """True if a cut at `place` would split what is read as one character (or strand a space)."""
    before, after = text[place - 1], text[place]
    if before.isspace() or after.isspace() or _extends(after):
        return True
    if before == _JOINER or unicodedata.combining(before) == _VIRAMA:
        return True
    return "\u1160" <= after <= "\u11ff" or "\u1100" <= before <= "\u115f"  # parts of a Korean syllable


def _extends(char: str) -> bool:
    return char in _EXTENDING or "\U000e0020" <= char <= "\U000e007f" or unicodedata.category(char)[0] == "M"
