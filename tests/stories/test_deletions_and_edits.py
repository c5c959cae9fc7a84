"""What its author deletes or changes on X is deleted or changed here, wherever it stands."""

import json
from pathlib import Path

from db.sql import tables
from handlers.desk.intake import forget
from scene import ANNA, BILLING, CHANNELS, KASIA, LAURA, MARCO, Scene, a_scene, policy_with

EVERYBODY = (ANNA, MARCO, KASIA, LAURA)


def all_of_slack(scene: Scene) -> str:
    """Everything that anybody can read: channels, threads, direct messages, Homes, open modals."""
    slack, seen = scene.slack, []
    places = [*CHANNELS, *(slack.dm_id(person) for person in EVERYBODY)]
    for place in places:
        for root in slack.messages(place):
            seen += [root, *slack.thread(place, root.ts)]
    views = [view for person in EVERYBODY for view in (slack.home(person), slack.modal(person)) if view]
    return json.dumps(
        [[one.text, one.plain, list(one.blocks)] for one in seen] + [[view.plain] for view in views]
    )


async def recheck(scene: Scene) -> None:
    """A day later everything stored is looked up again."""
    assert scene.app is not None
    scene.skip(hours=24)
    await scene.app.runner.poller.recheck(scene.app.runner.sources[0].network)


async def test_a_deleted_post_is_nowhere_in_slack_any_more(scene: Scene) -> None:
    first = scene.writes("@acme_help my invoice secretphrase is wrong")
    card = await scene.card("secretphrase", channel=BILLING)
    await scene.claim(ANNA, card)
    await scene.opens(ANNA, card, "escalate")
    await scene.slack.submit(ANNA, {"expert": KASIA, "question": "What do we say?"})
    question = await scene.told(KASIA, "What do we say?")
    second = scene.writes("@acme_help again, secretphrase!", reply_to=first.id)
    await scene.eventually(lambda: scene.slack.thread(card.channel, card.ts), "an announcement")
    await scene.quiet()
    assert "secretphrase" in scene.again(question).plain
    assert "secretphrase" in all_of_slack(scene)

    scene.x.delete(second.id)
    scene.x.delete(first.id)
    await recheck(scene)
    await scene.shows(card, "deleted this post on X")
    await scene.quiet()
    assert "secretphrase" not in all_of_slack(scene)
    assert len(scene.again(card).blocks) == 1
    assert not scene.again(question).button_ids or "answer" not in scene.again(question).button_ids
    assert "secretphrase" not in json.dumps(await scene.rows(tables.mentions), default=str)
    case = await scene.case()
    assert (case["status"], case["outcome"]) == ("dismissed", "deleted")
    await scene.told(ANNA, "deleted their post")


async def test_one_of_two_posts_deleted_leaves_the_case_open_with_the_other(scene: Scene) -> None:
    first = scene.writes("@acme_help the first words")
    card = await scene.card("the first words")
    scene.writes("@acme_help the second words")
    await scene.shows(card, "the second words")
    scene.x.delete(first.id)
    await recheck(scene)
    card = await scene.lacks(card, "the first words")
    assert "the second words" in card.plain
    assert "the first words" not in card.text
    assert (await scene.case())["status"] == "new"


async def test_a_deletion_is_noticed_when_the_reply_modal_opens(scene: Scene) -> None:
    post = scene.writes("@acme_help shall I be answered?")
    card = await scene.claim(ANNA, await scene.card("shall I be answered?"))
    scene.x.delete(post.id)
    modal = await scene.opens(ANNA, card, "reply")
    await scene.eventually(lambda: "deleted" in scene.slack.modal(ANNA).plain, "a warning in the modal")
    assert "shall I be answered?" not in scene.slack.modal(ANNA).plain
    assert modal.callback_id == "reply"
    await scene.shows(card, "deleted this post on X")


async def test_a_reply_to_a_post_deleted_meanwhile_is_not_sent_and_its_text_is_kept(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=60)) as scene:
        kept = scene.writes("@acme_help the older question")
        card = await scene.card("the older question")
        post = scene.writes("@acme_help the newer question")
        card = await scene.shows(card, "the newer question")
        await scene.claim(ANNA, card)
        await scene.reply(ANNA, card, "Our carefully typed answer")
        await scene.shows(card, "Undo")
        scene.x.delete(post.id)
        scene.skip(minutes=2)
        await scene.told(ANNA, "did not go out")
        assert scene.ours() == []
        modal = await scene.opens(ANNA, card, "reply")
        assert modal.values["text"] == "Our carefully typed answer"
        await scene.sends(ANNA, "Our carefully typed answer")
        scene.skip(minutes=2)
        assert (await scene.said("Our carefully typed answer")).reply_to == kept.id


async def test_the_only_post_deleted_before_the_reply_leaves(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=60)) as scene:
        post = scene.writes("@acme_help the only question")
        card = await scene.claim(ANNA, await scene.card("the only question"))
        await scene.reply(ANNA, card, "Nobody will read this")
        await scene.shows(card, "Undo")
        scene.x.delete(post.id)
        scene.skip(minutes=2)
        await scene.shows(card, "deleted this post on X")
        await scene.quiet()
        assert scene.ours() == []
        assert "the only question" not in all_of_slack(scene)


async def test_an_edited_post_is_drawn_anew(scene: Scene) -> None:
    post = scene.writes("@acme_help my router is blue")
    card = await scene.card("my router is blue")
    scene.x.edit(post.id, "@acme_help my router is green")
    card = await scene.shows(card, "my router is green")
    assert "blue" not in card.plain
    assert "Edited" in card.plain
    assert len(await scene.rows(tables.mentions)) == 1
    assert len(await scene.events("edited")) == 1


async def test_an_edit_noticed_by_the_daily_look_is_drawn_anew(scene: Scene) -> None:
    assert scene.app is not None
    post = scene.writes("@acme_help my router is blue")
    card = await scene.card("my router is blue")
    for task in scene.app.runner.tasks:
        if task.get_name().startswith("x:"):
            task.cancel()
    scene.x.edit(post.id, "@acme_help my router is green")
    await recheck(scene)
    await scene.shows(card, "my router is green")


async def test_a_post_that_x_neither_shows_nor_calls_gone_is_not_asked_for_again_at_once(
    scene: Scene,
) -> None:
    assert scene.app is not None
    scene.writes("@acme_help about to hide")
    card = await scene.card("about to hide")
    hidden = scene.x.profile("anna_test")
    object.__setattr__(hidden, "protected", True)
    await recheck(scene)
    poller, network = scene.app.runner.poller, scene.app.runner.sources[0].network
    assert await poller.recheck(network) == 0, "it was looked up a moment ago"
    assert "about to hide" in scene.again(card).plain


async def test_a_forgotten_author_is_gone_and_does_not_come_back(scene: Scene) -> None:
    assert scene.app is not None
    scene.writes("@acme_help forget my invoice please", handle="forget_me")
    card = await scene.card("forget my invoice", channel=BILLING)
    await scene.claim(ANNA, card)
    scene.writes("@acme_help soon, please", handle="forget_me")
    await scene.told(ANNA, "wrote again")
    scene.writes("@acme_help I may stay", handle="stays")
    other = await scene.card("I may stay")
    await scene.quiet()

    assert await forget.forget(scene.app.desk, "@Forget_Me") == 1
    await scene.eventually(lambda: not scene.slack.messages(BILLING), "the card's removal")
    await scene.quiet()
    for source in scene.app.runner.sources:
        await scene.app.runner.poller.poll(source)
    await scene.quiet()
    assert not scene.slack.messages(BILLING)
    assert "forget_me" not in all_of_slack(scene)
    assert "forget my invoice" not in all_of_slack(scene)
    for table in tables.metadata.tables.values():
        kept = json.dumps(await scene.rows(table), default=str)
        assert "forget_me" not in kept, table.name
        assert "forget my invoice" not in kept, table.name
    assert "I may stay" in scene.again(other).plain


async def test_an_answer_of_ours_whose_link_x_has_shortened_was_not_edited(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.reply(ANNA, card, "Look at https://acme.example/help please.")
    await scene.shows(card, "see it on X")
    await recheck(scene)
    assert await scene.events("edited") == []


async def test_an_edit_takes_its_words_from_the_reasons_too(scene: Scene) -> None:
    post = scene.writes("@acme_help I was charged twice, this is a scandal")
    card = await scene.card("charged twice")
    assert "money taken" in card.plain
    scene.x.edit(post.id, "@acme_help can I keep my number when I change plan?")
    card = await scene.shows(card, "keep my number")
    assert "scandal" not in card.plain
    assert "charged twice" not in card.plain


async def test_a_further_post_in_another_language_is_judged_and_filed_by_its_own_words(scene: Scene) -> None:
    scene.writes("@acme_help grazie mille per l'aiuto di ieri, siete stati gentilissimi")
    card = await scene.card("gentilissimi")
    scene.writes("@acme_help urgent: I was charged twice on my invoice and nobody answers, this is a scandal")
    moved = await scene.card("charged twice", channel="C0BILLING")
    assert "money taken" in moved.plain
    assert card.ts != moved.ts
