"""Every text for a person passes here: gettext, in the language of whoever is being spoken to."""

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
    """Speak `language` inside the block: a code such as "it" or a locale such as "it-IT"."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def speak(language: str) -> None:
    """Speak `language` from here on, and in every task that begins here."""
    _language.set(language)


def known(locale: str | None, otherwise: str) -> str:
    """The language of a locale such as "pl-PL", if there are texts in it; else `otherwise`."""
    code = (locale or "")[:2].lower()
    return code if code in LANGUAGES else otherwise


def _(text: str) -> str:
    # A catalogue answers "" with its own header.
    return _catalog(_language.get()).gettext(text) if text else ""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name: a text that is translated where it is said
    return text


def ngettext(one: str, many: str, count: int) -> str:
    return _catalog(_language.get()).ngettext(one, many, count)


def day_in_words(at: datetime) -> str:
    """A day and time where Slack takes plain text only, such as "Tue 24 Nov, 09:00", in the zone of `at`."""
    from babel.dates import format_datetime

    return str(format_datetime(at, "EEE d MMM, HH:mm", locale=_language.get()[:2]))


def country_in_words(code: str) -> str:
    """Such as "Italy" for "IT", and "United States (CA)" for "US-CA"."""
    from babel import Locale

    country, _dash, part = code.partition("-")
    name = str(Locale.parse(_language.get()[:2]).territories.get(country, country))
    return f"{name} ({part})" if part else name


@lru_cache(maxsize=64)
def _catalog(language: str) -> gettext.NullTranslations:
    """The catalogue of `language`; English, the language of the source, where there is none."""
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
