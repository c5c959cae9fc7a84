"""Saved replies: what is refused when they are kept, what stands for a variable, and in which order they are found."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.x.length import MEASURE
from triage.privacy import guard
from triage.replies.compose import compose
from triage.replies.saved import (
    LONGEST_VALUE,
    VARIABLES,
    Saved,
    Unsaveable,
    best,
    checked,
    filled,
    values_for,
    with_variables,
)
from triage.replies.saved_file import SEEDED, BadSavedReplies, read, seeds, written

TODAY = date(2026, 11, 23)
LINK = "https://x.com/messages/compose?recipient_id=1234567890123456789"
PLAIN = Saved("Late", "Hi {name}, sorry.", "en")


def values(name: str = "Anna", handle: str = "anna_test", initials: str = "AB") -> dict[str, str]:
    return values_for(name=name, handle=handle, initials=initials, link=LINK)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hi {nmae}", "There is no variable {nmae}. These are known: {name}, {handle}, {initials}, {link}."),
        ("Hi {Name}", "There is no variable {Name}"),
        ("Hi { name }", "There is no variable { name }"),
        ("Hi {}", "There is no variable {}"),
        ("Hi {name", "A curly bracket stands alone"),
        ("Hi name}", "A curly bracket stands alone"),
        ("Hi {{name}}", "A curly bracket stands alone"),
        ("Hi {name!r}", "There is no variable {name!r}"),
        ("Write to jane@example.org", "for everybody: take it out"),
        ("Pay to IT60 X054 2811 1010 0000 0123 456", "for everybody: take it out"),
        ("", ""),
        ("x" * 1501, "1500 characters at most"),
    ],
)
def test_what_would_go_wrong_when_sent_is_refused_when_kept(text: str, said: str) -> None:
    with pytest.raises(Unsaveable) as refused:
        checked(replace(PLAIN, text=text))
    assert said in str(refused.value)


@pytest.mark.parametrize("title", ["", " ", "\u200b", "\u202e\u2066\x00"])
def test_a_title_that_nobody_sees_is_refused(title: str) -> None:
    with pytest.raises(Unsaveable, match="title"):
        checked(replace(PLAIN, title=title))


def test_the_brand_s_own_contacts_pass() -> None:
    text = "Write to help@acme.example"
    assert checked(replace(PLAIN, text=text), ["help@acme.example"]).text == text


@pytest.mark.parametrize(
    ("name", "stands"),
    [
        ("Anna Bianchi", "Anna Bianchi"),
        ("Anna 🌸", "Anna 🌸"),
        ("@rival", "rival"),
        ("＠rival", "rival"),
        ("Anna\nBianchi\u2028x", "Anna Bianchi x"),
        ("An\u202ena\u200b\x00\ud800", "Anna"),
        ("{link}", "link"),
        ("evil.com", "anna_test"),
        ("see https://evil.com/x", "anna_test"),
        ("\u202e \u200b", "anna_test"),
        ("", "anna_test"),
        ("x" * 500, "x" * LONGEST_VALUE),
    ],
)
def test_a_customer_s_name_is_one_harmless_line(name: str, stands: str) -> None:
    assert filled("{name}", values(name)) == stands


def test_a_handle_that_is_none_stands_for_nothing() -> None:
    assert filled("<{handle}>", values(handle="a b")) == "<>"
    assert filled("{handle}", values()) == "@anna_test"


@given(st.text(), st.text(), st.text(max_size=10))
def test_nothing_from_outside_pings_links_breaks_a_line_or_is_a_variable(
    name: str, handle: str, initials: str
) -> None:
    told = values(name, handle, initials)
    for key in ("name", "initials"):
        assert not set(told[key]) & set("@＠{}\n\r\u2028\u2029\u202e")
        assert len(told[key]) <= LONGEST_VALUE
        assert not MEASURE.has_link(told[key]) or told[key] == handle
    text = filled("".join(f"{{{name}}}" for name in VARIABLES), told)
    assert text == told["name"] + told["handle"] + told["initials"] + told["link"]


def test_what_was_the_customer_s_own_becomes_a_variable() -> None:
    told = values("Anna Bianchi")
    sent = f"Hi Anna, dear Anna Bianchi: @anna_test, write to {LINK} about Annabel"
    assert with_variables(sent, told) == "Hi {name}, dear {name}: {handle}, write to {link} about Annabel"
    assert with_variables("Al is all", values("Al")) == "Al is all"


@given(st.sampled_from(VARIABLES), st.text(alphabet="abc xyz", max_size=20))
def test_filled_and_taken_back_is_what_it_was(variable: str, rest: str) -> None:
    text = f"{rest}, {{{variable}}}."
    told = values("Wanda Quill", "wq_77", "WQ") | ({"initials": "{initials}"})
    assert with_variables(filled(text, told), told) == text


# Found


def test_language_then_area_then_use_and_never_an_expired_one() -> None:
    mine = Saved("a", "x", "it", "billing", uses=0)
    everywhere = Saved("b", "x", "it", None, uses=5)
    elsewhere = Saved("c", "x", "it", "network", uses=9)
    foreign = Saved("d", "x", "en", "billing", uses=99)
    expired = Saved("e", "x", "it", "billing", expires_on=date(2026, 11, 22))
    last_day = Saved("f", "x", "it", "billing", expires_on=TODAY, uses=1)
    found = best(
        [foreign, elsewhere, expired, everywhere, mine, last_day],
        "",
        language="it",
        area="billing",
        today=TODAY,
    )
    assert [one.title for one in found] == ["f", "a", "b", "c", "d"]


@pytest.mark.parametrize("typed", ["late", "LATE parc", "Übermorgen", "delivery late", "en late"])
def test_every_word_typed_is_looked_for_everywhere(typed: str) -> None:
    one = Saved("Late", "Your parcel comes übermorgen", "en", "delivery")
    assert best([one], typed, language="it", area=None, today=TODAY) == [one]
    assert best([one], typed + " zebra", language="it", area=None, today=TODAY) == []


def test_polish_and_italian_are_found_as_they_are_typed_in_a_hurry() -> None:
    polish, italian = Saved("Zwrot płatności", "…", "pl"), Saved("Perché è così", "…", "it")
    assert best([polish, italian], "platnosci", language="it", area=None, today=TODAY) == [polish]
    assert best([polish, italian], "perche e", language="it", area=None, today=TODAY) == [italian]


# Files


def test_every_fault_of_a_file_is_told_at_once_with_its_place() -> None:
    text = """
    colour = "red"
    [[saved_reply]]
    title = "One"
    text = "Hi {nmae}"
    language = "en"
    [[saved_reply]]
    title = "Two"
    text = "Hi"
    language = "english"
    colour = 1
    [[saved_reply]]
    text = "Hi"
    language = "en"
    [[saved_reply]]
    title = "Four"
    text = "Hi"
    language = "en"
    area = "moon"
    [[saved_reply]]
    title = "Five"
    text = "Hi"
    language = "en"
    [[saved_reply]]
    title = "Five"
    text = "Ho"
    language = "en"
    """
    with pytest.raises(BadSavedReplies) as bad:
        read(text, ["billing"])
    assert [fault.split(":")[0] for fault in bad.value.faults] == [
        "colour",
        "[[saved_reply]] 1. “One”",
        "[[saved_reply]] 2. “Two”, language",
        "[[saved_reply]] 2. “Two”, colour",
        "[[saved_reply]] 3., title",
        "[[saved_reply]] 4. “Four”",
        "“Five” (en) stands twice; keep one.",
    ]


@pytest.mark.parametrize("text", ["= 3", "saved_reply = 3", "saved_reply = [3]"])
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(BadSavedReplies):
        read(text, [])


@given(
    st.text(
        st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn"], exclude_characters="{}"), min_size=1
    ),
    st.dates(min_value=date(1000, 1, 1)),
)
def test_what_is_written_is_read_again(words: str, day: date) -> None:
    try:
        one = checked(Saved(words[:70] or "x", f"{words} {{name}}", "en", "billing", "U0ANNA", day))
    except Unsaveable:
        return
    if one.title:
        assert read(written([one]), ["billing"]) == [one]


@pytest.mark.parametrize("language", SEEDED)
def test_ours_pass_the_guard_and_fit_one_post_with_a_signature(language: str) -> None:
    ours = seeds([language])
    assert len(ours) == 12
    told = values("Massimiliano Brzęczyszczykiewicz", "a_handle_of_15c", "ABCD")
    for one in ours:
        text = filled(one.text, told)
        assert len(compose(text, "^ABCD", MEASURE)) == 1, one.title
        assert guard.findings([text]) == [], one.title
        assert one.language == language
