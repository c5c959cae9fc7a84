"""A reply that promises something: the follow-up is proposed with its date, or with none."""

from datetime import timedelta

from db.sql import tables
from scene import ANNA, ROME, Scene


async def test_a_promise_with_a_sure_day_is_kept_in_mind_for_that_day(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    day = (scene.now().astimezone(ROME) + timedelta(days=2)).date()
    preview = await scene.previews(ANNA, "Sorry! We will call you back in 2 days.")
    assert "This promises something: " in preview.plain
    assert preview.values["date"] == day.isoformat()
    assert (await scene.slack.submit(ANNA)).ok
    await scene.shows(card, "follows up")
    (promise,) = await scene.rows(tables.follow_ups)
    assert promise["due_at"].astimezone(ROME).date() == day
    assert "We will call you back in 2 days" in promise["note"]


async def test_a_promise_without_a_day_proposes_none_and_needs_none(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    preview = await scene.previews(ANNA, "Ci dispiace, ti ricontattiamo presto.")
    assert "This promises something: " in preview.plain
    assert preview.values["date"] is None
    assert (await scene.slack.submit(ANNA)).ok
    await scene.shows(card, "see it on X")
    assert await scene.rows(tables.follow_ups) == []


async def test_a_day_chosen_by_hand_is_kept(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    await scene.previews(ANNA, "Przepraszamy, wkrótce oddzwonimy.")
    day = (scene.now().astimezone(ROME) + timedelta(days=3)).date().isoformat()
    assert (await scene.slack.submit(ANNA, {"date": day})).ok
    await scene.shows(card, "follows up")


async def test_a_day_that_has_passed_is_refused_in_the_preview(scene: Scene) -> None:
    card = await scene.taken("@acme_help where is my refund?")
    await scene.opens(ANNA, card, "reply")
    await scene.previews(ANNA, "We will call you back soon.")
    yesterday = (scene.now().astimezone(ROME) - timedelta(days=1)).date().isoformat()
    await scene.slack.submit(ANNA, {"date": yesterday})
    assert "has passed" in scene.slack.modal(ANNA).plain
    assert scene.ours() == []


async def test_a_reply_that_promises_nothing_proposes_nothing(scene: Scene) -> None:
    card = await scene.taken("@acme_help is the shop open?")
    await scene.opens(ANNA, card, "reply")
    assert (
        "promises something" not in (await scene.previews(ANNA, "Until eight, on Sundays until six.")).plain
    )
