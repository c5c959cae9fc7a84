"""X's bad days: a reply is sent once or shown to a person, and reading recovers by itself."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from db.queue import lanes
from db.sql import tables
from handlers.workers.poller import Source
from scene import ANNA, LAURA, Scene, a_scene, policy_with


def creations(scene: Scene) -> list[Any]:
    return [call for call in scene.x.calls if call.endpoint == "create"]


async def answered(scene: Scene, text: str = "Here is your answer.") -> Any:
    """A claimed case, and a reply on its way."""
    card = await scene.taken("@acme_help please answer me")
    await scene.quiet()
    await scene.reply(ANNA, card, text)
    return card


async def until_shown(scene: Scene, card: Any, words: str) -> Any:
    """Let the time pass that the retries leave between them."""

    def look() -> bool:
        if words in scene.again(card).plain:
            return True
        scene.skip(seconds=5)
        return False

    await scene.eventually(look, f"“{words}” on the card", lambda: scene.again(card).plain)
    return scene.again(card)


async def test_a_reply_that_went_well_is_asked_of_x_once_and_recorded_at_once(scene: Scene) -> None:
    card = await answered(scene)
    await scene.shows(card, "see it on X")
    await scene.quiet()
    assert len(creations(scene)) == 1
    (reply,) = [row for row in await scene.rows(tables.deliveries) if row["kind"] == "reply"]
    assert (reply["state"], reply["attempts"]) == ("done", 1)


async def test_a_reply_whose_answer_was_lost_is_found_and_sent_exactly_once(scene: Scene) -> None:
    scene.x.fail("create", "lost")
    card = await answered(scene)
    await until_shown(scene, card, "see it on X")
    await scene.quiet()
    assert len(scene.x.created) == len(creations(scene)) == 1
    assert scene.ours()[0].id in str(scene.again(card).blocks)


async def test_a_reply_cut_off_by_a_crash_is_sent_again_only_when_x_would_show_it(tmp_path: Path) -> None:
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=300)) as scene:
        assert scene.app is not None
        card = await answered(scene)
        await scene.shows(card, "answers at")
        rows = tables.deliveries
        async with scene.app.desk.database.write() as connection:
            # As a process leaves it that is killed between the mark and the call.
            await connection.execute(
                update(rows)
                .where(rows.c.kind == "reply")
                .values(state="sending", attempts=1, intent_at=scene.now(), not_before=scene.now())
            )
            lanes.summon(connection, "x:acme_help")  # as every start does
        await scene.eventually(lambda: looks_at_own_posts(scene), "a look at our own posts")
        await asyncio.sleep(0.1)
        assert not creations(scene)
        scene.skip(seconds=11)
        await scene.said("Here is your answer.")
        await scene.shows(card, "see it on X")
        assert len(creations(scene)) == 1


def looks_at_own_posts(scene: Scene) -> list[Any]:
    """The desk's looks from a start time on; polling asks from an id on."""
    return [call for call in scene.x.calls if call.endpoint == "own_posts" and "start_time" in call.params]


async def test_a_long_reply_with_a_lost_answer_in_the_middle_is_complete_and_in_order(scene: Scene) -> None:
    card = await scene.taken("@acme_help please answer me at length")
    await scene.opens(ANNA, card, "reply")
    scene.x.fail("create", "delay", seconds=0.01)
    scene.x.fail("create", "lost")
    text = " ".join(f"This is sentence number {number} of a long answer." for number in range(14))
    ack = await scene.sends(ANNA, text)
    assert not ack.errors
    await until_shown(scene, card, "see it on X")
    await scene.quiet()
    parts = scene.ours()
    assert len(parts) > 1
    assert len(scene.x.created) == len(parts)
    assert [part.reply_to for part in parts[1:]] == [part.id for part in parts[:-1]]
    assert [f"{n}/{len(parts)}" in part.text for n, part in enumerate(parts, 1)] == [True] * len(parts)


@pytest.mark.parametrize("button", ["send_again", "was_sent"])
async def test_a_reply_that_nobody_can_tell_of_is_put_to_a_person(scene: Scene, button: str) -> None:
    scene.x.fail("create", "reset")
    card = await answered(scene)
    card = await until_shown(scene, card, "Did this reply go out?")
    assert {"was_sent", "send_again"} <= set(card.button_ids)
    assert "Here is your answer." in card.plain
    await scene.told(ANNA, "did not say whether your reply")
    await scene.quiet()
    assert len(creations(scene)) == 1, "never sent again by itself"

    await scene.click(ANNA, card, button)
    card = await scene.lacks(card, "Did this reply go out?")
    await scene.shows(card, f"<@{ANNA}> answered")
    await scene.quiet()
    assert len(scene.ours()) == (1 if button == "send_again" else 0)
    assert (await scene.case())["first_reply_at"] is not None


async def test_the_same_words_twice_are_refused_with_a_sentence_and_kept(scene: Scene) -> None:
    card = await answered(scene)
    await scene.said("Here is your answer.")
    await scene.shows(card, "see it on X")
    await scene.reply(ANNA, card, "Here is your answer.")
    card = await scene.shows(card, "did not go out")
    assert "same text only once" in card.plain
    await scene.told(ANNA, "same text only once")
    modal = await scene.opens(ANNA, card, "reply")
    assert modal.values["text"] == "Here is your answer."
    assert len(creations(scene)) == 2, "a refusal is final: it is not tried again"
    assert (await scene.case())["status"] == "claimed"


REFUSALS = {
    "Tweet text is a duplicate content": "Change a few words, then send it again.",
    "You attempted to reply to a Tweet that is deleted or not visible to you.": "resolve the case: nobody waits",
    "You have been blocked from the author of this tweet": "answer from another account by Open in X",
    "You are not authorized to reply to this author": "ask them to write to you another way",
    "Your account is suspended": "Tell a lead: only X can lift that",
    "Your Tweet text is too long.": "Cut it, then send it again.",
    "You can only reply to or quote posts where you are mentioned": "Use Open in X, then I posted it.",
    "Something that nobody has ever read": "Something that nobody has ever read",
}


@pytest.mark.parametrize("said", REFUSALS)
async def test_each_refusal_says_what_to_do_next_and_the_text_is_kept(scene: Scene, said: str) -> None:
    card = await scene.taken("@acme_help please answer me")
    scene.x.fail("create", f"403:{said}")
    await scene.reply(ANNA, card, "Here is your answer.")
    card = await scene.shows(card, REFUSALS[said])
    assert {"open_post", "posted"} <= set(card.button_ids)
    assert "text=Here%20is%20your%20answer" in str(card.blocks)
    await scene.told(ANNA, REFUSALS[said])
    assert (await scene.opens(ANNA, card, "reply")).values["text"] == "Here is your answer."
    assert len(creations(scene)) == 1, "a refusal is final: it is not tried again"


async def test_an_author_who_has_blocked_us_is_told_as_such(scene: Scene) -> None:
    scene.customer()
    scene.x.block("anna_test", "acme_help")
    card = await answered(scene)
    await scene.shows(card, "The author has blocked this account")


@pytest.mark.parametrize("trouble", ["html503", "429"])
async def test_a_reply_that_x_surely_or_maybe_did_not_take_goes_out_once_in_the_end(
    scene: Scene, trouble: str
) -> None:
    card = await scene.taken("@acme_help please answer me")
    scene.x.fail("create", trouble, seconds=1)
    await scene.reply(ANNA, card, "Here is your answer.")
    if trouble == "html503":
        await until_shown(scene, card, "Did this reply go out?")
        await scene.click(ANNA, card, "send_again")
    await scene.said("Here is your answer.")
    await scene.shows(card, "see it on X")
    assert len(scene.x.created) == 1


@pytest.mark.parametrize(
    ("trouble", "words"), [("402", "out of credits"), ("401", "refuses this account's keys")]
)
async def test_an_account_in_trouble_is_told_to_the_leads_once_and_recovers(
    scene: Scene, trouble: str, words: str
) -> None:
    assert scene.app is not None
    poller = scene.app.runner.poller
    for task in scene.app.runner.tasks:
        if task.get_name().startswith("x:"):
            task.cancel()  # the test itself decides when X is read
    source = next(one for one in scene.app.runner.sources if one.name == "x:mentions:acme_help")
    others = [one for one in scene.app.runner.sources if one.account == "acme_help"]
    scene.x.fail("*", trouble, times=10_000)
    for one in (*others, *others):
        assert await poller.poll(one) >= 20 * poller.shortest
    await scene.eventually(lambda: about(scene, words, "Since", "help"), "a message to the leads")
    await scene.quiet()
    assert len(about(scene, words, "Since", "help")) == 1

    scene.x.heal()
    scene.writes("@acme_help is it mended?")
    for one in others:
        await poller.poll(one)
    await scene.card("is it mended?")
    await scene.told(LAURA, "It works again")
    scene.skip(hours=2)
    scene.x.fail("*", trouble, times=10_000)
    await poller.poll(source)
    await scene.eventually(
        lambda: len(about(scene, words, "Since", "help")) == 2, "the next trouble told too"
    )


def about(scene: Scene, *words: str) -> list[Any]:
    return [one for one in scene.slack.dm(LAURA) if all(word in one.plain for word in words)]


async def test_a_source_that_is_never_allowed_is_not_told_again_and_again(scene: Scene) -> None:
    assert scene.app is not None
    poller, sources = scene.app.runner.poller, scene.app.runner.sources
    watch = next(one for one in sources if one.kind == "watch")
    mentions = next(one for one in sources if one.name == "x:mentions:acme_help")
    for task in scene.app.runner.tasks:
        if task.get_name().startswith("x:"):
            task.cancel()
    scene.x.fail("search", "403:not on your plan", times=10_000)
    for _ in range(4):
        await poller.poll(watch)
        await poller.poll(mentions)
        scene.skip(hours=2)
    await scene.told(LAURA, "not on your plan")
    await scene.quiet()
    assert len(about(scene, "not on your plan")) == 1


@pytest.mark.parametrize("trouble", ["html503", "reset", "lost"])
async def test_reading_goes_on_after_x_was_unwell(scene: Scene, trouble: str) -> None:
    scene.x.fail("mentions", trouble)
    scene.writes("@acme_help are you back?")
    await scene.card("are you back?")
    assert len(scene.cards()) == 1


async def test_an_author_whom_x_does_not_show_does_not_stop_their_post(scene: Scene) -> None:
    scene.x.fail("users", "html503")
    scene.writes("@acme_help who am I?")
    card = await scene.card("who am I?")
    assert "@anna_test" in card.plain


async def test_a_reply_while_the_account_is_out_of_credits_goes_out_when_it_has_some_again(
    scene: Scene,
) -> None:
    card = await scene.taken("@acme_help please answer me")
    await scene.opens(ANNA, card, "reply")
    scene.x.out_of_credits = True
    await scene.sends(ANNA, "Here is your answer.")
    await scene.told(LAURA, "out of credits")
    scene.x.out_of_credits = False

    def sent() -> bool:
        scene.skip(seconds=10)
        return bool(scene.ours())

    await scene.eventually(sent, "the reply")
    assert len(scene.x.created) == 1


def test_a_source_is_named_by_what_it_reads() -> None:
    network: Any = type("N", (), {"name": "x"})
    assert Source("mentions", network, "Acme").name == "x:mentions:acme"
    assert Source("watch", network, "Acme", '"acme"').name == 'x:watch:"acme"'


async def test_a_watch_that_x_refuses_is_told_to_the_leads_once(tmp_path: Path) -> None:
    watch = [{"network": "x", "query": "acme near:milan"}]
    async with a_scene(tmp_path, policy=policy_with(watch=watch)) as scene:
        assert scene.app is not None
        source = next(one for one in scene.app.runner.sources if one.kind == "watch")
        for _ in range(3):
            await scene.app.runner.poller.poll(source)
            scene.skip(hours=2)
        told = await scene.told(LAURA, "X refuses to look for")
        assert "acme near:milan" in told.plain
        assert "does not know" in told.plain
        await scene.quiet()
        assert len(about(scene, "X refuses to look for")) == 1


@pytest.mark.parametrize("known", [True, False])
async def test_the_desk_starts_and_works_while_x_is_down(tmp_path: Path, known: bool) -> None:
    async with a_scene(tmp_path, started=False) as scene:
        if known:
            await scene.start()
            await scene.taken("@acme_help the first of all")
            await scene.stop()
        asked = len([call for call in scene.x.calls if call.endpoint == "me"])
        scene.x.fail("*", "html503", times=10_000)
        await scene.start()
        await scene.slack.open_home(ANNA)
        await scene.eventually(lambda: scene.slack.home(ANNA), "Home")
        scene.writes("@acme_help are you there?")
        scene.x.heal()
        for loop in scene.app.runner.loops:
            loop.failures = 0
        await scene.card("are you there?")
        again = len([call for call in scene.x.calls if call.endpoint == "me"]) - asked
        assert (again == 0) is known, "who we are is asked once"
