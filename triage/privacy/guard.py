"""The guard: finds private data in public replies, and in customers' posts that we must not quote."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from triage.i18n import N_, _
from triage.privacy import addresses, phones
from triage.privacy import forms as privacy_forms
from triage.privacy import numbers as privacy_numbers
from triage.privacy.digit_runs import apart
from triage.privacy.plain_text import (
    Range,
    Reading,
    beginnings,
    in_part,
    parts_and_whole,
    read,
    spelled_as_digits,
)
from triage.replies import wording as promises


class Kind(StrEnum):
    """The kind of thing found."""

    CARD = "card"
    IBAN = "iban"
    CODICE_FISCALE = "codice_fiscale"
    PESEL = "pesel"
    EMAIL = "email"
    PHONE = "phone"
    ORDER_NUMBER = "order_number"
    PASSWORD = "password"
    ADDRESS = "address"
    PROMISE = "promise"
    WORD = "word"

    @property
    def blocks(self) -> bool:
        """True if it can't be sent at all; other kinds can be sent with a reason."""
        return self in _BLOCKING

    @property
    def wording(self) -> str:
        """One sentence for the writer of the reply, in the current language."""
        return _(_WORDING[self])


def in_words(found: str) -> str:
    """The words for kinds that a history stores as "phone, email"."""
    return ", ".join(_(_NOUNS[Kind(one)]) if one in set(Kind) else one for one in found.split(", "))


_NOUNS = {
    Kind.CARD: N_("a payment card number"),
    Kind.IBAN: N_("a bank account number"),
    Kind.CODICE_FISCALE: N_("an Italian tax code"),
    Kind.PESEL: N_("a PESEL number"),
    Kind.EMAIL: N_("an e-mail address"),
    Kind.PHONE: N_("a phone number"),
    Kind.ORDER_NUMBER: N_("an order number"),
    Kind.PASSWORD: N_("a password or a code"),
    Kind.ADDRESS: N_("a street address"),
    Kind.PROMISE: N_("a promise"),
    Kind.WORD: N_("an unwanted word"),
}
_BLOCKING = frozenset((Kind.CARD, Kind.IBAN, Kind.CODICE_FISCALE, Kind.PESEL))
SAID_ALOUD = frozenset((Kind.PROMISE, Kind.WORD))  # the brand's own words, nobody's secret
_WORDING = {
    Kind.CARD: N_("A payment card number. It can't be sent."),
    Kind.IBAN: N_("A bank account number. It can't be sent."),
    Kind.CODICE_FISCALE: N_("An Italian tax code. It can't be sent."),
    Kind.PESEL: N_("A Polish PESEL number. It can't be sent."),
    Kind.EMAIL: N_(
        "Somebody's e-mail address. Everybody will read it: ask for it in a private message instead."
    ),
    Kind.PHONE: N_(
        "Somebody's phone number. Everybody will read it: ask for it in a private message instead."
    ),
    Kind.ORDER_NUMBER: N_("An order or booking number. With it a stranger could pose as the customer."),
    Kind.PASSWORD: N_("A password or a code. Nobody should ever send one in public."),
    Kind.ADDRESS: N_("A street address. Everybody will read where the customer lives."),
    Kind.PROMISE: N_("This sounds like a promise. Be sure that it can be kept."),
    Kind.WORD: N_("Your desk prefers not to use this word."),
}


@dataclass(frozen=True, slots=True)
class Span:
    """parts[part][start:end]."""

    part: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found, its places (several if it was cut over parts), and its masked text, which may be shown."""

    kind: Kind
    spans: tuple[Span, ...]
    masked: str

    @property
    def blocks(self) -> bool:
        return self.kind.blocks


def findings(
    parts: Sequence[str], *, own_contacts: Collection[str] = (), words: Collection[str] = ()
) -> list[Finding]:
    """The parts of a thread of posts that should not be public, in reading order.

    `own_contacts` are the brand's own phones, addresses and links: they pass, however they are written. `words`
    are the brand's unwanted words; "refund*" means every word that begins with it. It finds secrets in disguise,
    and secrets cut over two parts; docs/guard.md lists those that it misses.
    """
    each, whole = parts_and_whole(parts)
    own = _own(tuple(own_contacts))
    unwanted = tuple(words)
    found = [hit for reading in each for hit in (*_secrets(reading, own), *_sayings(reading, unwanted))]
    if whole:
        found += _only_together(_secrets(whole, own), found)
    begins = beginnings(parts)
    return sorted(
        (hit.finding(begins) for hit in found), key=lambda one: (one.spans[0].part, one.spans[0].start)
    )


def hides(text: str, *, own_contacts: Collection[str] = ()) -> bool:
    """True if a customer's post shows private data, so that we should not quote it."""
    each, _whole = parts_and_whole([text])
    return any(True for _hit in _secrets(each[0], _own(tuple(own_contacts))))


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: Kind
    text: str  # as read
    places: tuple[Range, ...]  # in the joined parts

    @classmethod
    def at(cls, kind: Kind, reading: Reading, place: Range) -> "_Hit":
        return cls(kind, reading.text[slice(*place)], tuple(reading.places(*place)))

    def touches(self, other: "_Hit") -> bool:
        return any(a < d and c < b for a, b in self.places for c, d in other.places)

    def finding(self, begins: Sequence[int]) -> Finding:
        spans = []
        for start, end in self.places:
            part = in_part(begins, start)
            spans.append(Span(part, start - begins[part], end - begins[part]))
        return Finding(self.kind, tuple(spans), masked(self.kind, self.text))


def _only_together(hits: Iterable[_Hit], known: Sequence[_Hit]) -> list[_Hit]:
    """The hits in the joined parts that no single part shows."""
    return [hit for hit in hits if not any(hit.touches(one) and not _outranks(hit, one) for one in known)]


def _outranks(hit: _Hit, known: _Hit) -> bool:
    return hit.kind.blocks and not known.kind.blocks


# --- searching

_DIGIT = re.compile(r"\d")
_Look = Callable[[Reading], Iterable[Range]]


def _secrets(reading: Reading, own: "_Own") -> Iterator[_Hit]:
    """Search for one kind after the other; each hides its finds from the next: an IBAN holds no telephone number."""
    reading = reading.hide(privacy_forms.links(reading))
    despaced = privacy_forms.despaced(reading)
    mails = list(apart([*privacy_forms.emails(despaced)]))
    yield from own.others(_Hit.at(Kind.EMAIL, despaced, place) for place in mails)
    reading = spelled_as_digits(despaced.hide(mails))
    digits = len(_DIGIT.findall(reading.text))
    for kind, look, fewest in _LOOKS:
        if kind is Kind.PESEL:  # from here on a number may be the brand's own telephone number
            reading = reading.hide(phones.own_numbers(reading.text, own.numbers))
        if digits < fewest:
            continue
        places = list(apart([*look(reading)]))
        yield from own.others(_Hit.at(kind, reading, place) for place in places)
        reading = reading.hide(places)


def _in_text(look: Callable[[str], Iterable[Range]]) -> _Look:
    return lambda reading: look(reading.text)


def _without_names(look: Callable[[str], Iterable[Range]]) -> _Look:
    """Search without hashtags and handles, because their numbers are nobody's data."""

    def looking(reading: Reading) -> Iterable[Range]:
        bare = reading.hide(privacy_forms.handles(reading))
        return look(bare.hide(privacy_forms.tags(bare)).text)

    return looking


# Each kind, and the fewest digits that a text with one must have, which spares most replies most searches.
_LOOKS: tuple[tuple[Kind, _Look, int], ...] = (
    (Kind.IBAN, _in_text(privacy_numbers.ibans), 11),
    (Kind.CARD, _in_text(privacy_numbers.cards), 14),
    (Kind.CODICE_FISCALE, _in_text(privacy_numbers.codici_fiscali), 0),
    (Kind.PESEL, _without_names(privacy_numbers.pesels), 11),
    (Kind.PASSWORD, privacy_forms.passwords, 0),
    (Kind.ORDER_NUMBER, privacy_forms.orders, 0),
    (Kind.ADDRESS, addresses.addresses, 1),
    (Kind.PHONE, _without_names(phones.phones), 7),
)


def _sayings(reading: Reading, unwanted: tuple[str, ...]) -> Iterator[_Hit]:
    for place in promises.promises(reading.text):
        yield _Hit.at(Kind.PROMISE, reading, place)
    for place in promises.listed(reading.text, unwanted) if unwanted else ():
        yield _Hit.at(Kind.WORD, reading, place)


# --- the brand's own contacts


@dataclass(frozen=True, slots=True)
class _Own:
    numbers: tuple[str, ...]  # telephones, digits only, without country
    forms: frozenset[str]  # everything, letters and digits only

    def others(self, hits: Iterable[_Hit]) -> Iterator[_Hit]:
        return (hit for hit in hits if _bare(hit.kind, hit.text) not in self.forms)


@lru_cache(maxsize=64)
def _own(contacts: tuple[str, ...]) -> _Own:
    plain = [read(contact).text for contact in contacts]
    numbers = {phones.core(one) for one in plain if "@" not in one and "://" not in one}
    forms = {_bare(kind, one) for one in plain for kind in (Kind.EMAIL, Kind.IBAN)}
    return _Own(tuple(sorted(numbers - {""})), frozenset(forms - {""}))


def _bare(kind: Kind, text: str) -> str:
    """Only the letters and digits of `text`; an e-mail address spelled out in words is written with signs first."""
    spelled = privacy_forms.in_signs(text) if kind is Kind.EMAIL else text
    return "".join(filter(str.isalnum, spelled))


# --- showing

_SHOWN_OF = {Kind.CARD: (1, 4), Kind.IBAN: (2, 4), Kind.PHONE: (0, 3), Kind.ORDER_NUMBER: (0, 3)}
_NUMBERS = (Kind.CARD, Kind.IBAN, Kind.CODICE_FISCALE, Kind.PESEL, Kind.PHONE, Kind.ORDER_NUMBER)


def masked(kind: Kind, text: str) -> str:
    """`text` as its writer may see it: "4…1111"; a short secret is hidden whole."""
    if kind in SAID_ALOUD:
        return text
    if kind is Kind.EMAIL:
        return _masked_mail(text)
    if kind not in _NUMBERS:
        return "…"
    bare = "".join(filter(str.isalnum, text)).upper()
    head, tail = _SHOWN_OF.get(kind, (1, 2))
    return f"{bare[:head]}…{bare[-tail:]}" if len(bare) >= 2 * (head + tail) else "…"


def _masked_mail(text: str) -> str:
    name, _at, domain = privacy_forms.in_signs(text).partition("@")
    first = name[:1] if len(name) > 2 else ""
    return f"{first}…@{domain[:1]}…{domain[domain.rfind('.') :]}" if domain else "…"
