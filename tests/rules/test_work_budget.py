"""No text takes long to read: every reader's work grows with the length of a text, and not faster, and has a bound.

What is timed is the thread's own time on the processor, so that a busy machine changes little.
"""

import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.networks.x import length, parsing
from bot.networks.x.network import X
from handlers.slack.views import blocks
from handlers.slack.views.lists import without_address
from hostile import LONGEST_POST, SHAPES, text_of
from scene import policy_with
from triage.errors import DeskError
from triage.privacy import guard
from triage.privacy.digit_runs import number_runs
from triage.promise.promise import promise_in
from triage.replies import compose, ready, saved, wording
from triage.scoring import language, priority, routing, thanks
from triage.text import likeness
from triage.text.long_texts import END, composed, ends_of
from triage.text.surfaces import CsvCell, PlainText
from triage.time import dates

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
OWN = ("+39 02 5550 0190", "help@acme.example", "https://acme.example")
POLICY = policy_with()
NOBODYS_X = X({}, {})

# Milliseconds, before the tolerance: a piece of work on the loop, and one in a thread, which others need not wait for.
ON_THE_LOOP, IN_A_THREAD = 50, 500
TOLERANCE = 3
# Twice the text may take so many times as long; what takes less than the floor is not compared.
GROWTH, FLOOR = 3.5, 15
TRIES = 3  # before a doubt is a failure


@dataclass(frozen=True)
class Reader:
    """Something that reads a whole text, up to its longest, within so many milliseconds."""

    read: Callable[[str], object]
    within: float = ON_THE_LOOP
    longest: int = LONGEST_POST
    grows: bool = True  # False: half a text may take another way through the rules


def composing(text: str) -> object:
    try:
        return compose.compose(text, "^AB", length.MEASURE)
    except compose.Unsendable as refusal:
        return refusal


def refusing(read: Callable[[str], object]) -> Callable[[str], object]:
    def reading(text: str) -> object:
        try:
            return read(text)
        except DeskError as refusal:
            return refusal

    return reading


def in_posts(text: str) -> Sequence[str]:
    return [text[at : at + 270] for at in range(0, len(text), 270)]


READERS: dict[str, Reader] = {
    # of customers' posts, in a thread before the transaction
    "the guard, of a post": Reader(lambda text: guard.hides(text, own_contacts=OWN), IN_A_THREAD),
    "language": Reader(lambda text: language.detect(text, ("en", "it", "pl"))),
    "priority": Reader(lambda text: priority.assess(text, "en", 10, POLICY.priority)),
    "area": Reader(lambda text: routing.route(text, "en", POLICY.area)),
    "likeness": Reader(likeness.Shingled.of),
    "a post from X": Reader(parsing.clean),
    # on the loop
    "thanks": Reader(thanks.is_bare_thanks),
    "the same text": Reader(
        lambda text: likeness.same_text(text, f"{text}x", length.MEASURE), 2 * ON_THE_LOOP
    ),
    "escaping": Reader(blocks.escape),
    "a line for Slack": Reader(blocks.inline),
    "an excerpt": Reader(lambda text: blocks.excerpt(text, 300)),
    "a post without its address": Reader(without_address),
    "plain text": Reader(lambda text: PlainText().markup(text, 100)),
    "a cell": Reader(CsvCell().line),
    "a post's link": Reader(NOBODYS_X.post_id_in),
    "a date": Reader(refusing(lambda text: dates.moment(text, NOW))),
    "a saved reply filled": Reader(lambda text: saved.filled(text, {})),
    "a search": Reader(lambda text: saved.best((), text, language="en", area=None, today=NOW.date())),
    "composed": Reader(composed),
    # of what staff write, in a thread; Slack's fields take no more
    "the guard, of a reply": Reader(
        lambda text: guard.findings(in_posts(text), own_contacts=OWN, words=("unfortun*",)),
        IN_A_THREAD,
        compose.LONGEST,
    ),
    "the posts of a reply": Reader(composing, IN_A_THREAD, compose.LONGEST, grows=False),
    "a promise": Reader(lambda text: promise_in(text, NOW), ON_THE_LOOP, compose.LONGEST),
    "wording": Reader(lambda text: list(wording.promises(text)), ON_THE_LOOP, compose.LONGEST),
    "a post of a reply, cut": Reader(
        lambda text: compose.split(text, "", length.MEASURE), IN_A_THREAD, compose.LONGEST
    ),
    "X's length": Reader(length.MEASURE.length, IN_A_THREAD, compose.LONGEST),
    "X's links": Reader(length.MEASURE.has_link, IN_A_THREAD, compose.LONGEST),
    "a saved reply": Reader(
        refusing(lambda text: saved.checked(saved.Saved("a", text, "en"))),
        IN_A_THREAD,
        saved.LONGEST_TEXT,
        grows=False,
    ),
}


@pytest.fixture(scope="module", autouse=True)
def lists_and_patterns() -> None:
    """They are read at the start of the program."""
    ready.load()
    for reader in READERS.values():
        reader.read("My card does not work, call me at 333 555 0142 by Friday, www.acme.example 😡")


def milliseconds(read: Callable[[str], object], text: str, tries: int = 1) -> float:
    """The least of so many measurements."""
    least = float("inf")
    for _try in range(tries):
        length._entities_of.cache_clear()
        wording._words.cache_clear()
        number_runs.cache_clear()
        begun = time.thread_time()
        read(text)
        least = min(least, (time.thread_time() - begun) * 1000)
    return least


def too_slow(reader: Reader, shape: str, tries: int) -> str:
    """Say how slow the reader is with a shape; empty if it is quick enough."""
    took = milliseconds(reader.read, text_of(SHAPES[shape], reader.longest), tries)
    if took > reader.within * TOLERANCE:
        return f"{shape}: {took:.0f} ms"
    if took <= FLOOR or not reader.grows:
        return ""
    half = milliseconds(reader.read, text_of(SHAPES[shape], reader.longest // 2), tries)
    if took > GROWTH * half + FLOOR:
        return f"{shape}: {took:.0f} ms, and {half:.0f} ms for half of it"
    return ""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", READERS)
def test_no_text_takes_long_to_read(name: str) -> None:
    reader = READERS[name]
    doubtful = [shape for shape in SHAPES if too_slow(reader, shape, tries=1)]
    assert [told for shape in doubtful if (told := too_slow(reader, shape, TRIES))] == []


def test_there_are_many_hostile_shapes() -> None:
    assert len(SHAPES) >= 80
    for piece in SHAPES.values():
        assert len(text_of(piece, LONGEST_POST)) == LONGEST_POST


# --- what is left out


@given(st.text(max_size=40), st.integers(0, 3 * END))
def test_the_ends_of_a_text_are_its_first_and_last_characters(piece: str, length: int) -> None:
    text = text_of(piece or " ", length)
    ends = ends_of(text)
    assert ends[:END] == text[:END]
    assert ends[-END:] == text[-END:]
    assert len(ends) <= 2 * END + 1
    assert (ends == text) is (len(text) <= 2 * END)


@given(st.text(alphabet=st.sampled_from("ae\u0301\u0323\u0327\u0345ᄒ ﷺ가"), max_size=29) | st.text())
def test_composed_is_nfc(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFC", text)


def test_what_stands_in_the_middle_of_a_long_post_is_still_found_by_the_guard() -> None:
    filler = "my order is late and nobody answers " * 340
    assert guard.hides(f"{filler} my card is 4111 1111 1111 1111 {filler}")
    assert not guard.hides(filler * 2)


def test_what_a_long_post_asks_at_either_end_is_heard() -> None:
    filler = "la la " * 3_000
    for text in (f"there is a gas leak {filler}", f"{filler} there is a gas leak"):
        assert priority.assess(text, "en", 0, POLICY.priority).priority is priority.Priority.URGENT
