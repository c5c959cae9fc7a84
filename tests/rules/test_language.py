"""Which language a post is in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.lexicon import LANGUAGES
from triage.scoring.language import detect

DESK = ("it", "pl", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buongiorno, il pacco non è ancora arrivato", "it"),
        ("da ieri la linea non va", "it"),
        ("Che vergogna!", "it"),
        ("Mi avete addebitato due volte l'abbonamento", "it"),
        ("perche nessuno risponde al telefono", "it"),
        ("Dzień dobry, paczka nadal nie dotarła", "pl"),
        ("nie dziala internet od rana", "pl"),
        ("Żenada", "pl"),
        ("ile mozna czekac na kuriera", "pl"),
        ("Brak zasięgu w całym mieście", "pl"),
        ("my parcel never arrived", "en"),
        ("Worst experience ever!!!!", "en"),
        ("why is the app so slow today", "en"),
        ("No signal again", "en"),
        ("How do I change my plan?", "en"),
    ],
)
def test_a_post_is_told_by_its_words(text: str, language: str) -> None:
    assert detect(text, DESK) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Seit drei Tagen kein Internet, und niemand geht ans Telefon", "de"),
        ("Mon colis n'est toujours pas arrivé et personne ne répond", "fr"),
        ("Mi pedido todavía no ha llegado y nadie contesta", "es"),
        ("Il mio pacco non è arrivato e nessuno risponde", "it"),
    ],
)
def test_a_larger_desk_tells_german_french_and_spanish_too(text: str, language: str) -> None:
    assert detect(text, LANGUAGES) == language


def test_handles_addresses_and_hashtags_do_not_vote() -> None:
    text = "@the_best_of_you guarda qui https://shop.example/the/and/with #thebest #forthewin"
    assert detect(text, DESK) == "it"


def test_hashtags_vote_when_there_is_nothing_else() -> None:
    assert detect("@acme #święta #życzenia", DESK) == "pl"


def test_only_the_languages_of_the_desk_are_answered() -> None:
    assert detect("Dzień dobry, gdzie jest moja paczka?", ("it", "en")) in ("it", "en")
    assert detect("Dzień dobry", ("it",)) == "it"


def test_the_hint_decides_when_the_words_say_nothing() -> None:
    assert detect("@acme 4711", DESK, "pl") == "pl"
    assert detect("@acme 4711", DESK, "en-GB") == "en"


def test_the_hint_does_not_overturn_clear_words() -> None:
    assert detect("non funziona niente e nessuno risponde al telefono", DESK, "en") == "it"


def test_a_hint_outside_the_desk_is_passed_over() -> None:
    assert detect("paczka nie dotarła", DESK, "und") == "pl"
    assert detect("@acme 4711", DESK, "ja") == "it"


def test_the_hint_finds_a_language_that_has_no_list() -> None:
    assert detect("Bună ziua, coletul meu nu a ajuns", ("en", "ro"), "ro") == "ro"


def test_a_desk_without_languages_takes_the_hint() -> None:
    assert detect("hello", (), "fr") == "fr"
    assert detect("hello", ()) == "en"


@given(
    st.text(), st.lists(st.sampled_from([*LANGUAGES, "ro"]), min_size=1, unique=True), st.none() | st.text()
)
def test_any_text_gets_one_of_the_desks_languages_and_always_the_same(
    text: str, among: list[str], hint: str | None
) -> None:
    assert detect(text, among, hint) == detect(text, among, hint)
    assert detect(text, among, hint) in among
