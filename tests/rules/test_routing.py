"""Which area a post belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from triage.scoring.routing import Area, Routed, route

BILLING = Area(
    name="billing",
    channel="C0BILLING",
    keywords={
        "it": ["fattura", "addebit", "doppio addebito"],
        "pl": ["faktur", "opłat"],
        "en": ["invoice", "charged"],
    },
)
NETWORK = Area(
    name="network", keywords={"it": ["rete", "sim", "senza linea"], "en": ["no signal", "network", "sim"]}
)
DELIVERY = Area(
    name="delivery", experts=["U0EXPERT", "S0GROUP"], keywords={"en": ["parcel", "delivery", "charged"]}
)
AREAS = [BILLING, NETWORK, DELIVERY]


@pytest.mark.parametrize(
    ("text", "language", "area", "matched"),
    [
        ("La FATTURA è sbagliata", "it", "billing", ("fattura",)),
        ("mi avete addebitato 20 euro", "it", "billing", ("addebit",)),
        ("C'è un doppio addebito", "it", "billing", ("doppio addebito",)),
        ("l'addebito di marzo", "it", "billing", ("addebit",)),
        ("za duze oplaty na fakturze", "pl", "billing", ("opłat", "faktur")),
        ("there is no signal here", "en", "network", ("no signal",)),
        ("my #invoice is wrong", "en", "billing", ("invoice",)),
        ("la mia SIM non va", "it", "network", ("sim",)),
        ("simply love it", "en", None, ()),
        ("no working signal", "en", None, ()),
        ("@invoice_bot hello https://example.org/invoice", "en", None, ()),
        ("hello", "en", None, ()),
        ("", "en", None, ()),
    ],
)
def test_keywords_are_found_at_the_start_of_words(
    text: str, language: str, area: str | None, matched: tuple[str, ...]
) -> None:
    assert route(text, language, AREAS) == Routed(area, matched)


def test_the_area_with_more_keywords_wins() -> None:
    assert route("charged for a parcel without delivery", "en", AREAS).area == "delivery"


def test_of_as_many_keywords_the_longer_win() -> None:
    assert route("invoice, or no signal", "en", AREAS).area == "network"


def test_a_tie_goes_to_the_first_in_the_file() -> None:
    assert route("charged", "en", [BILLING, DELIVERY]).area == "billing"
    assert route("charged", "en", [DELIVERY, BILLING]).area == "delivery"


def test_saying_a_keyword_twice_counts_once() -> None:
    assert route("invoice invoice invoice, and a parcel for delivery", "en", AREAS).area == "delivery"


def test_the_posts_own_language_goes_first() -> None:
    italian = Area(name="italian", keywords={"it": ["charge"]})
    assert (
        route("charge", "it", [Area(name="english", keywords={"en": ["charge"]}), italian]).area == "italian"
    )


def test_other_languages_help_when_its_own_find_nothing() -> None:
    assert route("invoice?", "it", AREAS).area == "billing"
    assert route("faktura", "de", AREAS).area == "billing"


def test_a_star_makes_a_short_keyword_a_stem() -> None:
    assert route("the apps crash", "en", [Area(name="app", keywords={"en": ["app*"]})]).area == "app"
    assert route("the apps crash", "en", [Area(name="app", keywords={"en": ["app"]})]).area is None


def test_a_desk_without_areas_routes_nowhere() -> None:
    assert route("invoice", "en", []) == Routed(None, ())


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("channel", "#billing", "not a channel id"),
        ("lead", "@anna", "not a person's id"),
        ("lead", "S0GROUP", "not a person's id"),
        ("experts", ["anna"], "neither a person's id"),
        ("keywords", {"Italian": ["fattura"]}, "not a language code"),
        ("keywords", {"it": ["…"]}, "holds no word"),
        ("keywords", {"it": []}, "at least 1"),
        ("name", "  ", "at least 1"),
        ("colour", "red", "Extra inputs"),
    ],
)
def test_a_fault_in_the_file_is_told_in_words(field: str, value: object, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Area.model_validate({"name": "billing", field: value})


@given(st.text(), st.text(max_size=3))
def test_any_text_is_routed_or_not_and_always_the_same_way(text: str, language: str) -> None:
    routed = route(text, language, AREAS)
    assert routed == route(text, language, AREAS)
    assert (routed.area is None) == (routed.matched == ())
