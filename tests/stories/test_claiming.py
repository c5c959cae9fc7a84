"""Taking a case, giving it back, giving it to a colleague."""

import asyncio
import re

from scene import ANNA, KASIA, LAURA, MARCO, Scene


async def test_the_loser_of_a_claim_is_told_who_and_when_by_the_response_url(scene: Scene) -> None:
    scene.writes("@acme_help no signal since Monday")
    card = await scene.card("no signal since Monday")
    await asyncio.gather(*(scene.click(person, card, "claim") for person in (ANNA, MARCO, KASIA, LAURA)))
    losers = await scene.eventually(
        lambda: [p for p in (ANNA, MARCO, KASIA, LAURA) if scene.slack.ephemerals(p)][2:], "three losers"
    )
    assert losers
    owner = (await scene.case())["owner"]
    for loser in {ANNA, MARCO, KASIA, LAURA} - {owner}:
        (told,) = scene.slack.ephemerals(loser)
        assert f"<@{owner}> was faster" in told.plain
        assert re.search(r"since <!date\^\d+\^\{time_secs\}\|", told.plain)
    assert scene.heard(owner) == []
    assert "chat.postEphemeral" not in {call.method for call in scene.slack.calls}
    assert len(await scene.events("claim")) == 1


async def test_the_claim_is_dated_for_readers_without_slacks_date_rendering(scene: Scene) -> None:
    card = await scene.taken("@acme_help no signal here")
    await scene.slack.react(MARCO, card.channel, card.ts, "eyes")
    told = await scene.told(MARCO, "was faster")
    fallback = re.search(r"<!date\^\d+\^[^|]+\|([^>]+)>", told.plain)
    assert fallback
    assert "UTC" in fallback[1]


async def test_eyes_on_a_card_claim_it(scene: Scene) -> None:
    scene.writes("@acme_help my router blinks red")
    card = await scene.card("router blinks red")
    await scene.slack.react(MARCO, card.channel, card.ts, "eyes")
    await scene.shows(card, f"With <@{MARCO}>")
    await scene.slack.react(ANNA, card.channel, card.ts, "eyes")
    told = await scene.told(ANNA, "was faster")
    assert f"<@{MARCO}>" in told.plain
    assert (await scene.case())["owner"] == MARCO


async def test_other_emoji_and_eyes_on_other_messages_claim_nothing(scene: Scene) -> None:
    scene.writes("@acme_help my modem hums")
    card = await scene.card("modem hums")
    remark = await scene.slack.write(ANNA, card.channel, "Has anybody seen this?")
    await scene.slack.react(MARCO, card.channel, remark.ts, "eyes")
    await scene.slack.react(MARCO, card.channel, card.ts, "heart")
    await scene.slack.react(ANNA, card.channel, card.ts, "eyes")
    await scene.shows(card, f"With <@{ANNA}>")
    assert scene.heard(MARCO) == []


async def test_a_reaction_delivered_twice_claims_once_and_tells_nobody(scene: Scene) -> None:
    scene.writes("@acme_help my modem hums")
    card = await scene.card("modem hums")
    await scene.slack.react(MARCO, card.channel, card.ts, "eyes")
    await scene.shows(card, f"With <@{MARCO}>")
    await scene.slack.redeliver(1)
    await scene.quiet()
    assert scene.heard(MARCO) == []
    assert len(await scene.events("claim")) == 1


async def test_a_released_case_can_be_claimed_by_anybody(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.click(ANNA, card, "more", "release")
    card = await scene.shows(card, "Unclaimed")
    assert "claim" in card.button_ids
    await scene.claim(MARCO, card)
    assert [event["who"] for event in await scene.events() if event["what"] in ("claim", "release")] == [
        ANNA,
        ANNA,
        MARCO,
    ]


async def test_a_transferred_case_is_told_to_the_new_owner_and_to_the_former(scene: Scene) -> None:
    card = await scene.taken("@acme_help the app crashes")
    ack = await scene.chooses(MARCO, card, "transfer", {"person": KASIA, "note": "I know <this> customer"})
    assert ack.ok
    await scene.shows(card, f"With <@{KASIA}>")
    given = await scene.told(KASIA, "gave you the case")
    assert f"<@{MARCO}>" in given.plain
    assert "I know &lt;this&gt; customer" in given.plain
    assert f"/archives/{card.channel}/p" in given.plain
    taken = await scene.told(ANNA, "gave your case")
    assert f"<@{MARCO}>" in taken.plain
    assert f"<@{KASIA}>" in taken.plain
    assert scene.heard(MARCO) == []


async def test_a_viewer_and_the_owner_are_refused_beside_the_field_of_a_transfer(scene: Scene) -> None:
    scene.slack.add_user("U0GUEST", "gino", "Gino Ospite", restricted=True)
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "more", "transfer")
    ack = await scene.slack.submit(ANNA, {"person": "U0GUEST", "note": "for you"})
    assert "gino does not work on this desk" in ack.errors["person"]
    ack = await scene.slack.submit(ANNA, {"person": ANNA})
    assert "anna has this case already" in ack.errors["person"]
    assert scene.slack.modal(ANNA).values["note"] == "for you"
    assert (await scene.slack.submit(ANNA, {"person": MARCO})).ok
    await scene.shows(card, f"With <@{MARCO}>")


async def test_a_check_mark_resolves_as_answered_and_the_reason_can_be_corrected(scene: Scene) -> None:
    card = await scene.taken("@acme_help where do I find my contract?")
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await scene.shows(card, "*Resolved*, answered")
    modal = await scene.opens(ANNA, card, "more", "resolve")
    assert modal.values["reason"] == "answered"
    assert (await scene.slack.submit(ANNA, {"reason": "fixed"})).ok
    await scene.shows(card, "*Resolved*, fixed")


async def test_a_check_mark_on_a_resolved_card_leaves_its_reason_alone(scene: Scene) -> None:
    card = await scene.taken("@acme_help where do I find my contract?")
    await scene.opens(ANNA, card, "resolve")
    assert (await scene.slack.submit(ANNA, {"reason": "fixed"})).ok
    await scene.shows(card, "*Resolved*, fixed")
    await scene.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await scene.slack.react(MARCO, card.channel, card.ts, "white_check_mark")
    await scene.told(MARCO, "has this case")
    await scene.quiet()
    assert (await scene.case())["outcome"] == "fixed"


async def test_a_reaction_counts_though_slack_does_not_say_at_once_who_it_was(scene: Scene) -> None:
    scene.writes("@acme_help my modem hums")
    card = await scene.card("modem hums")
    scene.slack.fail("users.info", "5xx", times=2)
    await scene.slack.react(MARCO, card.channel, card.ts, "eyes")
    await scene.shows(card, f"With <@{MARCO}>")
    assert len(await scene.events("claim")) == 1
