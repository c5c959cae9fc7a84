"""Whatever a customer writes is shown, and nothing of it is obeyed."""

import re
from pathlib import Path

import pytest

from scene import ANNA, KASIA, MENTIONS, Scene, a_scene

HOSTILE = {
    "pings": "<!channel> <!here> <!everyone> <@U0ANNA> <!subteam^S0BILLING> @channel",
    "links": "<https://evil.example|click me> <mailto:desk|mail> [md](https://evil.example)",
    "markup": "*bold* _slanted_ ~struck~ `code` ```\nblock\n``` > quote\n>>> more",
    "entities": "&lt;!channel&gt; &amp;lt;!here&amp;gt; AT&T <3 a<b>c",
    "right to left": "\u202eevil\u202c \u2066abc\u2069 שלום עולם مرحبا بالعالم \u200f\u200e",
    "joined emoji": "👨‍👩‍👧‍👦 🏳️‍🌈 👩🏽‍💻 " + "👨‍👩‍👧‍👦" * 60,
    "marks": "Z̸͓̈a̵l̶g̷o̴ " + "a" + "\u0301" * 200,
    "NUL": "before\x00after \x01\x02\x1b[31m red",
    "emoji names": ":smile: :tada: :+1:",
    "dates": "<!date^1392734382^{date_num}|today>",
    "one word": "x" * 260,
    "newlines": "\n" * 40 + "end of it",
}


async def whole_and_silent(scene: Scene) -> None:
    """Cards stand, nobody was pinged, nothing was refused."""
    await scene.quiet()
    assert [ping for ping in scene.slack.pings if ping.target not in (ANNA, KASIA)] == []
    refused = [call for call in scene.slack.calls if call.outcome not in ("ok",)]
    assert refused == []


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_text_is_shown_and_not_obeyed(scene: Scene, text: str) -> None:
    scene.writes(f"@acme_help marker {text}")
    card = await scene.card("marker")
    await whole_and_silent(scene)
    assert scene.slack.pings == []
    assert "<!" not in re.sub(r"<!date\^\d+\^[^>]*>", "", card.plain), "only our own dates are markup"
    assert "<https://evil" not in card.plain

    scene.writes(f"@acme_help further {text}")
    await scene.eventually(lambda: scene.slack.thread(card.channel, card.ts), "an announcement")
    await scene.opens(ANNA, card, "details")
    await scene.slack.close_modal(ANNA)
    await scene.opens(ANNA, card, "reply")
    await whole_and_silent(scene)
    assert [ping for ping in scene.slack.pings if "is writing an answer" not in ping.text] == []


async def test_the_words_survive_the_escaping(scene: Scene) -> None:
    scene.writes("@acme_help AT&T <3 you & <b>me</b> *so* _much_ `today`")
    card = await scene.card("AT&amp;T")
    shown = "\n".join(one["text"]["text"] for one in card.blocks if one["type"] == "section")
    for sign in "*_`~":
        shown = shown.replace(f"{sign}\u200b", sign).replace(f"\u200b{sign}", sign)
    assert "AT&amp;T &lt;3 you &amp; &lt;b&gt;me&lt;/b&gt;" in shown


async def test_a_post_of_25000_characters_is_cut_on_the_card_and_whole_in_details(scene: Scene) -> None:
    text = "@acme_help " + "".join(f"word{number} " for number in range(3000)) + "& <the> end"
    assert len(text) > 25_000
    scene.writes(text)
    card = await scene.card("word1 word2")
    await whole_and_silent(scene)
    assert "Read all" in card.plain
    assert "word2900" not in card.plain
    modal = await scene.opens(ANNA, card, "details")
    assert "word2900" in modal.plain, "Details shows all of it"
    assert "&lt;the&gt; end" in modal.plain


async def test_a_post_of_25000_signs_that_grow_when_escaped_stays_under_slacks_limits(scene: Scene) -> None:
    scene.writes("@acme_help marker " + "<&>" * 8_400)
    card = await scene.card("marker")
    scene.writes("@acme_help again " + "<&>" * 8_400)
    await scene.shows(card, "again")
    await scene.opens(ANNA, card, "reply")
    await whole_and_silent(scene)


async def test_half_a_surrogate_pair_does_no_harm(scene: Scene) -> None:
    scene.writes("@acme_help marker \ud83d alone \udc00")
    card = await scene.card("marker")
    assert "alone" in card.plain
    await whole_and_silent(scene)


async def test_a_hostile_name_is_shown_and_not_obeyed(scene: Scene) -> None:
    scene.x.add_profile("nasty", "<!channel> *`_~ \u202e " + "N" * 300, followers=10**9)
    scene.writes("@acme_help marker", handle="nasty")
    card = await scene.claim(ANNA, await scene.card("marker"))
    await scene.opens(ANNA, card, "escalate")
    await scene.slack.submit(ANNA, {"expert": KASIA, "question": "<!channel> what *now*?"})
    await scene.told(KASIA, "what")
    await whole_and_silent(scene)
    assert "<!channel>" not in [ping.target for ping in scene.slack.pings]


@pytest.mark.parametrize("what", ["avatar", "picture"])
async def test_a_picture_that_slack_cannot_fetch_costs_the_picture_and_not_the_card(
    tmp_path: Path, what: str
) -> None:
    async with a_scene(tmp_path) as scene:
        bad = f"{scene.playground.url}/unfetchable/{what}.png"
        scene.x.add_profile("painter", "Pat Painter", avatar=bad if what == "avatar" else None)
        scene.writes("@acme_help see here", handle="painter", media=[bad] if what == "picture" else [])
        card = await scene.card("see here")
        assert "unfetchable" not in str(card.blocks)
        card = await scene.claim(ANNA, card)
        await scene.quiet()
        assert len(scene.slack.messages(MENTIONS)) == 1
        assert ("can't show" in card.plain) == (what == "picture")


async def test_a_picture_that_can_no_longer_be_fetched_does_not_freeze_the_card(scene: Scene) -> None:
    picture = f"{scene.playground.url}/page/avatar/router.svg"
    scene.writes("@acme_help see here", media=[picture])
    card = await scene.card("see here")
    scene.slack.app.unfetchable = lambda url: "router" in url
    await scene.claim(ANNA, card)


async def test_a_picture_without_an_address_is_left_out(scene: Scene) -> None:
    scene.writes("@acme_help see here", media=["javascript:alert(1)", "x" * 5000])
    await scene.card("see here")
    await whole_and_silent(scene)
