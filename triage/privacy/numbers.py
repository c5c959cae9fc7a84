"""Numbers with a check digit: payment cards, IBANs, codici fiscali, PESELs."""

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from stdnum import iban, luhn, numdb
from stdnum.it import codicefiscale
from stdnum.pl import pesel

from triage.privacy.digit_runs import BEFORE, OTHER_NUMBER, Run, number_runs
from triage.privacy.plain_text import SEAM, Range

# --- payment cards

# The first digits of each issuer, and the lengths it uses (ISO/IEC 7812 ranges as the schemes publish them).
_ISSUERS: dict[str, tuple[int, ...]] = {
    r"4": (16, 19),  # Visa; its 13-digit cards are out of use
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
    for run in number_runs(text):
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
_POLISH_ACCOUNT = 26  # the digits of a Polish IBAN; Poles write it without its "PL"


def ibans(text: str) -> Iterator[Range]:
    """IBANs with the length and the shape of their country, and Polish account numbers."""
    done = 0
    for start in _IBAN_START.finditer(text):
        length = _iban_length((start[1] + start[2]).upper())
        found = _collected(text, start.start(), length) if start.start() >= done else None
        if found and iban.is_valid(found[0].upper(), check_country=False):
            done = found[1]
            yield start.start(), done
    for run in number_runs(text):
        yield from _polish_accounts(run)


def _polish_accounts(run: Run) -> Iterator[Range]:
    edges, digits = run.edges(), run.digits
    ends = {edge: group for group, edge in enumerate(edges)}
    for group, first in enumerate(edges[:-1]):
        last = first + _POLISH_ACCOUNT
        if last in ends and _has_check_digits(digits[first:last]):
            yield run.groups[group][0], run.groups[ends[last] - 1][1]


def _has_check_digits(account: str) -> bool:
    return int(f"{account[2:]}{_PL_IN_DIGITS}{account[:2]}") % 97 == 1


def _collected(text: str, start: int, length: int) -> tuple[str, int] | None:
    """The next `length` letters and digits from `start`, with at most a few signs between them, and their end."""
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
    """The length of a country's IBANs; 0 if it has none."""
    shape = numdb.get("iban").info(country)[0][1].get("bban", "")
    return sum(map(int, re.findall(r"(\d{1,3})!", shape))) + 4 if shape else 0


# --- codice fiscale

_DIGIT = "[0-9lmnpqrstuv]"  # if two people have the same code, the second's digits become letters (omocodia)
_CODICE = re.compile(
    "(?<![a-z0-9])"
    + _GAP.join(["[a-z]"] * 6 + [_DIGIT] * 2 + ["[abcdehlmprst]"] + [_DIGIT] * 2 + ["[a-z]"] + [_DIGIT] * 3)
    + f"{_GAP}[a-z](?![a-z0-9])"
)
_NOT_IN_CODES = re.compile(r"[^a-z0-9]{1,}")
_FEWEST_DIGITS = 3  # if signs are between: plain words may have a code's letters, but hardly its digits too


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
_NUMBERING = re.compile(r" \d{1,2}/\d{1,2}\Z")
_BRITISH_SHAPES = {(5, 6), (5, 3, 3), (3, 4, 4), (4, 3, 4)}  # a telephone can have the check digit by chance


def pesels(text: str) -> Iterator[Range]:
    """Polish personal numbers, with a right check digit and a real date of birth."""
    for run in number_runs(text):
        for groups in (run.groups, _unnumbered(run), *([group] for group in run.groups)):
            if _is_pesel(text, groups):
                yield groups[0][0], groups[-1][1]
                break


def _unnumbered(run: Run) -> Sequence[Range]:
    """The run without the "1/2" at the end of a post."""
    numbered = _NUMBERING.search(run.text, max(run.groups[-1][1] - 6, 0), run.groups[-1][1])
    return run.groups[:-2] if numbered and len(run.groups) > 2 else []


def _is_pesel(text: str, groups: Sequence[Range]) -> bool:
    if sum(end - start for start, end in groups) != _PESEL:
        return False
    if not pesel.is_valid("".join(text[start:end] for start, end in groups)):
        return False
    before = text[max(groups[0][0] - BEFORE, 0) : groups[0][0]]
    shape = tuple(end - start for start, end in groups)
    cut = SEAM in text[groups[0][0] : groups[-1][1]]
    british = text[groups[0][0]] == "0" and shape in _BRITISH_SHAPES and not cut
    return "pesel" in before or not (british or OTHER_NUMBER.search(before))
