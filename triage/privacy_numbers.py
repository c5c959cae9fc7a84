"""Numbers with a check digit (cards, IBANs, codici fiscali, PESELs), and telephone numbers."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from stdnum import iban, luhn, numdb
from stdnum.it import codicefiscale
from stdnum.pl import pesel

from triage.privacy_reading import SEAM, Range

_DIGITS = re.compile(r"\d{1,}")
# Between the digits of one number: any few signs, but what makes a sum, an address or an equation of them.
_ANY_SIGNS = re.compile(r"[^a-z0-9\0@€$£%+=#]{1,5}")
_PHONE_SIGNS = re.compile(r"(?![,.] )[^a-z0-9\0@€$£%+=#:;<>&?!'\"]{1,5}")


@dataclass(frozen=True, slots=True)
class _Run:
    """Groups of digits with nothing but signs between them."""

    text: str
    groups: Sequence[Range]
    sewn: bool  # of several posts

    @property
    def digits(self) -> str:
        return "".join(self.text[start:end] for start, end in self.groups)

    def edges(self) -> list[int]:
        """How many digits stand before each group, and before the end."""
        edges = [0]
        for start, end in self.groups:
            edges.append(edges[-1] + end - start)
        return edges


def _runs(text: str, signs: re.Pattern[str]) -> Iterator[_Run]:
    groups: list[Range] = []
    sewn = SEAM in text
    for group in _DIGITS.finditer(text):
        if groups and not signs.fullmatch(text, groups[-1][1], group.start()):
            yield _Run(text, groups, sewn)
            groups = []
        groups.append(group.span())
    if groups:
        yield _Run(text, groups, sewn)


# --- payment cards

# The first digits of each issuer, and the lengths it uses (ISO/IEC 7812 ranges as the schemes publish them).
_ISSUERS: dict[str, tuple[int, ...]] = {
    r"4": (16, 19),  # Visa; its 13 digits went out of use
    r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|220[0-4]": (16,),  # Mastercard, Mir
    r"3[47]": (15,),  # American Express
    r"30[0-5]|309|36|3[89]": (14, 16),  # Diners
    r"6011|64[4-9]|65": (16, 19),  # Discover
    r"35(?:2[89]|[3-8])": (16,),  # JCB
    r"50(?:18|20|38)|5893|6304|6759|676[1-3]": (16, 18, 19),  # Maestro
    r"62": (16, 17, 18, 19),  # UnionPay
}
_ISSUER = re.compile("|".join(f"({first})" for first in _ISSUERS))
_LENGTHS = tuple(_ISSUERS.values())


def cards(text: str) -> Iterator[Range]:
    """Payment cards: an issuer's first digits, one of its lengths, Luhn's check digit."""
    for run in _runs(text, _ANY_SIGNS):
        digits, edges = run.digits, run.edges()
        ends = {edge: group for group, edge in enumerate(edges)}
        done = 0
        for group, first in enumerate(edges[:-1]):
            last = _card_end(digits, first, ends) if first >= done else None
            if last:
                done = last
                yield run.groups[group][0], run.groups[ends[last] - 1][1]


def _card_end(digits: str, first: int, ends: Collection[int]) -> int | None:
    issuer = _ISSUER.match(digits, first)
    if not issuer or issuer.lastindex is None:
        return None
    for length in reversed(_LENGTHS[issuer.lastindex - 1]):
        if first + length in ends and luhn.is_valid(digits[first : first + length]):
            return first + length
    return None


# --- IBANs

_GAP = r"[^a-z0-9\0@]{0,3}"
_IBAN_START = re.compile(rf"(?:(?<![a-z0-9])|(?<=iban))([a-z]){_GAP}([a-z]){_GAP}\d{_GAP}\d")
_NEXT = re.compile(rf"{_GAP}([a-z0-9])")
_PL_IN_DIGITS = "2521"
_POLISH_ACCOUNT = 26  # the digits of a Polish IBAN, written without its "PL" as Poles do


def ibans(text: str) -> Iterator[Range]:
    """IBANs of the length and the shape that their country uses, and Polish account numbers."""
    done = 0
    for start in _IBAN_START.finditer(text):
        length = _iban_length((start[1] + start[2]).upper())
        found = _collected(text, start.start(), length) if start.start() >= done else None
        if found and iban.is_valid(found[0].upper(), check_country=False):
            done = found[1]
            yield start.start(), done
    for run in _runs(text, _ANY_SIGNS):
        yield from _polish_accounts(run)


def _polish_accounts(run: _Run) -> Iterator[Range]:
    edges, digits = run.edges(), run.digits
    ends = {edge: group for group, edge in enumerate(edges)}
    for group, first in enumerate(edges[:-1]):
        last = first + _POLISH_ACCOUNT
        if last in ends and _has_check_digits(digits[first:last]):
            yield run.groups[group][0], run.groups[ends[last] - 1][1]


def _has_check_digits(account: str) -> bool:
    return int(f"{account[2:]}{_PL_IN_DIGITS}{account[:2]}") % 97 == 1


def _collected(text: str, start: int, length: int) -> tuple[str, int] | None:
    """The next `length` letters and digits from `start`, whatever few signs stand between, and their end."""
    found, at = list[str](), start
    while len(found) < length:
        one = _NEXT.match(text, at)
        if not one:
            return None
        found.append(one[1])
        at = one.end()
    return ("".join(found), at) if length else None


@cache
def _iban_length(country: str) -> int:
    """0 for a country without IBANs."""
    shape = numdb.get("iban").info(country)[0][1].get("bban", "")
    return sum(map(int, re.findall(r"(\d{1,3})!", shape))) + 4 if shape else 0


# --- codice fiscale

_DIGIT = "[0-9lmnpqrstuv]"  # two people with one code: digits of the second are written as letters (omocodia)
_CODICE = re.compile(
    "(?<![a-z0-9])"
    + _GAP.join(["[a-z]"] * 6 + [_DIGIT] * 2 + ["[abcdehlmprst]"] + [_DIGIT] * 2 + ["[a-z]"] + [_DIGIT] * 3)
    + f"{_GAP}[a-z](?![a-z0-9])"
)
_NOT_IN_CODES = re.compile(r"[^a-z0-9]{1,}")
_FEWEST_DIGITS = 3  # with signs between: words can have the letters of a code, hardly its digits too


def codici_fiscali(text: str) -> Iterator[Range]:
    """Italian tax codes of persons, with a right check letter and a real date of birth."""
    for found in _CODICE.finditer(text):
        code = _NOT_IN_CODES.sub("", found[0])
        whole = len(code) == len(found[0])
        told = whole or sum(map(str.isdigit, code)) >= _FEWEST_DIGITS
        if told and codicefiscale.is_valid(code.upper()):
            yield found.span()


# --- PESEL

_PESEL = 11
_OTHER_NUMBER = re.compile(
    r"(?:\+|\b00|\b(?:iva|vat|nip|regon|krs|imei|ean|gtin|isbn|isin|p\.i\.|r\.i|rea|cod|art|sku|s/n)\b[^a-z0-9]{0,4}"
    r"(?:n|nr|no|numero|numer|number|it|pl|gb)?[^a-z0-9]{0,3})\Z"
)
_BEFORE = 24  # characters
_NUMBERING = re.compile(r" \d{1,2}/\d{1,2}\Z")
_BRITISH_SHAPES = {(5, 6), (5, 3, 3), (3, 4, 4), (4, 3, 4)}  # a telephone can have the check digit by chance


def pesels(text: str) -> Iterator[Range]:
    """Polish personal numbers, with a right check digit and a real date of birth."""
    for run in _runs(text, _ANY_SIGNS):
        for groups in (run.groups, _unnumbered(run), *([group] for group in run.groups)):
            if _is_pesel(text, groups):
                yield groups[0][0], groups[-1][1]
                break


def _unnumbered(run: _Run) -> Sequence[Range]:
    """The run without the "1/2" that ends a post."""
    numbered = _NUMBERING.search(run.text, max(run.groups[-1][1] - 6, 0), run.groups[-1][1])
    return run.groups[:-2] if numbered and len(run.groups) > 2 else []


def _is_pesel(text: str, groups: Sequence[Range]) -> bool:
    if sum(end - start for start, end in groups) != _PESEL:
        return False
    if not pesel.is_valid("".join(text[start:end] for start, end in groups)):
        return False
    before = text[max(groups[0][0] - _BEFORE, 0) : groups[0][0]]
    shape = tuple(end - start for start, end in groups)
    cut = SEAM in text[groups[0][0] : groups[-1][1]]
    british = text[groups[0][0]] == "0" and shape in _BRITISH_SHAPES and not cut
    return "pesel" in before or not (british or _OTHER_NUMBER.search(before))


# --- telephones

_DAY = r"(?:0?[1-9]|[12]\d|3[01])([./-])(?:0?[1-9]|1[0-2])"
_YEAR = r"(?:19|20)\d\d"
_HOUR = r"(?:[01]?\d|2[0-4])(?:[.:h][0-5]\d)?"
_HOURS = rf"{_HOUR} ?- ?{_HOUR}"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?![\d:])"
_TIMES = re.compile(  # dates, times, and from when to when
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
    """Telephone numbers as Italians, Poles, Britons and Americans write them, and any after a "+" or "00"."""
    text = _TIMES.sub(lambda found: "\0" * len(found[0]), text)
    for run in _runs(text, _PHONE_SIGNS):
        yield from _phones_in(run)


@dataclass(frozen=True, slots=True)
class _Lead:
    """What stands before a number and tells what it is."""

    prefix: str  # "+", in whatever form
    bracket: str
    told: bool  # "call", "tel."
    barred: bool  # a letter, a currency, the name of another kind of number

    @classmethod
    def of(cls, text: str, start: int) -> "_Lead":
        before = text[max(start - _BEFORE, 0) : start]
        prefix = _PLUS.search(before)
        told = _TOLD.search(before) is not None
        other = _OTHER_NUMBER.search(before) or before[-1:].isalpha()
        barred = bool(other or (not told and _LEADS_NOT.search(before)))
        bracket = _BRACKET.search(before)
        return cls(prefix[0] if prefix else "", bracket[0] if bracket else "", told, barred)


def _phones_in(run: _Run) -> Iterator[Range]:
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


def _is_wide(run: _Run, group: int) -> bool:
    """Whether a space or a seam parts this group from the one before: another number may begin here."""
    gap = run.text[run.groups[group - 1][1] : run.groups[group][0]]
    return " " in gap or SEAM in gap


def _ends(run: _Run, first: int) -> list[int]:
    """The groups before which a number that begins at `first` may end, the farthest first."""
    ends, digits = [], 0
    for group in range(first, len(run.groups)):
        start, end = run.groups[group]
        digits += end - start
        if digits > _MOST_DIGITS:
            break
        if digits >= _FEWEST_DIGITS_CALLED and (group + 1 == len(run.groups) or _is_wide(run, group + 1)):
            ends.append(group + 1)
    return ends[::-1]


def _is_phone(run: _Run, first: int, last: int, lead: _Lead) -> bool:
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


def _sewn(run: _Run, first: int, last: int) -> tuple[int, ...]:
    """The shape if groups on the two sides of a seam were one group."""
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
    """Where `own` (digits without country and trunk) stand as whole groups, with or without a country."""
    if not own:
        return
    for run in _runs(text, _ANY_SIGNS):
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
    plain = "".join(_DIGITS.findall(number))
    abroad = re.match(r"[^0-9]{0,30}\+", number) is not None or plain.startswith("00")
    plain = plain.removeprefix("00") if abroad else plain
    for country in _COUNTRIES[2:] if abroad else ():
        if plain.startswith(country):
            plain = plain.removeprefix(country)
            break
    return plain if len(plain) >= _FEWEST_OWN else ""


def apart(ranges: Collection[Range]) -> Iterator[Range]:
    """`ranges`, sorted, without those that begin in an earlier one."""
    done = 0
    for start, end in sorted(ranges, key=lambda one: (one[0], -one[1])):
        if start >= done:
            done = end
            yield start, end
