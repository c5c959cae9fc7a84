"""Translates every text for a person, by gettext, into the language of the person it is for."""

import gettext
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "it", "pl")
LOCALES = Path(__file__).parent / "locales"
_language: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Use `language` inside the block: a code such as "it" or a locale such as "it-IT"."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def speak(language: str) -> None:
    """Use `language` from here on, and in every task started from here."""
    _language.set(language)


def language() -> str:
    """The language in use."""
    return _language.get()


def known(locale: str | None, otherwise: str) -> str:
    """The language of a locale such as "pl-PL", or `otherwise` if the desk has no texts in it."""
    code = (locale or "")[:2].lower()
    return code if code in LANGUAGES else otherwise


def _(text: str) -> str:
    # A catalogue translates "" to its own header.
    return _catalog(_language.get()).gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name: a text that is translated where it is said
    return text


def ngettext(one: str, many: str, count: int) -> str:
    return _catalog(_language.get()).ngettext(one, many, count)


def day_in_words(at: datetime) -> str:
    """A day and time in plain text, such as "Tue 24 Nov, 09:00", in the zone of `at`; for plain-text fields."""
    from babel.dates import format_datetime

    return str(format_datetime(at, "EEE d MMM, HH:mm", locale=_language.get()[:2]))


def country_in_words(code: str) -> str:
    """The country's name: "Italy" for "IT", "United States (CA)" for "US-CA"."""
    from babel import Locale

    country, _dash, part = code.partition("-")
    name = str(Locale.parse(_language.get()[:2]).territories.get(country, country))
    return f"{name} ({part})" if part else name


@lru_cache(maxsize=64)
def _catalog(language: str) -> gettext.NullTranslations:
    """The catalogue of `language`; without one, texts stay English, the language of the source."""
    source = LOCALES / f"{language[:2]}.po"
    if not source.exists():
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language[:2]))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
