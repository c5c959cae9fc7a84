"""What outsiders write is shown safely: nothing injected, nothing lost, and Slack takes every message."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.networks.x.network import X
from bot.networks.x.parsing import clean
from db.mentions import Post
from db.rows import FollowUp, FollowUpState, Question, QuestionState
from demo.slack.blockkit import check_blocks
from demo.slack.texts import mrkdwn_texts, pinged, visible_text
from handlers.desk.reading.card import CardView
from handlers.ports import Message
from handlers.slack.case import details
from handlers.slack.views import blocks, messages
from handlers.slack.views.card import draw_card
from triage.cases.case import Case, Outcome, Status
from triage.cases.mention import Author, Picture
from triage.policy import Policy, read
from triage.scoring.priority import Priority, Reason

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STAFF = ("U0ANNA", "U0KASIA", "S0BILLING")
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}
# Slack refuses above 13,200 characters in all blocks; one report failed at 11,341.
ALL_BLOCKS, MESSAGE_TEXT = 13_200, 40_000

HOSTILE = (
    "<!channel>", "<!here|x>", "<@U0KASIA>", "<#C0MENTIONS>", "<https://evil.example|acme>", "&", "&amp;", "&lt;", "<",
    ">", "*", "_", "~", "`", "```", "\n", "\n> ", "\t", " ", "|", "{who}", "%s", "\u202e", "\u2067", "\u2069", "\u200b",
    "\u0301", "\x1b[31m", "\x7f", "\x0b", "👨‍👩‍👧‍👦", "🇮🇹", "שלום", "مرحبا", "ł", "𝔸", "@here", ":boom:", "a", "Z ",
)  # fmt: skip
fragments = st.lists(st.sampled_from(HOSTILE), max_size=30).map("".join)
stretched = st.builds(
    lambda piece, times: (piece * times)[:6000], st.sampled_from(HOSTILE), st.integers(1, 6000)
)
anything = st.one_of(st.text(max_size=60), fragments, stretched)
# As the networks' door leaves it: no NUL and no half surrogates, which no database takes.
cleaned = anything.map(clean)
limits = st.integers(1, 3000)


def shown(text: str) -> str:
    """What a reader sees of escaped text."""
    return re.sub("&amp;|&lt;|&gt;", lambda entity: ENTITIES[entity[0]], text)


def kept(text: str) -> str:
    """What escaping is to keep: all but control characters and halves of surrogate pairs."""
    without = "".join(sign for sign in text if sign in "\n\t" or not (ord(sign) < 32 or ord(sign) == 127))
    return without.encode("utf-8", "replace").decode("utf-8")


def undirected(text: str) -> str:
    return re.sub("[\u202a-\u202e\u2066-\u2069]", "", text)


class TestText:
    @settings(max_examples=60)
    @given(anything)
    def test_escaping_leaves_no_markup_and_loses_only_control_characters(self, text: str) -> None:
        escaped = blocks.escape(text)
        assert not re.search("[<>]|&(?!amp;|lt;|gt;)", escaped)
        assert shown(escaped) == kept(text)

    @settings(max_examples=60)
    @given(anything)
    def test_a_text_in_our_line_is_one_line_in_its_own_direction_and_without_markup(self, text: str) -> None:
        line = blocks.inline(text)
        assert len(line.splitlines()) == 1
        assert line[0] == "\u2068"
        assert line[-1] == "\u2069"
        assert undirected(line) == line[1:-1]
        assert not re.search("[<>]|(?<!\u200b)[*_~`]|[*_~`](?!\u200b)", line)

    @settings(max_examples=60)
    @given(anything)
    def test_a_text_in_our_line_loses_nothing_but_breaks_and_directions(self, text: str) -> None:
        seen = shown(blocks.inline(text)[1:-1]).replace("\u200b", "")
        assert seen == kept(" ".join(undirected(text).split())).replace("\u200b", "")

    @settings(max_examples=60)
    @given(anything, limits)
    def test_words_are_plain_text_that_fits_and_begins_as_it_was_written(self, text: str, most: int) -> None:
        block = blocks.words(text, most)
        drawn = block["text"]["text"]
        assert block["text"]["type"] == "plain_text"
        assert 0 < len(drawn) <= max(most, 1)
        whole = kept(undirected(text)).strip() or "…"
        if len(blocks.escape(whole)) <= most:
            assert shown(drawn) == whole
        else:
            assert drawn[-1] == "…"
            assert whole.startswith(shown(drawn[:-1]))

    @settings(max_examples=60)
    @given(anything, limits)
    def test_a_cut_keeps_the_beginning_and_never_half_an_entity(self, text: str, most: int) -> None:
        escaped = blocks.escape(text)
        cut = blocks.cut(escaped, most)
        assert len(cut) <= most
        if len(escaped) <= most:
            assert cut == escaped
        else:
            assert cut[-1] == "…"
            assert escaped.startswith(cut[:-1])
            assert len(cut) > most - len("&amp;")
            assert not re.search("&(?!amp;|lt;|gt;)", cut)

    @settings(max_examples=60)
    @given(anything, limits)
    def test_an_excerpt_is_the_beginning_in_one_line(self, text: str, most: int) -> None:
        seen = shown(blocks.excerpt(text, most)[1:-1]).replace("\u200b", "")
        whole = kept(" ".join(undirected(text).split())).replace("\u200b", "")
        assert len(seen) <= most
        assert whole.startswith(seen.removesuffix("…").rstrip())

    @settings(max_examples=60)
    @given(cleaned)
    def test_a_long_text_in_pieces_is_the_whole_text(self, text: str) -> None:
        pieces = details.pieces(text)
        assert all(len(blocks.escape(piece)) <= blocks.SECTION for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(text.split())

    @settings(max_examples=60)
    @given(anything, st.text("ab *&<>", min_size=1, max_size=9))
    def test_an_address_cannot_end_its_link(self, address: str, label: str) -> None:
        drawn = blocks.link(address, blocks.escape(label))
        assert re.fullmatch(r"<[^<>|]*\|[^<>]*>", drawn, re.DOTALL)
        dated = blocks.moment(NOON, url=address)
        assert re.fullmatch(r"<!date\^\d+\^[^<>|^]*(\^[^<>|^]*)?\|[^<>]*>", dated, re.DOTALL)
        assert pinged(drawn + dated) == []


ROUTES = "https://pbs.example/"
moments = st.integers(0, 60 * 24 * 30).map(lambda minutes: NOON - timedelta(minutes=minutes))
maybe_moment = st.none() | moments
pictures = st.builds(
    Picture,
    st.from_regex(r"https://pbs\.example/[a-z]{1,9}", fullmatch=True),
    cleaned.map(lambda alt: alt[:1000]),
)
handles = st.from_regex(r"[A-Za-z0-9_]{1,15}", fullmatch=True)
authors = st.builds(
    Author,
    network=st.just("x"),
    id=st.just("1"),
    handle=handles,
    name=cleaned.map(lambda name: name[:50]),
    followers=st.integers(0, 10**9),
    avatar=st.none() | st.just(f"{ROUTES}a.jpg"),
)


@st.composite
def posts(draw: st.DrawFn) -> Post:
    deleted = draw(maybe_moment)
    return Post(
        id=draw(st.integers(1, 99)),
        case_id=7,
        network="x",
        post_id="1999",
        author_id="1",
        text="" if deleted else draw(cleaned),
        url="https://x.com/i/status/1999",
        answers=None,
        quoted=None,
        pictures=() if deleted else tuple(draw(st.lists(pictures, max_size=4))),
        answerable_by=draw(st.sampled_from([(), ("acme_help",), ("acme", "acme_help")])),
        ours=draw(st.booleans()),
        posted_at=draw(moments),
        edited_at=draw(maybe_moment),
        deleted_at=deleted,
    )


person = st.sampled_from(STAFF)
# A reply that nobody of the desk wrote was found on the network: it is sent.
senders = st.one_of(
    st.tuples(st.sampled_from(["queued", "sent", "undone", "refused", "unknown"]), person),
    st.just(("sent", None)),
)
replies = st.builds(
    lambda sender, **rest: SimpleNamespace(state=sender[0], who=sender[1], **rest),
    senders,
    account=st.just("acme_help"),
    answers=st.just("1900"),
    parts=st.lists(cleaned, min_size=1, max_size=4),
    posts=st.lists(st.just("2000"), max_size=4),
    problem=st.none() | cleaned,
    queued_at=moments,
    goes_at=moments,
    sent_at=maybe_moment,
)
asks = st.builds(
    Question,
    id=st.just(1),
    case_id=st.just(1),
    chain=st.just(1),
    asked_at=moments,
    area=st.none(),
    state=st.sampled_from(list(QuestionState)),
    expert=person,
    asked_by=person,
    question=cleaned.map(lambda text: text[:3000]),
    answer=cleaned.map(lambda text: text[:3000]),
    due_at=moments,
    ended_at=moments,
    asked_back=st.none() | cleaned.map(lambda text: text[:2000]),
    told_back=st.none() | cleaned.map(lambda text: text[:2000]),
)
follow_ups = st.builds(
    FollowUp,
    id=st.just(1),
    case_id=st.just(1),
    reminders=st.integers(0, 1),
    made_at=moments,
    reminded_at=maybe_moment,
    state=st.sampled_from(list(FollowUpState)),
    person=person,
    note=cleaned.map(lambda text: text[:3000]),
    due_at=moments,
)
KINDS = ["safety", "money", "waiting", "says", "reach", "asks", "unknown", "person", "of a later version"]
reasons = st.lists(st.builds(Reason, st.sampled_from(KINDS), cleaned.map(lambda text: text[:40])), max_size=6)

POLICY = """
[desk]
name = "Acme"
timezone = "Europe/Rome"
channel = "C0MENTIONS"
[[account]]
network = "x"
handle = "acme_help"
"""


def policy_with(areas: list[str], accounts: int) -> Policy:
    sister = '[[account]]\nnetwork = "x"\nhandle = "acme"\nmove_to = "acme_help"\n' if accounts > 1 else ""
    listed = "".join(f'[[area]]\nname = "{name}"\n' for name in areas)
    return read(POLICY + sister + listed)


area_names = st.lists(
    st.text("abc &<>*_`:-", min_size=1, max_size=60).filter(str.strip),
    max_size=120,
    unique_by=lambda name: name.strip().lower(),
)
policies = st.builds(policy_with, area_names, st.integers(1, 2))


@st.composite
def cases(draw: st.DrawFn, case: Case, policy: Policy) -> Case:
    status = draw(st.sampled_from(list(Status)))
    owner = draw(person | st.none()) if status in (Status.NEW, Status.WAITING) else draw(person)
    return replace(
        case,
        id=draw(st.integers(1, 10**9)),
        status=status,
        owner=None if status is Status.NEW else owner,
        area=draw(st.sampled_from([None, "an area no longer listed", *[area.name for area in policy.area]])),
        priority=draw(st.sampled_from(list(Priority))),
        reasons=tuple(draw(reasons)),
        due_at=draw(maybe_moment),
        outcome=None if status.is_open else draw(st.sampled_from(list(Outcome))),
        reposts=draw(st.integers(0, 10**6)),
        alike=None,
    )


approvals = st.builds(
    SimpleNamespace,
    who=st.just("U0ANNA"),
    asked=st.lists(st.just("U0KASIA"), min_size=1, max_size=9),
    asked_at=st.just(NOON),
    typed=cleaned,
)


@st.composite
def views(draw: st.DrawFn, case: Case) -> CardView:
    policy = draw(policies)
    return CardView(
        case=draw(cases(case, policy)),
        author=draw(authors),
        posts=draw(st.lists(posts(), max_size=8)),
        earlier=draw(st.tuples(st.integers(0, 999), st.none() | st.sampled_from(list(Outcome)))),
        reply=draw(st.none() | replies),
        asks=draw(st.lists(asks, max_size=3)),
        follow_up=draw(st.none() | follow_ups),
        approval=draw(st.none() | approvals),
        writers=draw(st.lists(st.just("U0ANNA"), max_size=2)),
        alike=draw(st.tuples(st.integers(0, 9999), st.integers(0, 9999))),
        policy=policy,
        network=X({}, {}),
        now=NOON,
    )


def a_card(case: Case, said: list[str], policy: Policy, pictures: tuple[Picture, ...] = ()) -> CardView:
    """A case due at noon, whose author wrote these posts."""
    written = [
        Post(
            id=number, case_id=7, network="x", post_id=f"1999{number}", author_id="1", text=text,
            url="https://x.com/i/status/1999", answers=None, quoted=None, pictures=pictures,
            answerable_by=("acme_help",), ours=False, posted_at=NOON, edited_at=None, deleted_at=None,
        )
        for number, text in enumerate(said)
    ]  # fmt: skip
    return CardView(
        case=replace(case, due_at=NOON),
        author=Author("x", "1", "cust_1", "A Customer"),
        posts=written,
        earlier=(0, None),
        reply=None,
        asks=(),
        follow_up=None,
        approval=None,
        writers=[],
        alike=(0, 0),
        policy=policy,
        network=X({}, {}),
        now=NOON,
    )


def slack_takes(message: Message) -> None:
    check_blocks(message.blocks, lambda url: False)
    assert message.text.strip()
    assert len(message.text) <= MESSAGE_TEXT


def only_staff_are_addressed(message: Message) -> None:
    texts = [message.text, *mrkdwn_texts(message.blocks)]
    assert {target for text in texts for target in pinged(text)} <= set(STAFF)
    for text in texts:
        for markup in re.findall("<([^>]*)>", text):
            assert re.match(r"@[US]0|!date\^|https://(x\.com|slack\.com)/", markup), text
        assert "<" not in re.sub("<[^<>]*>", "", text), text


class TestMessages:
    @settings(max_examples=80, deadline=None)
    @given(data=st.data())
    def test_slack_takes_every_card_and_nobody_but_staff_is_addressed(
        self, case: Case, data: st.DataObject
    ) -> None:
        message = draw_card(data.draw(views(case)))
        slack_takes(message)
        only_staff_are_addressed(message)

    @pytest.mark.parametrize("sign", ["x", "&", "\u202e", " "])
    @settings(max_examples=40, deadline=None)
    @given(number=st.integers(1, 3100), latest=st.integers(1, 1600))
    def test_a_card_shows_its_post_whole_or_offers_to_read_it_all(
        self, case: Case, sign: str, number: int, latest: int
    ) -> None:
        said = [f"a{sign * number}b", f"c{sign * latest}d"]
        message = draw_card(a_card(case, said, policy_with([], 1)))
        texts = [shown(block["text"]["text"]) for block in message.blocks if _is_words(block)]
        offered = any("Read all" in visible_text([block]) for block in message.blocks)
        assert offered or texts == [undirected(text) for text in said]

    @settings(max_examples=50, deadline=None)
    @given(data=st.data())
    def test_slack_takes_every_direct_message(self, case: Case, data: st.DataObject) -> None:
        policy = data.draw(policies)
        matter = messages.Matter(
            data.draw(cases(case, policy)),
            data.draw(authors),
            data.draw(st.lists(posts(), max_size=9)),
            data.draw(st.none() | st.just("https://slack.com/archives/C0MENTIONS/p1")),
        )
        for message in (
            messages.draw_ask(matter, data.draw(asks)),
            messages.draw_follow_up(matter, data.draw(follow_ups)),
            messages.draw_announcement(matter, data.draw(posts())),
        ):
            slack_takes(message)
            only_staff_are_addressed(message)

    @pytest.mark.parametrize("notice", sorted(messages.NOTICES))
    @settings(max_examples=10, deadline=None)
    @given(data=st.data())
    def test_slack_takes_every_notice(self, case: Case, notice: str, data: st.DataObject) -> None:
        matter = messages.Matter(case, data.draw(authors), [], "https://slack.com/archives/C0MENTIONS/p1")
        payload: dict[str, Any] = {
            "notice": notice, "person": "U0ANNA", "case": 7, "by": "U0KASIA", "to": "U0ANNA", "usd": "200",
            "account": "acme", "when": "2026-11-23 12:00 UTC", "channel": "C0MENTIONS", "what": "card:7",
            "owner": "U0ANNA", "area": data.draw(cleaned)[:60], "until_day": 1_795_000_000,
            "due": 1_795_000_000, "since": 1_795_000_000, "until": 1_795_000_600, "minutes": "+180",
            "cause": data.draw(cleaned)[:1000],
            "note": data.draw(cleaned), "problem": data.draw(cleaned)[:1000], "reopened": data.draw(st.booleans()),
        }  # fmt: skip
        message = messages.draw_notice(notice, payload, matter)
        slack_takes(message)
        if notice != "card_refused":  # names its channel
            only_staff_are_addressed(message)

    @pytest.mark.parametrize("sign", ["x", "&", "*"])
    def test_a_card_with_everything_at_its_longest_is_not_too_long_for_slack(
        self, case: Case, sign: str
    ) -> None:
        pictures = tuple(Picture(f"{ROUTES}{number}", sign * 1000) for number in range(4))
        policy = policy_with([f"area {number}" for number in range(20)], 2)
        view = a_card(case, [sign * 25_000] * 3, policy, pictures)
        longest = replace(
            view,
            case=replace(
                view.case, status=Status.ESCALATED, owner="U0ANNA", reasons=(Reason("says", sign * 40),) * 4
            ),
            author=Author("x", "1", "a" * 15, sign * 50, 10**9, f"{ROUTES}a"),
            earlier=(99, Outcome.ANSWERED),
            reply=SimpleNamespace(
                state="unknown", who="U0ANNA", account="acme_help", parts=[sign * 25_000], posts=[],
                problem=None, queued_at=NOON, goes_at=NOON, sent_at=None,
            ),
            asks=[Question(
                id=1, case_id=1, chain=1, expert="U0KASIA", asked_by="U0ANNA", question=sign * 3000, asked_at=NOON,
                due_at=NOON, state=QuestionState.ANSWERED, area=None, asked_back=None, told_back=None,
                answer=sign * 3000, ended_at=NOON + timedelta(hours=1),
            )],
            follow_up=FollowUp(
                id=1, case_id=1, person="U0ANNA", due_at=NOON, note=sign * 3000, state=FollowUpState.PROMISED,
                reminders=0, made_at=NOON, reminded_at=None,
            ),
            approval=SimpleNamespace(
                who="U0ANNA", asked=["U0KASIA"] * 50, asked_at=NOON, typed=sign * 3000
            ),
            writers=["U0ANNA", "U0MARCO"],
        )  # fmt: skip
        message = draw_card(longest)
        assert sum(map(len, visible_text(message.blocks))) <= ALL_BLOCKS
        slack_takes(message)


def _is_words(block: dict[str, Any]) -> bool:
    return block["type"] == "section" and block["text"]["type"] == "plain_text"
