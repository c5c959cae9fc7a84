"""What is said in a card's thread, and what details show of a case."""

import asyncio

from demo.slack import Message
from scene import ANNA, BILLING, MARCO, Scene


async def noted(scene: Scene, person: str, card: Message, text: str, times: int = 1) -> Message:
    written = await scene.slack.write(person, card.channel, text, thread_ts=card.ts)
    await scene.recorded("note", times)
    return written


async def history(scene: Scene, card: Message, person: str = ANNA) -> str:
    modal = await scene.opens(person, card, "details")
    return str(modal.plain)


async def test_a_message_in_a_cards_thread_is_a_note_and_never_leaves(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    await noted(scene, MARCO, card, "She called already & is angry, ask <@U0KASIA> *first*")
    shown = await history(scene, card)
    assert "She called already &amp; is angry, ask <@U0KASIA> *first*" in shown
    assert f"📝 <@{MARCO}>" in shown
    await scene.quiet()
    assert scene.x.created == []
    assert scene.slack.thread(card.channel, card.ts)[-1].user == MARCO, "the bot answers nothing"


async def test_a_long_note_is_shortened_outside_its_markup(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    await noted(scene, MARCO, card, "x" * 494 + " <@U0KASIA> knows")
    shown = await history(scene, card)
    assert "x …" in shown
    assert "<@U0K…" not in shown


async def test_a_redelivered_message_is_one_note(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    await noted(scene, MARCO, card, "the courier has lost it")
    await scene.slack.redeliver(1)
    await scene.slack.redeliver(1)
    await noted(scene, MARCO, card, "and found it", times=2)
    assert [event["detail"]["text"] for event in await scene.events("note")] == [
        "the courier has lost it",
        "and found it",
    ]


async def test_talk_outside_a_cards_thread_is_no_note(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    aside = await scene.slack.write(ANNA, card.channel, "lunch?")
    await scene.slack.write(MARCO, card.channel, "at one", thread_ts=aside.ts)
    await noted(scene, MARCO, card, "the courier has lost it")
    (note,) = await scene.events("note")
    assert note["detail"]["text"] == "the courier has lost it"


async def test_a_note_that_is_edited_or_removed_in_slack_stays_what_was_said(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    written = await noted(scene, MARCO, card, "the courier has lost it")
    await scene.slack.edit_message(MARCO, card.channel, written.ts, "nothing happened")
    await noted(scene, MARCO, card, "second", times=2)
    assert [event["detail"]["text"] for event in await scene.events("note")] == [
        "the courier has lost it",
        "second",
    ]


async def test_details_tell_the_history_in_order_and_in_words(scene: Scene) -> None:
    card = await scene.taken("@acme_help my order is late")
    await scene.click(ANNA, card, "more", "release")
    await scene.shows(card, "Unclaimed")
    await scene.click(MARCO, card, "priority", "urgent")
    await scene.recorded("priority")
    shown = await history(scene, card)
    lines = ["Opened by a new mention", "took the case", "gave it back", "changed the priority from"]
    places = [shown.index(line) for line in lines]
    assert places == sorted(places)
    assert "my order is late" in shown
    assert f"/archives/{card.channel}/p" in shown


async def test_every_character_of_a_very_long_post_can_be_read_in_details(scene: Scene) -> None:
    words = [f"word{number}&<co>" for number in range(1600)]
    text = f"@acme_help {' '.join(words)}"
    assert 20_000 < len(text) < 25_000
    scene.writes(text)
    card = await scene.card("word17&amp;")
    assert "word1599" not in card.plain
    assert "Read all" in card.plain
    modal = await scene.opens(ANNA, card, "details")
    shown = modal.plain.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">")
    assert [word for word in words if word not in shown] == []


async def test_a_very_long_conversation_shows_its_first_post_and_its_latest(scene: Scene) -> None:
    first = scene.writes("@acme_help my very first words")
    card = await scene.card("very first words")
    for number in range(60):
        scene.writes(f"@acme_help and still {number}.", reply_to=first.id)
    await scene.shows(card, "still 59.")
    shown = await history(scene, card)
    assert "my very first words" in shown
    assert "still 59." in shown
    assert "posts in between are not shown" in shown


async def test_what_a_viewer_says_in_a_thread_is_not_kept(scene: Scene) -> None:
    scene.slack.add_user("U0GUEST", "gino", "Gino Ospite", restricted=True)
    card = await scene.taken("@acme_help my order is late")
    await scene.slack.join("U0GUEST", card.channel)
    await scene.slack.write("U0GUEST", card.channel, "just passing by", thread_ts=card.ts)
    await noted(scene, MARCO, card, "the courier has lost it")
    (note,) = await scene.events("note")
    assert note["who"] == MARCO


async def test_a_note_in_the_thread_of_a_card_that_is_just_moving_is_kept(scene: Scene) -> None:
    card = await scene.taken("@acme_help a question about nothing")
    await scene.slack.write(ANNA, card.channel, "before", thread_ts=card.ts)
    scene.slack.fail("chat.delete", "5xx", times=3)
    await scene.click(ANNA, card, "area", "billing")
    await scene.card("about nothing", channel=BILLING)
    await scene.slack.write(ANNA, card.channel, "meanwhile", thread_ts=card.ts)
    kept = await scene.recorded("note", 2)
    assert [event["detail"]["text"] for event in kept] == ["before", "meanwhile"]


async def test_a_note_that_could_not_be_kept_is_not_acked_and_comes_again(scene: Scene) -> None:
    card = await scene.taken("@acme_help a question about nothing")
    async with scene.app.desk.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE events RENAME TO events_gone")
    await scene.slack.write(ANNA, card.channel, "do not lose me", thread_ts=card.ts)
    await asyncio.sleep(0.1)
    async with scene.app.desk.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE events_gone RENAME TO events")
    (kept,) = await scene.recorded("note")
    assert kept["detail"]["text"] == "do not lose me"
