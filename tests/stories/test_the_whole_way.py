"""The main job from end to end: a mention becomes a card, and the card a resolved case."""

from pathlib import Path

from scene import ANNA, BILLING, KASIA, MARCO, Scene, a_scene, policy_with


async def test_a_mention_becomes_a_card_and_the_card_a_resolved_case(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=0)) as scene:
        post = scene.writes("@acme_help I was charged twice on my invoice, please help")
        card = await scene.card("charged twice", channel=BILLING)
        assert {"claim", "reply", "escalate", "resolve", "details"} <= set(card.button_ids)

        await scene.claim(ANNA, card)
        await scene.opens(ANNA, card, "escalate")
        ack = await scene.slack.submit(ANNA, {"expert": KASIA, "question": "Is it a known double charge?"})
        assert ack.ok
        assert not ack.errors
        await scene.shows(card, "With an expert")

        question = await scene.told(KASIA, "known double charge")
        await scene.slack.click(KASIA, question.channel, question.ts, "answer")
        await scene.modal(KASIA)
        assert (await scene.slack.submit(KASIA, {"text": "Yes: the second one is refunded by Friday."})).ok
        await scene.told(ANNA, "answered your question")
        await scene.shows(card, "refunded by Friday")

        modal = await scene.opens(ANNA, card, "reply")
        assert modal.values["text"] == "Yes: the second one is refunded by Friday."
        assert (await scene.slack.submit(ANNA, {})).ok
        assert (await scene.slack.submit(ANNA)).ok
        reply = await scene.said("refunded by Friday")
        assert reply.reply_to == post.id
        assert reply.text.endswith("^AB")
        await scene.shows(card, "see it on X")

        await scene.opens(ANNA, card, "more", "follow_up")
        tomorrow = (scene.now().date()).isoformat()
        ack = await scene.slack.submit(ANNA, {"date": tomorrow, "time": "00:00", "note": "Refund arrived?"})
        assert "passed" in ack.errors["date"]
        assert (
            (await scene.slack.submit(ANNA, {"date": "2099-01-01"}))
            .errors["date"]
            .startswith("That is more than")
        )
        soon = scene.playground.clock.now().replace(hour=0, minute=0)
        day_after = soon.fromtimestamp(soon.timestamp() + 2 * 86400, soon.tzinfo).date().isoformat()
        assert (
            await scene.slack.submit(ANNA, {"date": day_after, "time": "09:00", "note": "Refund arrived?"})
        ).ok
        await scene.shows(card, "follows up")

        scene.skip(days=3)
        reminder = await scene.told(ANNA, "promised to come back")
        assert "Refund arrived?" in reminder.plain
        await scene.slack.click(ANNA, reminder.channel, reminder.ts, "done")
        await scene.shows(card, "Resolved")

        scene.writes("@acme_help it happened again!", reply_to=reply.id)
        await scene.shows(card, f"With <@{ANNA}>")
        await scene.told(ANNA, "open again")
        announced = await scene.eventually(
            lambda: scene.slack.thread(card.channel, card.ts), "an announcement"
        )
        assert "happened again" in announced[0].plain


async def test_two_people_claiming_at_once_have_one_winner_and_one_told(scene: Scene) -> None:
    import asyncio

    scene.writes("@acme_help no signal at all")
    card = await scene.card("no signal at all")
    await asyncio.gather(scene.click(ANNA, card, "claim"), scene.click(MARCO, card, "claim"))
    winner = await scene.eventually(
        lambda: next((p for p in (ANNA, MARCO) if f"With <@{p}>" in scene.again(card).plain), None),
        "an owner",
    )
    loser = MARCO if winner == ANNA else ANNA
    told = await scene.told(loser, "was faster")
    assert f"<@{winner}>" in told.plain
    assert len(await scene.events("claim")) == 1
