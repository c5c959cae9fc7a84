"""Words that sound like something else: what reading real posts taught the word lists."""

import pytest

from triage.scoring.priority import Priority, PriorityRules, assess


def heard(text: str, language: str) -> set[str]:
    return {reason.kind for reason in assess(text, language, 0, PriorityRules()).reasons}


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("My seat is 24 B, is the window free?", "en", "legal"),  # no consumer bureau
        ("The last flight to Turin is at 20:40, will it wait for us?", "en", "leaving"),
        ("Do your drivers bring people to hospitals in the snow?", "en", "danger"),
        ("My grandmother would knit this faster", "en", "assistance"),
        ("So you guys closed my account once again, for now", "en", "praise"),
        ("Would you like me to send the contract number?", "en", "praise"),
        ("Quanto vale il valore legale di questa fattura?", "it", "legal"),
        ("Sono vostro cliente da 15 anni, come cambio piano?", "it", "waiting"),
        ("Anche mia nonna userebbe la vostra app", "it", "assistance"),
        ("Jestem klientem od lat, jak zmienić plan?", "pl", "waiting"),
        ("Jutro mecz, czy pokażecie go w aplikacji?", "pl", "says"),
        ("Mieszkam w Gorzowie, jaki mam plan?", "pl", "says"),
        ("Opowiem wam żart", "pl", "angry"),
    ],
)
def test_a_word_that_only_looks_like_a_cue_is_no_reason(text: str, language: str, kind: str) -> None:
    assert kind not in heard(text, language)


@pytest.mark.parametrize(
    ("text", "language", "kind"),
    [
        ("I am reporting you to the BBB", "en", "legal"),
        ("That was my last flight with you", "en", "leaving"),
        ("My son is in hospital because of your charger", "en", "danger"),
        ("Sat on hold almost 40 minutes", "en", "waiting"),
        ("Il mio legale vi scriverà: ufficio legale già avvisato", "it", "legal"),
        ("Viaggio con bambini e senza carrozzina", "it", "assistance"),
        ("Ta obsługa jest męcząca", "pl", "says"),
        ("Jest coraz gorzej", "pl", "says"),
        ("To jakiś żart?", "pl", "angry"),
    ],
)
def test_the_cue_itself_is_still_heard(text: str, language: str, kind: str) -> None:
    assert kind in heard(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Thank you for your help", "en"),
        ("Thanks for reaching out!", "en"),
        ("Grazie per l'aiuto", "it"),
        ("Dziękuję za pomoc", "pl"),
    ],
)
def test_thanks_for_help_is_no_cry_for_help(text: str, language: str) -> None:
    assert assess(text, language, 0, PriorityRules()).priority is Priority.LOW


@pytest.mark.parametrize("text", ["no, thanks", "no thank you"])
def test_a_polite_no_is_no_complaint(text: str) -> None:
    assert "says" not in heard(text, "en")
