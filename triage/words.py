"""Every text for a person passes here: gettext, in the language of whoever is being spoken to."""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

_LOCALES = Path(__file__).parent / "locales"
_language: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak `language` inside the block: a code such as "it" or a locale such as "it-IT"."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def _(text: str) -> str:
    # A catalogue answers "" with its own header.
    return _catalog(_language.get()).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    return _catalog(_language.get()).ngettext(one, many, count)


@lru_cache(maxsize=64)
def _catalog(language: str) -> gettext.NullTranslations:
    """The catalogue of `language`; English, the language of the source, where there is none."""
    return gettext.translation("mentiondesk", _LOCALES, [language.replace("-", "_")], fallback=True)
