"""A bare thank-you, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.scoring.thanks import is_bare_thanks

BARE = [
    ("thanks", "en"),
    ("Thank you!!", "en"),
    ("@acme_help thank you so much", "en"),
    ("Thanks, you guys rock 🙌", "en"),
    ("Thank you for the quick response, much appreciated", "en"),
    ("thx", "en"),
    ("thank youuuu", "en"),
    ("ok thanks, have a great day", "en"),
    ("Got it, cheers", "en"),
    ("Thanks Anna!", "en"),
    ("Perfect, thank you. It works now!", "en"),
    ("👍", "en"),
    ("@acme 🙏🙏", None),
    ("grazie mille!", "it"),
    ("Grazie", "it"),
    ("Grazie mille per l'aiuto, siete stati gentilissimi ❤️", "it"),
    ("ok, grazie per la risposta", "it"),
    ("Perfetto, grazie. Buona giornata!", "it"),
    ("Grazie Marta", "it"),
    ("vi ringrazio davvero", "it"),
    ("GRAZIEEEE", "it"),
    ("ricevuto, grazie", "it"),
    ("dziękuję 🙏", "pl"),
    ("dziekuje bardzo", "pl"),
    ("Dzięki wielkie za szybką pomoc!", "pl"),
    ("Dziękuję, wszystko działa. Miłego dnia", "pl"),
    ("ok, dzięki", "pl"),
    ("Super, dziękuję pięknie", "pl"),
    ("Dziękuję, Kasiu", "pl"),
    ("vielen dank", "de"),
    ("merci beaucoup", "fr"),
    ("muchas gracias por la ayuda", "es"),
    ("thanks", "it"),
    ("grazie mille", None),
]

NOT_BARE = [
    ("thanks but still not working", "en"),
    ("thanks for nothing", "en"),
    ("Thanks for ruining my evening", "en"),
    ("thanks, and my refund?", "en"),
    ("Thanks. When will it arrive", "en"),
    ("Thanks in advance", "en"),
    ("thank you, order 4711", "en"),
    ("no thanks", "en"),
    ("thanks 😡", "en"),
    ("thanks a lot 🙄", "en"),
    ("Thanks Not", "en"),
    ("thanks Terrible", "en"),
    ("great", "en"),
    ("yes", "en"),
    ("no", "en"),
    ("ok but when", "en"),
    ("I sent you a DM, thanks", "en"),
    ("still waiting", "en"),
    ("grazie?", "it"),
    ("grazie per niente", "it"),
    ("grazie ma non funziona ancora", "it"),
    ("grazie, ma il rimborso", "it"),
    ("ok grazie, quando arriva il tecnico", "it"),
    ("Grazie Schifo", "it"),
    ("grazie al cavolo", "it"),
    ("complimenti", "it"),
    ("dzięki za nic", "pl"),
    ("dziękuję, ale nadal nie działa", "pl"),
    ("dziękuję, a kiedy zwrot", "pl"),
    ("dzięki 😤", "pl"),
    ("proszę", "pl"),
    ("Dziękuję Skandal", "pl"),
    ("", "en"),
    ("@acme", "en"),
    ("https://example.org/a", None),
    ("😡", None),
    ("ありがとうございます", None),
]


@pytest.mark.parametrize(("text", "language"), BARE)
def test_thanks_and_politeness_alone_are_bare(text: str, language: str | None) -> None:
    assert is_bare_thanks(text, language)


@pytest.mark.parametrize(("text", "language"), NOT_BARE)
def test_anything_that_wants_an_answer_is_not(text: str, language: str | None) -> None:
    assert not is_bare_thanks(text, language)


def test_a_language_nobody_listed_still_knows_the_english_words() -> None:
    assert is_bare_thanks("thx!", "ro")
    assert not is_bare_thanks("mulțumesc", "ro")


@given(st.text(), st.none() | st.sampled_from(["it", "pl", "en", "xx"]))
def test_any_text_gets_an_answer(text: str, language: str | None) -> None:
    assert is_bare_thanks(text, language) is is_bare_thanks(text, language)


@given(
    st.sampled_from(BARE), st.sampled_from(["but", "refund", "4711", "still broken", "perché", "kiedy", "?"])
)
def test_one_word_more_and_it_is_no_longer_bare(thanks: tuple[str, str | None], more: str) -> None:
    text, language = thanks
    assert not is_bare_thanks(f"{text} {more}", language)
