"""Every text that the desk says to staff exists in each of its languages, whole."""

import ast
import re
from collections.abc import Sequence

import pytest
from translations import ROOT, catalog_of, messages, template

from triage.cases.case import Status
from triage.errors import DeskError, NoSuchCase
from triage.i18n import LANGUAGES, _, known, ngettext, speaking
from triage.policy import DeskSection

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
    """In a singular, a number may be left to the word: "used once"."""
    catalog = catalog_of(language)
    for key, message in messages(catalog).items():
        wanted = placeholders("".join(forms(key)))  # type: ignore[arg-type]
        bare = wanted if isinstance(key, str) else wanted & set(placeholders(forms(key)[0]))  # type: ignore[arg-type]
        for number, form in enumerate(forms(message.string)):
            assert placeholders(form) <= wanted, (key, form)
            assert placeholders(form) >= (bare if number == 0 else wanted), (key, form)
        if not isinstance(key, str):
            assert len(message.string) == catalog.num_plurals


def titles_and_buttons() -> set[str]:
    """What stands in a modal's title, or on its two buttons, where it is written as a literal."""
    found: set[str] = set()
    for path in (ROOT / "handlers" / "slack").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "modal":
                inside = [
                    *node.args[1:2],
                    *(one.value for one in node.keywords if one.arg in ("submit", "close")),
                ]
                found |= {
                    text.value
                    for part in inside
                    for call in ast.walk(part)
                    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "_"
                    for text in call.args[:1]
                    if isinstance(text, ast.Constant)
                }
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_modals_title_and_buttons_are_short_enough(language: str) -> None:
    said = titles_and_buttons()
    assert "Reply in public" in said
    translated = messages(catalog_of(language))
    assert {translated[text].string for text in said if len(translated[text].string) > SHORT} == set()


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
