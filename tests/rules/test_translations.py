"""Every text that the desk says to staff exists in each of its languages, whole."""

import re
from collections.abc import Sequence

import pytest
from translations import catalog_of, messages, template

from triage.case import DeskError, NoSuchCase, Status
from triage.desk import DeskSection
from triage.words import LANGUAGES, _, known, ngettext, speaking

TRANSLATED = LANGUAGES[1:]
SAID = messages(template())
# A modal's title and its buttons hold so many characters.
SHORT = 24


def forms(of: str | Sequence[str]) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of)


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{[^{}]*\}", text))


def test_there_is_a_catalogue_for_each_language_that_desk_toml_takes() -> None:
    assert set(DeskSection.model_fields["staff_language"].annotation.__args__) == set(LANGUAGES)  # type: ignore[union-attr]


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_lacks_a_translation_and_none_is_left_over(language: str) -> None:
    """`make translations` brings the catalogues up to date; what is new there is empty."""
    translated = messages(catalog_of(language))
    missing = [key for key in SAID if key not in translated or not all(forms(translated[key].string))]
    assert missing == []
    assert [key for key in translated if key not in SAID] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_translation_has_the_placeholders_of_its_text_in_every_plural_form(language: str) -> None:
    catalog = catalog_of(language)
    for key, message in messages(catalog).items():
        wanted = placeholders("".join(forms(key)))  # type: ignore[arg-type]
        for form in forms(message.string):
            assert placeholders(form) == wanted, (key, form)
        if not isinstance(key, str):
            assert len(message.string) == catalog.num_plurals


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_short_in_english_is_short_enough_for_a_modals_title(language: str) -> None:
    long = {
        message.string
        for key, message in messages(catalog_of(language)).items()
        if isinstance(key, str) and len(key) <= SHORT < len(message.string)
    }
    assert long == set()


def test_plural_forms_are_right_in_polish() -> None:
    with speaking("pl-PL"):
        said = {
            n: ngettext("{n} earlier case", "{n} earlier cases", n).format(n=n) for n in (1, 2, 5, 22, 25)
        }
    words = {n: text.split(" ", 1)[1] for n, text in said.items()}
    assert words[2] == words[22]
    assert words[5] == words[25]
    assert len({words[1], words[2], words[5]}) == 3


def test_errors_are_said_in_the_language_of_whoever_hears_them() -> None:
    english = str(NoSuchCase())
    with speaking("it"):
        assert str(NoSuchCase()) not in ("", english)
    assert isinstance(NoSuchCase(), DeskError)


def test_a_language_without_texts_falls_back_to_the_desks() -> None:
    assert [known(locale, "pl") for locale in ("it-IT", "fr-FR", "", None, "en-GB")] == [
        "it",
        "pl",
        "pl",
        "pl",
        "en",
    ]
    with speaking("xx"):
        assert _("Claimed") == Status.CLAIMED.in_words() == "Claimed"
