"""Finds telephone numbers, and the brand's own among them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from triage.privacy.digit_runs import BEFORE, DIGITS, OTHER_NUMBER, Run, apart, number_runs, runs
from triage.privacy.plain_text import SEAM, Range

_PHONE_SIGNS = re.compile(r"(?![,.] )[^a-z0-9\0@€$£%+=#:;<>&?!'\"]{1,5}")
_DAY = r"(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_HOUR = r"(?:[01]?\d|2[0-4])(?:[.:h][0-5]\d)?"
_HOURS = rf"{_HOUR} ?- ?{_HOUR}"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:])"
_TIMES = re.compile(  # dates, times and spans of time
    rf"(?<![\d:]){_CLOCK}|(?<![\d./-])(?:{_DAY}\1{_YEAR}(?!\d)|{_YEAR}([./-])(?:0[1-9]|1[0-2])\2(?:0[1-9]|[12]\d|3[01])(?!\d)"
    rf"|(?:{_DAY}\3\d\d|{_HOURS}(?:[ ,;/e]{{1,3}}{_HOURS})?)(?!\d|[./-]\d| ?- ?\d| \d))"
)
_TOLD = re.compile(
    r"(?:\b(?:tel|phone|mobile|cell|telefon\w{0,6}|cellular\w|numero|number|call(?: (?:me|us|him|her))?"
    r"|ring|whatsapp|chiam\w{0,6}"
    r"|komork\w{0,3}|numer\w{0,3}|zadzwon\w{0,3}|dzwon\w{0,3}|sms|infolini\w{0,2}|centralin\w|hotline|fax|faks|interno)\b"
    r"[^0-9\0]{0,20})\Z"
)
_UNIT = re.compile(
    r"[a-z]|[,.]\d| ?(?:[€$£%°]|(?:euro|eur|usd|gbp|pln|zl|kg|km|gb|mb|tb|mah|ml|kwh"
    r"|follower|views|visual|punti|points|pkt)\b)"
)
_LEADS_NOT = re.compile(r"(?:[a-z#]|[€$£] ?|\d[.,:/-]?)\Z")
_ITALIAN_MOBILE = re.compile(r"(?:39)?3[2-9]\d{8}")
_POLISH_MOBILE = re.compile(r"(?:48)?(?:45|5[0137]|6[069]|7[2389]|88)\d{7}")
_POLISH_TOWN = re.compile(
    r"(?:48)?(?:1[2-8]|2[2-59]|3[2-4]|4[1-468]|5[2-9]|6[1-3578]|7[14-7]|8[1-79]|9[145])\d{7}"
)
_FREE_CALL = re.compile(r"(?:80[0-4]|84[08]|199|89[29])\d{6}|18(?:00|33|44|55|66|77|88)\d{7}")
_ZERO = re.compile(r"0[1-9]\d{7,9}")
_AMERICAN = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_WORLD = re.compile(r"[1-9]\d{7,14}")
_ONE_BY_ONE = ((1,) * 9, (1,) * 11)
_TOWN_SHAPES = {(2, 3, 2, 2), (2, 7), (2, 3, 4), (2, 2, 3, 2), (3, 2, 2, 2), *_ONE_BY_ONE}
_SHAPES_OF_NINE = {(9,), (11,), (3, 3, 3), (3, 2, 2, 2), (3, 6), (2, 2, 2, 3), (2, 3, 2, 2), *_ONE_BY_ONE}
_AMERICAN_SHAPES = {(3, 3, 4), (1, 3, 3, 4), (1,) * 10}
_TWO_YEARS = (4, 4)
_FEWEST_NATIONAL = 9
_FEWEST_DIGITS_CALLED, _MOST_NATIONAL, _MOST_DIGITS = 7, 12, 17
_BRACKET = re.compile(r"\( ?\Z")
_PLUS = re.compile(r"(?:\+|\bplus) ?[(]?\Z")


def phones(text: str) -> Iterator[Range]:
    """Telephone numbers as written in Italy, Poland, Britain and America, and any number after a "+" or "00"."""
    text = _TIMES.sub(lambda found: "\0" * len(found[0]), text)
    for run in runs(text, _PHONE_SIGNS):
        yield from _phones_in(run)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The signs and words before a number that tell its kind."""

    prefix: str  # "+", in any form
    bracket: str
    told: bool  # "call", "tel."
    barred: bool  # a letter, a currency, the name of another kind of number

    @classmethod
    def of(cls, text: str, start: int) -> "_Lead":
        before = text[max(start - BEFORE, 0) : start]
        prefix = _PLUS.search(before)
        told = _TOLD.search(before) is not None
        other = OTHER_NUMBER.search(before) or before[-1:].isalpha()
        barred = bool(other or (not told and _LEADS_NOT.search(before)))
        bracket = _BRACKET.search(before)
        return cls(prefix[0] if prefix else "", bracket[0] if bracket else "", told, barred)


def _phones_in(run: Run) -> Iterator[Range]:
    done = 0
    for first in range(len(run.groups)):
        ends = _ends(run, first) if first >= done and (not first or _is_wide(run, first)) else []
        if not ends:
            continue
        lead = _Lead.of(run.text, run.groups[first][0])
        for last in ends:
            if _is_phone(run, first, last, lead):
                done = last
                yield run.groups[first][0] - len(lead.prefix or lead.bracket), run.groups[last - 1][1]
                break


def _is_wide(run: Run, group: int) -> bool:
    """True if a space or a seam is before this group, so that another number may begin here."""
    gap = run.text[run.groups[group - 1][1] : run.groups[group][0]]
    return " " in gap or SEAM in gap


def _ends(run: Run, first: int) -> list[int]:
    """The possible ends of a number that begins at `first`, as group indexes, the farthest first."""
    ends, digits = [], 0
    for group in range(first, len(run.groups)):
        start, end = run.groups[group]
        digits += end - start
        if digits > _MOST_DIGITS:
            break
        if digits >= _FEWEST_DIGITS_CALLED and (group + 1 == len(run.groups) or _is_wide(run, group + 1)):
            ends.append(group + 1)
    return ends[::-1]


def _is_phone(run: Run, first: int, last: int, lead: _Lead) -> bool:
    groups = run.groups[first:last]
    digits = "".join([run.text[start:end] for start, end in groups])
    if lead.prefix or digits.startswith("00"):
        return _WORLD.fullmatch(digits if lead.prefix else digits[2:]) is not None
    if lead.barred or len(digits) > _MOST_NATIONAL or _UNIT.match(run.text, groups[-1][1]):
        return False
    shape = tuple([end - start for start, end in groups])
    if lead.told:
        return shape != _TWO_YEARS
    return _is_national(digits, shape, _sewn(run, first, last) if run.sewn else shape)


def _sewn(run: Run, first: int, last: int) -> tuple[int, ...]:
    """The shape, with the groups on the two sides of a seam counted as one."""
    shape: list[int] = []
    for group in range(first, last):
        start, end = run.groups[group]
        if group > first and SEAM in run.text[run.groups[group - 1][1] : start]:
            shape[-1] += end - start
        else:
            shape.append(end - start)
    return tuple(shape)


def _is_national(digits: str, *shapes: tuple[int, ...]) -> bool:
    if len(digits) < _FEWEST_NATIONAL:
        return False
    one_by_one = len(digits) > _FEWEST_NATIONAL and set(shapes[0]) == {1}
    if one_by_one or _ITALIAN_MOBILE.fullmatch(digits):
        return True
    nine = [shape[1:] if len(digits) == 11 and shape[0] == 2 else shape for shape in shapes]
    if _POLISH_MOBILE.fullmatch(digits) or _FREE_CALL.fullmatch(digits):
        return not _SHAPES_OF_NINE.isdisjoint(nine) or len(shapes[0]) != len(shapes[1])
    if _POLISH_TOWN.fullmatch(digits) and not _TOWN_SHAPES.isdisjoint(nine):
        return True
    if _AMERICAN.fullmatch(digits) and not _AMERICAN_SHAPES.isdisjoint(shapes):
        return True
    return _ZERO.fullmatch(digits) is not None and (len(shapes[0]) != 4 or set(shapes[0]) != {2})


# --- a brand's own numbers

_COUNTRIES = ("", "0", "39", "48", "44", "1")
_FEWEST_OWN = 7


def own_numbers(text: str, own: Collection[str]) -> Iterator[Range]:
    """The places of `own` numbers (digits without country and trunk) as whole groups, with or without a country."""
    if not own:
        return
    for run in number_runs(text):
        digits, edges = run.digits, run.edges()
        at = {edge: group for group, edge in enumerate(edges)}
        ranges = sorted(
            (run.groups[at[first]][0], run.groups[at[last] - 1][1])
            for number in own
            for first, last in _occurrences(digits, number)
            if first in at and last in at
        )
        yield from apart(ranges)


def _occurrences(digits: str, number: str) -> Iterator[Range]:
    at = digits.find(number)
    while at >= 0:
        for country in ("0039", "0048", "0044", "001", *_COUNTRIES):
            if digits.endswith(country, 0, at):
                yield at - len(country), at + len(number)
        at = digits.find(number, at + 1)


def core(number: str) -> str:
    """The digits of a telephone number without its country; "" if it is too short to be one."""
    plain = "".join(DIGITS.findall(number))
    abroad = re.match(r"[^0-9]{0,30}\+", number) is not None or plain.startswith("00")
    plain = plain.removeprefix("00") if abroad else plain
    for country in _COUNTRIES[2:] if abroad else ():
        if plain.startswith(country):
            plain = plain.removeprefix(country)
            break
    return plain if len(plain) >= _FEWEST_OWN else ""
