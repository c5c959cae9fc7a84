"""What leaves in the brand's name: weighted length, signature, checks and parts."""

import re
import subprocess
import sys
import time
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.networks.x.length import MEASURE
from triage.replies import compose as composing
from triage.replies.compose import MAX_PARTS, Unsendable, check, sign

LIMIT = MEASURE.limit
weighted_length = MEASURE.length


def compose(text: str, signature: str = "") -> tuple[str, ...]:
    return composing.compose(text, signature, MEASURE)


def split(text: str, signature: str = "", limit: int = LIMIT) -> tuple[str, ...]:
    return composing.split(text, signature, replace(MEASURE, limit=limit))


# Its import needs what triage.replies.compose lends it.
parse_tweet = sys.modules["twitter_text"].parse_tweet

FAMILY, FLAG, WAVE = "👨‍👩‍👧‍👦", "🇮🇹", "👋🏽"
LINK = "https://acme.example.com/status/12345?case=7"


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("Hello Anna", 10, id="Latin"),
        pytest.param("è più là, zażółć", 16, id="letters with accents"),
        pytest.param("e\u0301", 1, id="an accent apart is composed first"),
        pytest.param("Привет", 6, id="Cyrillic"),
        pytest.param("שלום", 4, id="Hebrew"),
        pytest.param("สวัสดี", 6, id="Thai"),
        pytest.param("日本語", 6, id="Chinese characters"),
        pytest.param("カタカナ", 8, id="kana"),
        pytest.param("한국어", 6, id="Korean"),
        pytest.param("。", 2, id="CJK punctuation"),
        pytest.param("“quoted” — ‘so’", 15, id="typographic punctuation"),
        pytest.param("…", 2, id="the ellipsis counts two"),
        pytest.param("20 €", 5, id="a currency sign counts two"),
        pytest.param("™", 2, id="trademark"),
        pytest.param("©", 2, id="copyright is an emoji"),
        pytest.param("😀", 2, id="an emoji"),
        pytest.param("❤️", 2, id="an emoji with its selector"),
        pytest.param(WAVE, 2, id="a skin tone"),
        pytest.param(FLAG, 2, id="a flag"),
        pytest.param("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2, id="a flag of tags"),
        pytest.param("1️⃣", 2, id="a keycap"),
        pytest.param(FAMILY, 2, id="a joined family"),
        pytest.param("👩🏽‍🤝‍👨🏿", 2, id="a joined couple with skin tones"),
        pytest.param(FLAG + WAVE + FAMILY, 6, id="emoji side by side"),
        pytest.param("https://a.co", 23, id="a short link"),
        pytest.param("https://example.com/" + "long/" * 100, 23, id="a long link"),
        pytest.param("http://example.com:8080/a?b=c#d", 23, id="a link with everything"),
        pytest.param("example.com", 23, id="a bare domain"),
        pytest.param("see acme.it/help now", 31, id="a link among words"),
        pytest.param("(https://example.com).", 26, id="a link in brackets"),
        pytest.param("anna@example.com", 16, id="an address is no link"),
        pytest.param("a…b.c, 9.30", 12, id="dots are no links"),
        pytest.param("page.notadomain", 15, id="an unknown ending is no link"),
        pytest.param("日本example.com日本", 31, id="a link between characters"),
        pytest.param("https://example.com/1️⃣", 27, id="a keycap broken by a link"),
        pytest.param("a\r\nb\nc", 5, id="line ends"),
        pytest.param("a\ud83d", 3, id="half an emoji"),
    ],
)
def test_the_weighted_length_is_what_x_counts(text: str, weight: int) -> None:
    assert weighted_length(text) == weight


WORDS = [
    *("Ciao,", "we're", "sorry!", "Dziękuję.", "zażółć", "line", "e\u0301te\u0301", "x" * 40, "12\u00a0€"),
    *("日本語。", "「テスト」", "한국어", "สวัสดี", "नमस्ते"),
    *("@acme_help", "#help", "#日本語", "^AB", "1/2", "a.b.c", "…", "—", "(see", "below)"),
    *("example.com", "https://a.co/x", LINK, "anna@example.com"),
    *("😀", FAMILY, FLAG, WAVE, "1️⃣", "©"),
]
GAPS = [" ", " ", " ", "\n", "\n\n", "  ", "\u00a0", "", "", ". ", "/", "-", "\u200d", "\u0301"]


@st.composite
def messages(draw: st.DrawFn) -> str:
    """Made of what staff type, glued in usual and unusual ways."""
    fewest = draw(st.sampled_from([0, 0, 40, 100]))
    pieces = draw(
        st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(GAPS)), min_size=fewest, max_size=130)
    )
    return "".join(word + gap for word, gap in pieces)


sendable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
signatures = st.sampled_from(["", "^AB", "-Anna", "*日本", "/AB 😀"])


@given(messages() | sendable)
@settings(deadline=None)
def test_our_count_is_twitter_texts(text: str) -> None:
    assert weighted_length(text) == parse_tweet(text).weightedLength


@given(st.text(st.characters(), max_size=80))
def test_any_string_has_a_weighted_length(text: str) -> None:
    assert weighted_length(text) >= 0


@pytest.mark.parametrize("text", ["é." * 1200, "www." * 600, "日本." * 800, "a.-" * 800, "." * 2500])
def test_long_dotted_runs_do_not_hold_up_the_desk(text: str) -> None:
    began = time.perf_counter()
    assert weighted_length(text) >= len(text)
    split(text)
    assert time.perf_counter() - began < 1


def test_twitter_text_loads_where_setuptools_is_absent_or_new() -> None:
    program = "import sys; sys.modules['pkg_resources'] = None; import triage.replies.compose"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=30)


@pytest.mark.parametrize(
    ("template", "signature"),
    [
        ("^{initials}", "^AB"),
        ("-{name}", "-Anna B."),
        ("", ""),
        ("  ", ""),
        ("The Acme team", "The Acme team"),
        ("{name} ({initials})", "Anna B. (AB)"),
        ("{{{initials}}}", "{AB}"),
    ],
)
def test_a_signature_follows_its_template(template: str, signature: str) -> None:
    assert sign(template, initials="AB", name=" Anna \n B.") == signature


@pytest.mark.parametrize(
    "template",
    [
        "^{initial}",
        "{}",
        "{0}",
        "{",
        "}",
        "{initials",
        "{initials.upper}",
        "{name[0]}",
        "{name!r}",
        "{name:>9}",
    ],
)
def test_a_template_holds_initials_name_and_plain_text_only(template: str) -> None:
    with pytest.raises(ValueError, match=r"may hold \{initials\} and \{name\}"):
        sign(template, initials="AB", name="Anna")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  Hello  \n", "Hello"),
        ("one  \r\ntwo\t\rthree", "one\ntwo\nthree"),
        ("soft\vbreak\u2028line", "soft\nbreak\nline"),
        ("cafe\u0301", "café"),
        ("a\tb", "a b"),
        (FAMILY, FAMILY),
        ("\u200fשלום\u200e", "\u200fשלום\u200e"),
        (".", "."),
    ],
)
def test_a_text_is_cleaned_before_it_leaves(text: str, clean: str) -> None:
    assert check(text) == clean


@pytest.mark.parametrize("text", ["", " \n\t ", "\u00a0", "\u200b", "\u200d\ufe0f"])
def test_an_empty_reply_is_refused(text: str) -> None:
    with pytest.raises(Unsendable, match="The reply is empty"):
        check(text)


@pytest.mark.parametrize(
    "char",
    ["\0", "\x07", "\x1b", "\x7f", "\ud800", "\u202a", "\u202e", "\u2066", "\u2069", "\ufeff"],
)
def test_a_hidden_character_is_refused_and_located(char: str) -> None:
    with pytest.raises(Unsendable, match=rf"^After “your order” .* \(U\+{ord(char):04X}\)"):
        check(f"About your order {char}1234")
    with pytest.raises(Unsendable, match="The text starts with a hidden character"):
        check(f"{char}1234")


@given(messages() | sendable)
def test_a_checked_text_stays_as_it_is(text: str) -> None:
    try:
        clean = check(text)
    except Unsendable:
        return
    assert check(clean) == clean


def test_a_short_reply_is_one_signed_post() -> None:
    assert compose(" Hello Anna, please restart it. ", "^AB") == ("Hello Anna, please restart it. ^AB",)
    assert compose("Hello", "") == ("Hello",)


def test_a_signature_typed_by_hand_is_not_repeated() -> None:
    assert compose("Hello Anna\n^AB", "^AB") == ("Hello Anna ^AB",)
    assert compose("Hello Anna^AB", "^AB") == ("Hello Anna^AB ^AB",)


def test_a_signature_alone_is_refused() -> None:
    with pytest.raises(Unsendable, match="only the signature"):
        compose(" ^AB ", "^AB")


def test_a_hidden_character_in_the_signature_is_refused() -> None:
    with pytest.raises(Unsendable, match="hidden character"):
        compose("Hello", "-An\u202ena")


def test_a_signature_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(Unsendable, match="signature is too long"):
        compose("Hello " * 100, "-" + "Anna" * 70)


@pytest.mark.parametrize("word", ["word ", "Una frase intera di prova. ", "日本語", "x"])
def test_a_reply_too_long_says_how_much_to_cut_and_that_is_enough(word: str) -> None:
    text = (word * 4000)[:4000].strip()
    with pytest.raises(Unsendable, match=r"^The reply needs \d+ posts; 10 is the most\.") as refusal:
        compose(text, "^AB")
    surplus = int(re.findall(r"\d+", str(refusal.value))[-1])
    assert len(compose(text[:-surplus], "^AB")) == MAX_PARTS
    with pytest.raises(Unsendable, match="Shorten it by 1 character"):
        compose(text[: 1 - surplus], "^AB")


def test_a_long_reply_is_cut_after_a_sentence_and_signed_at_its_very_end() -> None:
    first = "We are sorry for the trouble with your line. " * 5
    second = "A technician looks at it tomorrow morning. " * 2
    parts = compose(first + second, "^AB")
    assert parts == (
        f"{first}A technician looks at it tomorrow morning. 1/2",
        "A technician looks at it tomorrow morning. 2/2 ^AB",
    )


@pytest.mark.parametrize(
    ("text", "end"),
    [
        pytest.param("word " * 40 + "end. " + "Word " * 30, "end.", id="a sentence"),
        pytest.param("word " * 40 + "end! 😀 " + "Word " * 30, "end! 😀", id="its emoji goes along"),
        pytest.param("word " * 40 + "end\n\n" + "word " * 30, "end", id="a paragraph"),
        pytest.param("word " * 40 + "(end.) " + "Word " * 30, "(end.)", id="a bracket"),
        pytest.param("Hi. " + "word " * 70, "word", id="a greeting does not go alone"),
        pytest.param("word " * 45 + "np. end " + "word " * 30, "word", id="an abbreviation ends nothing"),
        pytest.param("字" * 100 + "。" + "字" * 50, "。", id="a Japanese sentence"),
        pytest.param("字" * 135 + "」" + "字" * 50, "字", id="closing punctuation stays"),
    ],
)
def test_parts_end_where_a_reader_would_pause(text: str, end: str) -> None:
    first, _second = bodies(split(text, "^AB"), "^AB")
    assert first.endswith(end)


def test_no_post_is_spent_for_the_sake_of_a_sentence() -> None:
    text = "A short one. " + "word " * 106
    assert weighted_length(text) > LIMIT * 1.9
    assert len(split(text)) == 2


def test_a_no_break_space_is_no_place_to_cut() -> None:
    text = "word " * 54 + "12\u00a0000\u00a0€ " + "word " * 5
    assert any("12\u00a0000\u00a0€" in part for part in split(text))


@pytest.mark.parametrize(
    "cluster", [FAMILY, FLAG, WAVE, "é̂", "한", "\u1112\u1161\u11ab", "क्षि", "กำ", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
)
@pytest.mark.parametrize("lead", ["", "x", "xx"])
def test_even_an_endless_word_is_cut_between_characters(cluster: str, lead: str) -> None:
    parts = split(lead + cluster * 400, "^AB")
    first, *rest = bodies(parts, "^AB")
    assert rest
    assert [first.removeprefix(lead), *rest] == [
        cluster * (len(body) // len(cluster)) for body in [first.removeprefix(lead), *rest]
    ]


@pytest.mark.parametrize("whole", [LINK, "https://example.com/" + "a" * 300, "@acme_help", "#お問い合わせ"])
@pytest.mark.parametrize("lead", range(0, 40, 3))
def test_links_handles_and_hashtags_stay_whole_within_endless_words(whole: str, lead: int) -> None:
    text = "字" * (100 + lead) + "、" + whole + "、" + "字" * 100
    assert any(whole in part for part in split(text))


@given(messages(), signatures, st.sampled_from([140, LIMIT]))
@example("a" * 275 + "@example.com" * 9, "", LIMIT)
@example("\u00a0" * 900 + "x", "^AB", LIMIT)
@example("e" + "\u0301" * 900, "^AB", LIMIT)
@settings(max_examples=200, deadline=None)
def test_parts_fit_are_numbered_signed_and_say_the_whole_text(text: str, signature: str, limit: int) -> None:
    parts = split(text, signature, limit)
    assert all(parse_tweet(part).weightedLength <= limit for part in parts)
    assert bool(parts) == bool(text.strip())
    assert_same_text(text, bodies(parts, signature))


def test_a_cut_that_makes_a_link_of_what_was_none_is_made_elsewhere() -> None:
    text = "字" * 80 + "example.com" + "字" * 61 + "example.com" + "字" * 90
    parts = split(text)
    assert all(parse_tweet(part).weightedLength <= LIMIT for part in parts)
    assert sum(part.count("example.com") for part in parts) == 2


@given(messages(), signatures)
@settings(max_examples=200, deadline=None)
def test_words_of_usual_length_are_never_cut(text: str, signature: str) -> None:
    words = re.findall(r"[^\s。]+", text)
    if any(weighted_length(word) > 200 for word in words):
        return
    whole = "\n".join(split(text, signature))
    cjk = re.compile("[\u3040-\u30ff\u4e00-\u9fff]{2}")
    assert all(word in whole for word in words if not cjk.search(word))


@given(st.lists(st.sampled_from(["a", "four", "seventh", "quite-a-long-word", "😀", "日"]), max_size=300))
@settings(deadline=None)
def test_no_way_of_cutting_at_words_needs_fewer_posts(words: list[str]) -> None:
    parts = split(" ".join(words), "^AB")
    if 1 < len(parts) < 10:
        assert len(parts) <= posts_when_filled_word_by_word(words, LIMIT - len(" 1/2"), len(" ^AB"))


def posts_when_filled_word_by_word(words: list[str], room: int, tail: int) -> int:
    posts, filled = 1, 0
    for word in words:
        weight = weighted_length(word)
        if filled and filled + 1 + weight > room:
            posts, filled = posts + 1, 0
        filled += weight + (1 if filled else 0)
    return posts + (filled + tail > room)


def bodies(parts: tuple[str, ...], signature: str) -> list[str]:
    """The parts without their signature and numbers, which must be right."""
    if not parts:
        return []
    ending = f" {signature}" if signature else ""
    assert parts[-1].endswith(ending)
    unsigned = [*parts[:-1], parts[-1].removesuffix(ending)]
    if len(parts) == 1:
        return unsigned
    numbers = [f" {number}/{len(parts)}" for number in range(1, len(parts) + 1)]
    assert all(part.endswith(number) for part, number in zip(unsigned, numbers, strict=True))
    return [part.removesuffix(number) for part, number in zip(unsigned, numbers, strict=True)]


def assert_same_text(text: str, pieces: list[str]) -> None:
    """The pieces follow each other in the text, with nothing but white space lost between them."""
    place = 0
    for piece in pieces:
        assert piece.strip()
        found = text.index(piece, place)
        assert not text[place:found].strip()
        place = found + len(piece)
    assert not text[place:].strip()


@given(messages(), signatures)
@settings(max_examples=100, deadline=None)
def test_what_is_composed_is_clean_and_within_x_limits(text: str, signature: str) -> None:
    try:
        parts = compose(text, signature)
    except Unsendable:
        return
    assert 1 <= len(parts) <= MAX_PARTS
    assert all(parse_tweet(part).valid and unicodedata.is_normalized("NFC", part) for part in parts)


def test_a_text_of_2500_characters_is_split_within_60_ms() -> None:
    texts = [
        f"Gentile {number}, ci dispiace: la segnalazione è aperta 😀. Vedi {LINK}{number} oppure scrivici. "
        for number in range(100)
    ]
    times = []
    for _attempt in range(5):
        text = "".join(texts)[:2500]
        texts.reverse()
        began = time.perf_counter()
        split(text, "^AB")
        times.append(time.perf_counter() - began)
    assert min(times) < 0.06
