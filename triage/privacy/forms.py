"""Finds secrets by their form and the words next to them: e-mail addresses, order numbers, passwords."""

import re
from collections.abc import Iterator

from triage.privacy.plain_text import HIDDEN, Range, Reading

# --- public anyway

_LINK = re.compile(
    r"(?<![a-z0-9@])(?:https?:/{0,2}|www\.)[^\s\0]{1,400}|(?<![a-z0-9@.])(?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,12}/[^\s\0]{0,400}"
)
_HANDLE = re.compile(r"(?<![a-z0-9_.])@[a-z0-9_]{1,30}")
_TAG = re.compile(r"(?<![a-z0-9_])#(?=[0-9_]{0,40}[a-z])[a-z0-9_]{1,100}")


def links(reading: Reading) -> Iterator[Range]:
    return (found.span() for found in _LINK.finditer(reading.text))


def handles(reading: Reading) -> Iterator[Range]:
    return (found.span() for found in _HANDLE.finditer(reading.text))


def tags(reading: Reading) -> Iterator[Range]:
    return (found.span() for found in _TAG.finditer(reading.text))


# --- e-mail

_DOT_WORD, _AT_WORD = "punto|dot|kropka", "chiocciol(?:in)?a|malpk?a"
_OPEN, _CLOSE = r"[(\[{<]", r"[)\]}>]"
_AT = re.compile(
    rf"\s{{0,2}}(?:(?P<sign>@)|{_OPEN}\s?(?:at|a|@|{_AT_WORD})\s?{_CLOSE}|(?<![a-z0-9])(?:{_AT_WORD}|(?P<word>at))(?![a-z0-9]))\s{{0,2}}"
)
_DOT = (
    rf"(?:\.\n?|\s\.\s?|\.\s(?=(?:it|com|pl|eu|net|org)\b)|\s{{1,2}}(?:{_DOT_WORD})\s{{1,2}}"
    rf"|\s?{_OPEN}\s?(?:{_DOT_WORD}|\.)\s?{_CLOSE}\s?)"
)
_LABEL = r"[a-z0-9][a-z0-9\n-]{0,40}"
_DOMAIN = re.compile(rf"{_LABEL}(?:{_DOT}{_LABEL}){{1,4}}")
_IN_LOCAL = r"[a-z0-9+_%'\n-]"
_JOINTS = "punto|dot|kropka|underscore|trattino basso|trattino|podkreslnik|myslnik|minus|dash|hyphen"
# Matched backwards from the sign, so that a long text is not searched again for every sign.
_LOCAL_BACKWARDS = re.compile(
    rf"{_IN_LOCAL}{{1,64}}(?:(?:\.|\s?\.\s|\s{{1,2}}(?:{_JOINTS[::-1]})\s{{1,2}}|[)\]}}>]\s?(?:{_DOT_WORD[::-1]})\s?[(\[{{<])"
    rf"{_IN_LOCAL}{{1,64}}){{0,5}}"
)
_SPACED = re.compile(r"(?<![a-z0-9@._-])(?:[a-z0-9@._-] ){4,120}[a-z0-9@._-](?![a-z0-9@])")
_LABELS = re.compile(rf"{_DOT}|\b(?:{_DOT_WORD})\b")
_ENDINGS_IN_A_ROW = """
it pl com org net eu uk de fr es ch at be nl ie us info biz io me cz sk ro se no dk fi pt gr hu lt
ua co edu gov
"""
_ENDINGS = frozenset(_ENDINGS_IN_A_ROW.split())
_PROVIDERS_IN_A_ROW = """
gmail googlemail hotmail outlook live msn yahoo ymail icloud me aol proton protonmail gmx libero
virgilio tiscali alice tin fastwebnet email pec legalmail aruba wp o2 onet interia poczta op tlen
gazeta vp btinternet sky
"""
_PROVIDERS = frozenset(_PROVIDERS_IN_A_ROW.split())
_NO_NAME_IN_A_ROW = """
us me it look find only available also here page site shop store online website buy order now visit
live starting open meet join watch read check sale is are was be been working work works office team
sold arrived
"""
_NO_NAME = frozenset(_NO_NAME_IN_A_ROW.split())


def emails(reading: Reading) -> Iterator[Range]:
    """E-mail addresses, also spelled as "anna (at) libero punto it". The ranges are in `reading`."""
    text = reading.text
    if (
        "@" not in text
        and "at" not in text
        and "malpk" not in text
        and "chiocciol" not in text
        and "malp" not in text
    ):
        return
    backwards, done = text[::-1], 0
    for at in _AT.finditer(text):
        local = _LOCAL_BACKWARDS.match(backwards, len(text) - at.start())
        domain = _DOMAIN.match(text, at.end())
        if not local or not domain or at.start() < done:
            continue
        start, end = len(text) - local.end(), _domain_end(domain, lax=at["sign"] is not None)
        if (
            end
            and not text.startswith("@", start - 1)
            and _is_address(text[start : at.start()], at, text[at.end() : end])
        ):
            done = end
            yield _trimmed(text, start, at.start()), end


def _trimmed(text: str, start: int, at: int) -> int:
    """Skip signs before the name, such as the colon of "e-mail:" or a seam; returns the new start."""
    while start < at - 1 and not text[start].isalnum():
        start += 1
    return start


def _domain_end(domain: re.Match[str], *, lax: bool) -> int:
    """The end of the domain; 0 if it has no known ending."""
    cuts = [dot.start() for dot in _LABELS.finditer(domain[0])]
    ends = [*cuts[1:], len(domain[0])]
    for start, end in reversed(list(zip(cuts, ends, strict=True))):
        label = re.sub(rf"{_DOT_WORD}|[^a-z0-9]", "", domain[0][start:end])
        if label in _ENDINGS or (lax and label.isalpha() and 2 <= len(label) <= 24 and end == len(domain[0])):
            return domain.start() + end
    return 0


def _is_address(local: str, at: re.Match[str], domain: str) -> bool:
    first = re.match(r"[a-z0-9-]{1,63}", domain)
    known = first is not None and first[0] in _PROVIDERS
    if at["sign"]:
        spaced_handle = at[0][0] == " " and not at[0][-1].isspace()
        return known or not spaced_handle
    if at["word"]:
        spelled = re.search(rf"\b(?:{_DOT_WORD})\b", domain) is not None
        return (known or spelled) and len(local) > 1 and local.strip() not in _NO_NAME
    return True


def despaced(reading: Reading) -> Reading:
    """Close up "a n n a @ l i b e r o . i t"."""
    gaps = [
        (at, at + 1, "")
        for row in _SPACED.finditer(reading.text)
        if "@" in row[0]
        for at in range(row.start() + 1, row.end(), 2)
    ]
    return reading.rewrite(gaps)


_SIGN_WORDS = (
    (re.compile(rf"\s?{_OPEN}\s?(?:at|a|@|{_AT_WORD})\s?{_CLOSE}\s?|\s(?:{_AT_WORD}|at)\s|\s?@\s?"), "@"),
    (re.compile(rf"{_DOT}"), "."),
)


def in_signs(address: str) -> str:
    """The address with its signs written as signs: "anna (at) libero punto it" becomes anna@libero.it."""
    for words, sign in _SIGN_WORDS:
        address = words.sub(sign, address)
    return "".join(address.split())


# --- orders and bookings

_SURE_ORDERS = (
    r"orders?|booking|reservation|tracking|parcel|shipment|pnr|record locator|confirmation"
    r"|ordin[ei]|prenotazione|spedizione|pacco|zamowieni\w{1,3}|rezerwacj\w{1,3}|przesylk\w|paczk\w|list\w? przewozow\w{2,4}"
)
_NUMBERED = (
    r"conf|invoice|ticket|customer|account|contract|policy|case|claim|membership|reference|ref|booking ref|refund"
    r"|complaint|client|biglietto|fattura|cliente|contratto|polizza|pratica|segnalazione|tessera|conferma|reclamo|bolletta"
    r"|riferimento|bilet\w{0,2}|faktur\w|klient\w|umow\w|polis\w|zgloszeni\w|zleceni\w|reklamacj\w|sprawy"
)
_ORDER = re.compile(rf"(?<![a-z0-9])(?:(?P<sure>{_SURE_ORDERS})|{_NUMBERED})(?![a-z0-9])")
_MARK = (
    "numero|number|numeru|numerem|numer|num|nro|nr|no|n|codice|code|kod|kodem|id|ref|reference|riferimento|pnr|locator"
    "|cliente|klienta"
)
_LEAD = re.compile(
    rf"(?:[\s:#.,?°()\[\]\"“”„=-]{{1,4}}|(?<![a-z0-9])(?:{_MARK}|is|e|to|jest|my|your|mio|tuo|suo|moje|o|di)(?![a-z0-9])){{1,10}}"
)
_MARKED = re.compile(rf"#|°|(?<![a-z0-9])(?:{_MARK})(?![a-z0-9])")
_MARK_BEFORE = re.compile(
    rf"(?:(?<![a-z0-9])(?:{_MARK})[.°]?\s{{1,2}}|#)(?:(?:di|del|dell'|d'|of|the|your|my|zam)\s?){{0,2}}\Z"
)
_VALUE = re.compile(
    r"[a-z]{0,5}[-/_.\n]{0,2}\d(?:[-/_. \n]{0,2}(?:[a-z]{1,4}[-/_]?)?\d){2,24}[a-z]{0,3}(?![a-z])|[a-z0-9]{5,14}(?![a-z0-9])"
)
_MOST_LETTERS = 6
_IN_CAPITALS = re.compile(r"[A-Z0-9]{6}")
_LETTERS = re.compile(r"[a-z]{6}(?![a-z0-9])")
_BOOKED = re.compile(r"pnr|conf|booking|reservation|locator|prenotazione|rezerwacj|biglietto|bilet")
_NO_NUMBER = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)|(?:19|20)\d\d([./-]\d\d[./-]\d\d)?|\d{1,3}(?:[. ]\d{3}){1,3}|24[/ ]\d\d?h?)\Z"
)
_COUNTED = re.compile(
    r"\s?(?:[€$£%]|[,.:]\d|(?:euro|eur|usd|gbp|pln|zl|ore|giorni|hours|days|godzin|dni|pezzi|pieces|items|sztuk|szt|punti|points|punktow|gb|mb|kg)\b)"
)


def orders(reading: Reading) -> Iterator[Range]:
    """Numbers of orders, bookings, customers and cases; such a word, and mostly also "no.", must be next to them."""
    text = reading.text
    for key in _ORDER.finditer(text):
        lead = _LEAD.match(text, key.end())
        value = _VALUE.match(text, lead.end()) if lead else None
        if not lead or not value:
            continue
        before = _MARK_BEFORE.search(text, max(key.start() - 24, 0), key.start())
        marked = bool(before or _MARKED.search(lead[0]) or key[0] in ("pnr", "tracking", "ref"))
        booked = _BOOKED.search(text, key.start(), lead.end()) is not None
        if _is_order(reading, value, marked=marked, sure=key["sure"] is not None, booked=booked):
            yield value.span()


def _is_order(reading: Reading, value: re.Match[str], *, marked: bool, sure: bool, booked: bool) -> bool:
    digits = sum(map(str.isdigit, value[0]))
    if not digits:
        written = reading.original(*value.span())
        return booked and marked and written.isupper() and _LETTERS.fullmatch(value[0]) is not None
    if _COUNTED.match(reading.text, value.end()) or (
        _NO_NUMBER.match(value[0]) and not (marked and value[0].isdigit())
    ):
        return False
    if sum(map(str.isalpha, value[0])) > _MOST_LETTERS:  # "order now #blackfriday2026"
        return False
    if booked and _IN_CAPITALS.fullmatch(reading.original(*value.span())):
        return True
    if marked:
        return digits >= 3
    if not sure:
        return value[0].isdigit() and digits >= 6
    return digits >= 5 or (digits >= 3 and not value[0].isdigit() and len(value[0]) >= 6)


# --- passwords, PINs, codes

_CODE_WORDS = r"pin|puk|otp|cvv2?|cvc2?|passcode"
_SECRET = re.compile(
    rf"(?<![a-z0-9])(?:(?P<code>{_CODE_WORDS}|(?:security|verification|access|activation|one-time|login|sms|unlock) code"
    r"|codice (?:di )?(?:sicurezza|verifica|accesso|sms|otp|segreto|pin|sblocco|attivazione)"
    r"|kod\w{0,2} (?:z )?(?:sms\w{0,2}|weryfikacyjn\w{1,3}|dostepu|bezpieczenstwa|pin|cvv|cvc|autoryzacyjn\w{1,3}"
    r"|aktywacyjn\w{1,3}))"
    r"|password|passwd|pwd|psw|parola d'ordine|parola chiave|hasl(?:o|em|a))(?![a-z0-9])"
)
_MORE = (
    r"(?: (?:code|temporanea|provvisoria|nuova|attuale|tymczasowe|nowe"
    r"|dla \w{1,12}|del \w{1,12}|for \w{1,12}|now|numero|nr|number)){0,2}"
)
_SAYS = re.compile(
    rf"{_MORE}(?:(?P<mark>\s?[:=]{{1,2}}\s?|\s?->\s?)|(?P<verb>\s(?:is|e|to|jest|brzmi|era|was)\s:?)|(?P<none>\s))"
)
_SECRET_VALUE = re.compile(
    r"[\"'“”„«(]?(?P<value>\d(?:[ .\n-]{0,2}\d){2,9}(?![^\s.,;:!?)\"'”»])|[^\s\0]{1,40}(?:\n[^\s\0]{1,40})?)"
)
_SHORTEST = 3
_EDGE_SIGNS = ".,;:!?)\"'“”„«»…"
_COUNT = re.compile(r"\d{1,2}[- ]?[a-z]{1,20}|\d{1,2}/\d{1,2}")
_END = re.compile(r"[\"'”»)]?(?:[.,;!]|\s{0,2}\Z)")


def passwords(reading: Reading) -> Iterator[Range]:
    """Passwords, PINs and codes: the word for one, with something next to it that looks like one."""
    text, done = reading.text, 0
    for key in _SECRET.finditer(text):
        says = _SAYS.match(text, key.end()) if key.start() >= done else None
        value = _SECRET_VALUE.match(text, says.end()) if says else None
        if not says or not value:
            continue
        start, end = value.start("value"), value.end("value")
        end -= len(value["value"]) - len(value["value"].rstrip(_EDGE_SIGNS))
        if end - start >= _SHORTEST and _is_secret(
            reading, start, end, says, is_code=key["code"] is not None
        ):
            done = end
            yield start, end


def _is_secret(reading: Reading, start: int, end: int, says: re.Match[str], *, is_code: bool) -> bool:
    value, written = reading.text[start:end], reading.original(start, end)
    digits = sum(map(str.isdigit, value))
    if (
        _COUNT.fullmatch(value)
        or _COUNTED.match(reading.text, end)
        or HIDDEN in value
        or value.startswith("http")
    ):
        return False
    if is_code and digits >= 3 and digits == sum(map(str.isalnum, value)):
        return digits <= 10
    mixed = any(map(str.isalpha, value)) and (
        digits > 0 or (not written[1:].islower() and not written.isupper())
    )
    special = re.search(r"[!$%^&*_+=?~]", value) is not None
    if says["none"]:
        return not is_code and len(value) >= 6 and digits > 0 and mixed
    if mixed or special or digits >= 3:
        return len(value) >= 4
    return says["mark"] is not None and len(value) >= 5 and _END.match(reading.text, end) is not None
