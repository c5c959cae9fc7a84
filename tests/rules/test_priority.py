"""Which case first, and why."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from triage.i18n import speaking
from triage.lexicon import LANGUAGES, lexicon
from triage.lexicon.phrases import parsed
from triage.scoring.priority import Priority, PriorityRules, Reason, Score, assess, queue_at

RULES = PriorityRules()
URGENT, HIGH, NORMAL, LOW = Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW


def judged(text: str, language: str = "en", followers: int = 0, rules: PriorityRules = RULES) -> Score:
    return assess(text, language, followers, rules)


def kinds(score: Score) -> set[str]:
    return {reason.kind for reason in score.reasons}


@pytest.mark.parametrize(
    ("text", "language", "priority", "kind"),
    [
        ("No signal in the whole town since 3 days, nobody answers", "en", URGENT, "outage"),
        ("my router is smoking, there is a smell of burning", "en", URGENT, "safety"),
        ("on hold for two hours, this is unacceptable", "en", HIGH, "waiting"),
        ("You charged me twice and support ignores me", "en", HIGH, "money"),
        ("someone used my card, I didn't make this transaction", "en", HIGH, "fraud"),
        ("I'm stuck at the airport, flight cancelled", "en", HIGH, "stranded"),
        ("if it is not fixed by tomorrow I'm calling my lawyer", "en", HIGH, "legal"),
        ("this is ridiculous, I'm leaving you", "en", HIGH, "leaving"),
        ("I booked wheelchair assistance for tonight and nobody answers", "en", HIGH, "assistance"),
        ("not a very good service", "en", NORMAL, "says"),
        ("When does the new shop open?", "en", NORMAL, "asks"),
        (
            "I read on the train that the old tower in your advert is being repainted in blue",
            "en",
            NORMAL,
            "plain",
        ),
        ("Thank you so much, Anna was brilliant!", "en", LOW, "praise"),
        ("never had a problem with you, keep it up", "en", LOW, "praise"),
        ("hello", "en", LOW, "calm"),
        ("Da tre giorni senza internet, nessuno risponde. Vergogna!", "it", URGENT, "outage"),
        ("Odore di gas dal contatore appena montato", "it", URGENT, "safety"),
        ("Mi avete addebitato due volte la bolletta, rivoglio i miei soldi", "it", HIGH, "money"),
        ("Volo cancellato, siamo bloccati in aeroporto con due bambini", "it", HIGH, "stranded"),
        ("se entro domani non risolvete vi denuncio ad Agcom", "it", HIGH, "legal"),
        ("non funziona", "it", NORMAL, "says"),
        ("Non sono soddisfatto", "it", NORMAL, "says"),
        ("Come posso cambiare il piano?", "it", NORMAL, "asks"),
        ("grazie mille per l'aiuto, gentilissimi", "it", LOW, "praise"),
        ("nessun problema, tutto risolto", "it", LOW, "praise"),
        ("Od trzech dni brak internetu, nikt nie odbiera. Skandal!", "pl", URGENT, "outage"),
        ("Czuć gaz przy nowym liczniku", "pl", URGENT, "safety"),
        ("Pobraliście mi dwa razy abonament, oddajcie pieniądze", "pl", HIGH, "money"),
        ("zgubiliście mój bagaż, trzeci dzień bez walizki", "pl", HIGH, "stranded"),
        ("nie działa", "pl", NORMAL, "says"),
        ("nie dziala", "pl", NORMAL, "says"),
        ("Nie jestem zadowolona z obsługi", "pl", NORMAL, "says"),
        ("Jak mogę zmienić taryfę?", "pl", NORMAL, "asks"),
        ("Bardzo dziękuję, świetna obsługa 😊", "pl", LOW, "praise"),
        ("nie ma problemu, wszystko działa", "pl", LOW, "praise"),
    ],
)
def test_a_post_gets_its_label_and_its_reason(
    text: str, language: str, priority: Priority, kind: str
) -> None:
    score = judged(text, language)
    assert (score.priority, kind in kinds(score)) == (priority, True), score


def test_a_score_orders_what_is_worse_above_what_is_better() -> None:
    posts = [
        "No internet for 5 days, you took my money, this is a scandal",
        "No internet for 5 days",
        "the app is slow",
        "How do I change my plan?",
        "thanks, lovely service",
    ]
    values = [judged(post).value for post in posts]
    assert values == sorted(values, reverse=True)


def test_a_complaint_wrapped_in_praise_is_never_low() -> None:
    assert judged("great, another delay. love it, amazing work, brilliant").priority >= NORMAL


def test_a_negation_turns_praise_round_within_its_sentence_only() -> None:
    assert Reason("says", "not good") in judged("this is not good").reasons
    assert "praise" in kinds(judged("No! Great service"))


def test_questions_capitals_and_exclamation_marks_do_not_count() -> None:
    assert judged("MY PARCEL IS LATE?!?!!!").value == judged("my parcel is late").value


def test_emoji_count_mildly() -> None:
    text = "my parcel is late"
    assert judged(text).value < judged(f"{text} 😡").value < judged(f"{text}, what a scandal").value
    assert judged(f"{text} ❤️").value < judged(text).value


def test_handles_and_addresses_say_nothing() -> None:
    assert judged("@worst_scandal https://example.org/fraud/no-signal").reasons == (Reason("plain"),)


def test_what_cannot_be_read_is_never_low() -> None:
    for text, language in (("荷物が届きません", "it"), ("", "en"), ("@acme", "pl"), ("Paket kaputt", "de")):
        assert judged(text, language).priority is NORMAL
    assert judged("Paket kaputt", "de").reasons == (Reason("unknown"),)


def test_the_brands_own_words_are_complaints_in_their_language() -> None:
    rules = PriorityRules(words={"de": ["kaputt"], "en": ["purple screen"]})
    assert judged("Purple screens again", rules=rules).reasons[0] == Reason("brand", "Purple screens")
    assert judged("Paket kaputt", "de", rules=rules).value > judged("Paket kaputt", "de").value
    assert "brand" not in kinds(judged("kaputt", rules=rules))


def test_reach_breaks_ties_and_no_more() -> None:
    quiet, famous = judged("the app is slow"), judged("the app is slow", followers=480_000)
    assert 0 < famous.value - quiet.value <= RULES.reach
    assert Reason("reach", "480000") in famous.reasons
    assert judged("the app is slow", followers=480_000, rules=PriorityRules(reach=0)).value == quiet.value


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"reach": 0.5}, "less than or equal to 0.2"),
        ({"reach": -1}, "greater than or equal to 0"),
        ({"words": {"English": ["bad"]}}, "not a language code"),
        ({"words": {"en": ["!"]}}, "holds no word"),
        ({"wordz": {}}, "Extra inputs"),
    ],
)
def test_a_fault_in_the_rules_is_told_in_words(rules: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        PriorityRules.model_validate(rules)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason("says", "no signal"), "says “no signal”"),
        (Reason("angry", "scandalous"), "sounds angry: “scandalous”"),
        (Reason("reach", "480000"), "480,000 followers"),
        (Reason("reach", "950"), "950 followers"),
        (Reason("praise"), "thanks or praise"),
        (Reason("calm"), "no question or complaint"),
        (Reason("says", "{detail} {0}"), "says “{detail} {0}”"),
        (Reason("of a later version", "blue"), "blue"),
        (Reason("of a later version"), "of a later version"),
    ],
)
def test_a_reason_speaks(reason: Reason, words: str) -> None:
    assert reason.in_words() == words
    with speaking("xx-XX"):
        assert reason.in_words() == words


def test_a_reason_quotes_the_post_as_it_is_written() -> None:
    assert Reason("angry", "VERGOGNATEVI") in judged("VERGOGNATEVI!", "it").reasons


def test_priorities_compare_by_urgency() -> None:
    assert URGENT > HIGH > NORMAL > LOW
    assert LOW <= LOW < HIGH >= NORMAL
    assert max(Priority) is URGENT
    assert [str(one) for one in sorted(Priority)] == ["low", "normal", "high", "urgent"]


def test_a_day_of_waiting_is_worth_one_priority() -> None:
    now, day = datetime(2026, 11, 22, 9, tzinfo=UTC), timedelta(hours=24)
    assert queue_at(NORMAL, 0.3, now - day) == queue_at(HIGH, 0.3, now)
    assert queue_at(LOW, 0.1, now - 3 * day) < queue_at(HIGH, 0.6, now - timedelta(hours=1))
    assert queue_at(URGENT, 0.9, now) < queue_at(HIGH, 0.6, now) < queue_at(LOW, 0.1, now)


WORDS = [
    "not",
    "no",
    "thanks",
    "broken",
    "since",
    "3",
    "days",
    "non",
    "nie",
    "działa",
    "fraud",
    "today",
    "❤️",
    "😡",
    ".",
]
ANY_TEXT = st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join)
ANY_LANGUAGE = st.sampled_from([*LANGUAGES, "xx", ""])


@given(ANY_TEXT, ANY_LANGUAGE, st.integers())
def test_any_post_gets_a_score_from_0_to_1_with_reasons(text: str, language: str, followers: int) -> None:
    score = judged(text, language, followers)
    assert 0 <= score.value <= 1
    assert score.reasons
    assert all(reason.in_words() for reason in score.reasons)
    assert score == judged(text, language, followers)


@given(ANY_TEXT, ANY_LANGUAGE, st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_followers_never_lower_a_score(text: str, language: str, some: int, more: int) -> None:
    few, many = judged(text, language, some), judged(text, language, some + more)
    assert few.value <= many.value
    assert few.priority <= many.priority


@given(st.text(), st.text())
def test_a_reason_survives_json(kind: str, detail: str) -> None:
    reason = Reason(kind, detail)
    assert Reason.from_json(json.loads(json.dumps(reason.to_json()))) == reason


@pytest.mark.parametrize(
    "text", ["not " * 6250, "a" * 24_999 + "b", "since 3 " * 3125, "x'a" * 8333, "é" * 25_000, "@" * 25_000]
)
def test_the_longest_post_x_allows_is_read_at_once(text: str) -> None:
    judged("warm")
    started = time.perf_counter()
    judged(text)
    assert time.perf_counter() - started < 1.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_of_the_lists_stands_in_one_group_only(language: str) -> None:
    known = lexicon(language)
    assert known is not None
    phrases = [parsed(phrase) for listed in known.groups.values() for phrase in listed]
    assert len(phrases) == len(set(phrases))
    assert all(phrase and phrase[0] not in ("_", "*") for phrase in phrases)
