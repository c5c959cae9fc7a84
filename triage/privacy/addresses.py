"""Finds street addresses: streets with a house number, and postcodes with a town."""

import re
from collections.abc import Iterator
from itertools import chain

from triage.privacy.plain_text import Range, Reading

_S = r"[ \n]"  # a space, or the seam of two posts
_WORD = r"[a-z0-9'.-]{1,20}"
_TAIL = re.compile(  # a flat, a town or a postcode after the house number
    r"(?:[ ,/-]{1,3}(?:m|lok|int|interno|scala|apt|flat)\.? ?\d{1,4})?"
    r"(?:[ ,;\n-]{1,3}(?:\d{5}|\d{2}-\d{3}) [a-z]{2,20}(?: ?\([a-z]{2}\))?"
    r"|[ ,\n]{1,3}(?:[a-z]{2,20},? ){0,2}[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}(?![a-z0-9]))?"
)
_ITALIAN = re.compile(
    r"(?<![a-z0-9])(?P<kind>via|viale|v\.le|vle|piazza|p\.zza|p\.za|piazzale|corso|c\.so"
    r"|largo|vicolo|strada|lungomare|contrada)"
    rf"{_S}(?P<name>{_WORD}(?:{_S}{_WORD}){{0,4}}?)"
    r"(?P<mark>[ \n]?,|[ \n]n\b\.?°?| nr\b\.?| num(?:ero)?\b\.?| civico| al civico){0,3}[ \n]?"
    r"(?P<number>\d{1,4})(?: ?/? ?[a-z])?(?![a-z0-9])"
)
_POLISH = re.compile(
    r"(?<![a-z0-9])(?P<kind>ul\.|ulic[aye]|al\.|alej[aei]|alei|os\.|osiedl[eu]|pl\.|plac|placu)[ \n]?"
    rf"(?P<name>{_WORD}(?:{_S}{_WORD}){{0,4}}?)(?P<mark> nr)?{_S}(?P<number>\d{{1,4}})[a-z]?(?: ?/ ?\d{{1,4}})?(?![a-z0-9])"
)
_SURE_STREETS = "street|road|avenue|lane|boulevard|terrace|gardens"
_ENGLISH = re.compile(
    rf"(?<![a-z0-9.,:/€£$-])(?P<number>\d{{1,5}})[a-z]?,?{_S}(?P<name>[a-z'.-]{{1,20}}(?:{_S}[a-z'.-]{{1,20}}){{0,3}}?)"
    rf"{_S}(?P<kind>{_SURE_STREETS}|st|rd|ave|ln|drive|dr|close|court|ct|blvd"
    r"|square|sq|way|place|crescent|grove|mews)(?![a-z0-9'])"
)
_TOWN = re.compile(  # 20121 Milano (MI) · CAP 20121 · 00-950 Warszawa
    r"(?<![\d.,-])(?:\d{5} (?P<it>[a-z][a-z' ]{1,25}?) ?\([a-z]{2}\)"
    r"|(?<=cap )\d{5}(?!\d)|(?<=cap: )\d{5}(?!\d)|\d{2}-\d{3} (?P<pl>[a-z]{3,20}))"
)
_PARTICLES_IN_A_ROW = """
di del della dei degli delle d' san santa santo s. sant da de la le i ii iii of the and pod nad
"""
_PARTICLES = frozenset(_PARTICLES_IN_A_ROW.split())
_NO_STREET_IN_A_ROW = """
mail email e-mail posta pec sms dm dms chat app whatsapp messenger telegram instagram facebook
twitter x web internet sito telefono tel fax form modulo link messaggio messaggi direct privato cavo
bluetooth wifi wi-fi usb satellite corriere treno bus aereo the our my your this that a an on in of
for to from down per hours hour days minutes people cars e o ma che non il lo la un una ogni dopo
entro alle ore and or phone post text message paypal bonifico assistenza numero tutta libera mezzo
same other every next wrong right only long half zl euro eur pln usd gbp gb mb kg km
iban pin puk pesel nip bic cvv imei sim
"""
_NO_STREET = frozenset(_NO_STREET_IN_A_ROW.split())
_UNIT = re.compile(
    r"\s?(?:[%€£$°]|[:.,]\d|-\d|(?:ore|ora|h|giorni|giorno|min|minuti|settiman[ae]|mesi|mese|anni|volt[ae]|euro|hours?|days?|minutes?|mins?"
    r"|weeks?|months?|years?|times?|godz|godzin\w?|dni|minut\w?|tygodni\w?|miesi\w{1,6}|lat|razy|zl|osob\w?|gennaio|febbraio|marzo|aprile"
    r"|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre)(?![a-z]))"
)
_ENDS = re.compile(r"\s{0,2}(?:\Z|[.,;!?)\n])")
_SPACE = re.compile(_S)
_LEADS_IN = re.compile(r"\b(?:in|abito|abita|sta|sto) \Z")
_TAIL_WITH_TOWN = re.compile(r"[ ,-]{1,3}\d{5}(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")


def addresses(reading: Reading) -> Iterator[Range]:
    """Italian, Polish, British and American streets with a number; Italian and Polish postcodes with a town."""
    found = chain(_italian(reading), _polish(reading), _english(reading), _towns(reading))
    for start, end in found:
        tail = _TAIL.match(reading.text, end)
        yield start, tail.end() if tail else end


def _italian(reading: Reading) -> Iterator[Range]:
    for street in _ITALIAN.finditer(reading.text):
        marked = street["mark"] is not None
        if not _is_number(reading, street, marked=marked) or not _may_be_name(street["name"]):
            continue
        lower_case = street["kind"] in ("via", "viale", "piazza") and (
            marked
            or _LEADS_IN.search(reading.text, max(street.start() - 8, 0), street.start())
            or _ENDS.match(reading.text, street.end())
            or _TAIL_WITH_TOWN.match(reading.text, street.end())
        )
        if _is_named(reading, street) or lower_case:
            yield street.span()


def _polish(reading: Reading) -> Iterator[Range]:
    for street in _POLISH.finditer(reading.text):
        named = street["kind"] in ("ul.", "ulica", "ulicy") or _is_named(reading, street)
        if named and _is_number(reading, street, marked=False) and _may_be_name(street["name"]):
            yield street.span()


def _english(reading: Reading) -> Iterator[Range]:
    for street in _ENGLISH.finditer(reading.text):
        name = street["name"]
        if not _may_be_name(name.removeprefix("the ")) or _YEAR.match(street["number"]):
            continue
        if name.split()[-1] == street["kind"]:  # "street street"
            continue
        if _is_named(reading, street) or (
            street["kind"] in _SURE_STREETS.split("|") and len(name.split()) < 3
        ):
            yield street.span()


def _towns(reading: Reading) -> Iterator[Range]:
    for town in _TOWN.finditer(reading.text):
        group = "it" if town["it"] else "pl"
        if not (town["it"] or town["pl"]) or reading.is_capital(town.start(group)):
            yield town.span()


def _is_number(reading: Reading, street: re.Match[str], *, marked: bool) -> bool:
    return not _UNIT.match(reading.text, street.end()) and (marked or not _YEAR.match(street["number"]))


def _may_be_name(name: str) -> bool:
    words = name.split()
    return any(word.strip(".").isalpha() and word not in _PARTICLES for word in words) and not any(
        word in _NO_STREET and word not in _PARTICLES for word in words
    )


def _is_named(reading: Reading, street: re.Match[str]) -> bool:
    """True if the street's name is capitalised (or is a number: Via 4 Novembre)."""
    at = street.start("name")
    for word in _SPACE.split(street["name"]):
        if word and word not in _PARTICLES and not word[0].isdigit() and not reading.is_capital(at):
            return False
        at += len(word) + 1
    return True
