"""Events: words for each in every language and on every surface, and what older and newer versions wrote."""

import ast
import json
import re
from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_args, get_origin

import pytest
from event_samples import ALL, AT, sample, types_of
from hypothesis import given
from hypothesis import strategies as st
from translations import ROOT

from handlers.slack.views.history import Mrkdwn
from triage import events
from triage.cases.case import Move, Outcome
from triage.events import (
    CardWanted,
    Claimed,
    CustomerWrote,
    Dismissed,
    Escalated,
    Event,
    ExpertDroppedOut,
    Moved,
    Noted,
    OfCase,
    OfDesk,
    Promised,
    PutUnder,
    QuestionPassed,
    Replied,
    RepliedByHand,
    RepliedUnread,
    ReplyDeleted,
    ReplyRefused,
    ReplyUndone,
    Returned,
    ReturnedFromAway,
    SavedReplyChanged,
    TicketKept,
    Transferred,
    Unknown,
    event,
    parse,
)
from triage.i18n import LANGUAGES, speaking
from triage.text.surfaces import CsvCell, PlainText, Surface

SURFACES: list[Surface] = [Mrkdwn(), PlainText(), CsvCell()]
each_event = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
each_surface = pytest.mark.parametrize("surface", SURFACES, ids=lambda surface: type(surface).__name__)


@each_event
@each_surface
def test_each_event_has_a_line_in_every_language_on_every_surface(
    kind: type[Event], surface: Surface
) -> None:
    said = {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = sample(kind).in_words(surface, "U0ANNA")
    assert len(set(said.values())) == (len(LANGUAGES) if kind is not Noted else 1), said
    for line in said.values():
        assert not re.search(r"[{}_]|\bNone\b", re.sub(r"<.*?>", "", line)), line


@each_event
def test_a_line_shows_every_field_that_is_to_be_shown(kind: type[Event]) -> None:
    one = sample(kind)
    line = one.in_words(PlainText(), "U0ANNA")
    for field in kind.fields:
        if field.shown:
            assert field.shown.in_words(PlainText(), getattr(one, field.name)) in line


@each_event
def test_a_line_of_the_desk_itself_has_a_subject(kind: type[Event]) -> None:
    line = sample(kind).in_words(PlainText(), None)
    assert ("Mentiondesk" in line) == ("{who}" in kind.words)


def test_every_move_has_its_event() -> None:
    assert {kind.what for kind in ALL if issubclass(kind, Moved)} == {move.value for move in Move}


def test_each_event_is_of_a_case_or_of_the_desk() -> None:
    assert all(issubclass(kind, OfCase) != issubclass(kind, OfDesk) for kind in ALL)


def test_every_class_of_an_event_is_made_by_its_decorator() -> None:
    """One without would have no name and no words."""
    tree = ast.parse((ROOT / "triage" / "events.py").read_text(encoding="utf-8"))
    bases = {"OfCase", "OfDesk", "Moved", "Closed", "SettingsRead"}
    plain = {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and {base.id for base in node.bases if isinstance(base, ast.Name)} & (bases | {"Event"})
        and not node.decorator_list
    }
    assert plain == bases


# Without words there is no event


@pytest.mark.parametrize("words", ["", "  ", "{who} did it to {nobody}", "{who} did it"])
def test_an_event_whose_words_do_not_show_its_fields_is_not_made(words: str) -> None:
    with pytest.raises(TypeError, match="Made: its words show"):

        @event("made", words)
        class Made(OfCase):
            to: events.Who

    assert "made" not in events.KINDS


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Transferred("U0ANNA").to = "U0MARCO"  # type: ignore[misc]


# Kept and read back


def values(of: Any) -> st.SearchStrategy[Any]:
    if get_origin(of) is tuple:
        return st.lists(values(get_args(of)[0])).map(tuple)
    if get_args(of):
        return st.none() | values(get_args(of)[0])
    if issubclass(of, Enum):
        return st.sampled_from(list(of))
    return {
        str: st.text(),
        int: st.integers(),
        bool: st.booleans(),
        datetime: st.datetimes(timezones=st.just(UTC)),
    }[of]


@st.composite
def any_event(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(ALL))
    return kind(**{name: draw(values(of)) for name, of in types_of(kind).items()})


@given(any_event())
def test_what_is_kept_is_read_back_as_it_was(one: Event) -> None:
    assert parse(one.what, json.loads(json.dumps(one.detail))) == one


@given(any_event(), st.sampled_from(SURFACES))
def test_no_value_breaks_a_line(one: Event, surface: Surface) -> None:
    assert one.in_words(surface, "U0ANNA")


Json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = sorted({field.key for kind in ALL for field in kind.fields})


@given(
    st.sampled_from(sorted(events.KINDS)) | st.text(),
    st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), Json, max_size=4) | Json,
)
def test_no_row_breaks_reading_it(what: str, detail: object) -> None:
    found = parse(what, detail)
    for surface in SURFACES:
        assert isinstance(found.in_words(surface, None), str)


OLD = [
    ("opened", {}, events.Opened()),
    ("claim", {}, Claimed()),
    ("transfer", {"to": "U1", "note": ""}, Transferred("U1")),
    ("escalate", {"to": "U1", "question": "why?"}, Escalated("U1", "why?")),
    ("pass", {"from": "U1", "to": "U2", "expired": True}, QuestionPassed("U1", "U2", expired=True)),
    ("pass", {"from": "U1", "others_left": True, "expired": False}, ExpertDroppedOut("U1")),
    ("no_answer", {"from": "U1", "to": None, "expired": True}, events.NobodyAnswered("U1", expired=True)),
    ("reply", {"reply": 3}, Replied(3)),
    ("reply", {"reply": 3, "approved_by": "U2"}, Replied(3, "U2")),
    ("reply", {"reply": 3, "nobody_else": True}, RepliedUnread(3)),
    ("reply", {"by_hand": True, "url": "https://x.com/1"}, RepliedByHand("https://x.com/1")),
    ("undo", {"reply": 3}, ReplyUndone(3)),
    ("undo", {"reply": 3, "problem": "X said no"}, ReplyRefused(3, "X said no")),
    ("undo", {"reply": 3, "deleted": True}, ReplyDeleted(3)),
    ("refused", {"reply": 3, "problem": "X said no"}, ReplyRefused(3, "X said no")),
    ("return", {}, Returned()),
    ("return", {"away": "U1"}, ReturnedFromAway("U1")),
    ("customer_wrote", {"from": "waiting"}, CustomerWrote("waiting")),
    (
        "customer_wrote",
        {"from": "waiting", "posted": "2026-11-20T09:30:00+00:00"},
        CustomerWrote("waiting", AT),
    ),
    ("follow_up", {"due": "2026-11-20T09:30:00+00:00", "note": "call"}, Promised(AT, "call")),
    ("note", {"text": "hm", "ts": "1.2"}, Noted("hm", "1.2")),
    ("dismiss", {"outcome": "spam"}, Dismissed(Outcome.SPAM)),
    ("alike", {"head": 3}, PutUnder(3)),
]


@pytest.mark.parametrize(("what", "detail", "read"), OLD, ids=lambda one: str(one)[:40])
def test_what_older_versions_wrote_is_read(what: str, detail: dict[str, Any], read: Event) -> None:
    assert parse(what, detail) == read


def test_every_stored_name_stays() -> None:
    """Rows with these names stand in databases: a name that goes, or changes, makes them unreadable."""
    assert set(events.KINDS) >= set(re.findall(r"\w+", NAMES))


NAMES = """
alike answer approval_passed_on approve area ask_approval ask_back asked_for_card claim customer_wrote
delete_reply dismiss edited edited_reply escalate fall_due follow_up late move no_answer not_before note
opened our_post_deleted pass post_deleted priority promise_kept release reopen reply reply_unknown
resolve return send_again send_back sent sent_anyway show tell_back thanks ticket transfer undo vanish
was_sent withdraw wrote_again
"""


# What this version does not know


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("teleported", {"to": "Mars"}),
        ("transfer", {}),
        ("transfer", {"to": 5}),
        ("dismiss", {"outcome": "boredom"}),
        ("not_before", {"due": "tomorrow"}),
        ("not_before", {"due": "2026-11-20T09:30:00"}),
        ("pass", {"others_left": True}),
    ],
)
def test_what_cannot_be_read_is_kept_as_it_is(what: str, detail: dict[str, Any]) -> None:
    assert parse(what, detail) == Unknown(what, detail)


def test_a_field_that_a_newer_version_adds_is_passed_over() -> None:
    assert parse("transfer", {"to": "U1", "why": "a later field"}) == Transferred("U1")


def test_the_unknown_has_words_too_in_every_language() -> None:
    unknown, said = Unknown("beamed_up", {}), {}
    for language in LANGUAGES:
        with speaking(language):
            said[language] = unknown.in_words(PlainText(), "U0ANNA")
    assert said["en"] == "U0ANNA: something this version does not know (beamed_up)"
    assert len(set(said.values())) == len(LANGUAGES)


# What used to be raw English


def test_an_italian_reads_italian_of_a_card_asked_for_and_of_a_near_copy() -> None:
    with speaking("it"):
        assert CardWanted().in_words(Mrkdwn(), "U0ANNA") == "<@U0ANNA> ha chiesto la sua scheda"
        assert PutUnder(3).in_words(Mrkdwn(), None) == "Quasi uguale al caso #3: sta sotto la sua scheda"


# Escaping


def test_slack_pings_nobody_by_what_somebody_typed() -> None:
    for line in (
        Transferred("U1", "<!channel> *now*").in_words(Mrkdwn(), "U2"),
        TicketKept("<!here|x>").in_words(Mrkdwn(), "U2"),
        Unknown("<!everyone>", {}).in_words(Mrkdwn(), "U2"),
    ):
        assert "<!" not in line


@given(st.integers(0, 30))
def test_a_colleagues_markup_is_never_cut_within_a_reference(before: int) -> None:
    kept = Mrkdwn().markup("x" * before + "<@U0ANNA> and " * 60, 500)
    assert kept.count("<") == kept.count(">")
    assert len(kept) <= 500


def test_plain_text_says_who_and_shows_no_markup() -> None:
    surface = PlainText({"U1": "Anna", "U2": "Marco"})
    note = Noted("ask <@U2> &amp; see <https://x.com/1|the post> or <https://acme.com>")
    assert note.in_words(surface, "U1") == "📝 Anna: ask Marco & see the post or https://acme.com"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r=", "\n@", "＝", "＠", "\u202e="])
def test_no_spreadsheet_takes_a_line_for_a_formula(sign: str) -> None:
    surface = CsvCell({"U1": f"{sign}HYPERLINK(1)"})
    for one in (Claimed(), SavedReplyChanged("=1+1"), Unknown("=cmd", {})):
        line = one.in_words(surface, "U1")
        assert line[0] == "'"
        assert not re.search(r"[\t\r\n\u202e]", line)


def test_other_cells_stay_as_they_are() -> None:
    assert Claimed().in_words(CsvCell({"U1": "Anna"}), "U1") == "Anna took the case"
