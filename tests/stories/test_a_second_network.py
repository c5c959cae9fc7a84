"""Another network beside X: what differs is in its traits, and the whole way is the same."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

import reviews
from bot.clock import moved_clock
from db.sql import tables
from reviews import Store
from scene import ANNA, LAURA, Scene, a_scene, policy_with
from triage.policy import BadPolicy, read


@dataclass
class Both:
    """One desk on X and on the reviews of an app; the brand has the same handle on both."""

    scene: Scene
    store: Store


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    store = Store(moved_clock(tmp_path / "clock"))
    reviews.open_room(store)
    try:
        accounts = [
            {"network": "x", "handle": "acme"},
            {"network": "x", "handle": "acme_help", "purpose": "support"},
            {"network": "reviews", "handle": "acme", "signature": ""},
        ]
        policy = policy_with(undo_seconds=0, account=accounts, watch=[])
        async with a_scene(tmp_path, policy=policy) as scene:
            yield Both(scene, store)
    finally:
        reviews.close_room()


async def test_the_whole_way_of_a_review_is_that_of_a_post(both: Both) -> None:
    scene, store = both.scene, both.store
    review = store.write("giulia.v", "The app crashes when I pay my bill")
    card = await scene.card("The app crashes")
    assert "@giulia.v" in card.plain
    assert "on App reviews" in card.plain
    assert "reviews.example/people/giulia.v" in card.plain
    assert "follower" not in card.plain
    await scene.claim(ANNA, card)
    modal = await scene.opens(ANNA, card, "reply")
    assert "350 characters" in modal.plain
    assert "Ask for a DM" not in modal.plain
    preview = await scene.previews(ANNA, "Sorry Giulia. Version 2.1 is out now, please update.")
    assert "of 350 characters, as App reviews counts them" in preview.plain
    assert "costs" not in preview.plain
    assert (await scene.slack.submit(ANNA)).ok
    card = await scene.shows(card, "see it on App reviews")
    assert review.answer == "Sorry Giulia. Version 2.1 is out now, please update."
    modal = await scene.opens(ANNA, card, "more", "edit_reply")
    assert "Change our answer" in modal.plain
    assert modal.values["text"] == review.answer
    assert (await scene.sends(ANNA, "Sorry Giulia. Version 2.2 is out now, please update.")).ok
    await scene.shows(card, "Version 2.2")
    await scene.eventually(lambda: "2.2" in review.answer, "the answer to be changed")
    assert store.published == [
        "Sorry Giulia. Version 2.1 is out now, please update.",
        "Sorry Giulia. Version 2.2 is out now, please update.",
    ]
    await scene.quiet()
    ours = [row for row in await scene.rows(tables.mentions) if row["ours"]]
    assert [(row["post_id"], row["text"]) for row in ours] == [(review.answer_id, review.answer)]
    await scene.opens(ANNA, card, "resolve")
    assert (await scene.slack.submit(ANNA, {"reason": "fixed"})).ok
    await scene.shows(card, "Resolved")
    assert [row for row in await scene.rows(tables.spending) if "giulia" in row["what"]] == []


async def test_an_answer_that_is_too_long_is_cut_by_its_writer(both: Both) -> None:
    both.store.write("giulia.v", "The app crashes when I pay my bill")
    card = await both.scene.claim(ANNA, await both.scene.card("The app crashes"))
    await both.scene.opens(ANNA, card, "reply")
    ack = await both.scene.slack.submit(ANNA, {"text": "a" * 351})
    assert "350 characters at most. Shorten it by 1 character" in ack.errors["text"]


async def test_an_answer_whose_receipt_was_lost_is_public_once(both: Both) -> None:
    """It is found again, or sent again: the same answer replaces itself."""
    both.store.loses = 1
    review = both.store.write("giulia.v", "The app crashes when I pay my bill")
    card = await both.scene.claim(ANNA, await both.scene.card("The app crashes"))
    assert (await both.scene.reply(ANNA, card, "Sorry, it is fixed.")).ok
    await both.scene.shows(card, "see it on App reviews")
    await both.scene.quiet()
    assert review.answer == "Sorry, it is fixed."
    assert both.store.published == ["Sorry, it is fixed."]


async def test_one_handle_on_two_networks_is_two_people(both: Both) -> None:
    scene = both.scene
    both.store.write("anna.test", "The app is slow on my phone")
    scene.customer("anna_test")
    scene.writes("@acme_help my invoice is wrong", handle="anna_test")
    first, second = await scene.card("The app is slow"), await scene.card("my invoice is wrong")
    assert "on App reviews" in first.plain
    assert "on X" in second.plain
    cases = {row["network"]: row for row in await scene.rows(tables.cases)}
    assert cases.keys() == {"x", "reviews"}
    await scene.claim(ANNA, second)
    assert (await scene.reply(ANNA, second, "We correct it, Anna.")).ok
    await scene.said("We correct it, Anna.")
    assert both.store.published == []
    await scene.slack.open_home(LAURA)
    assert "@anna.test" in scene.slack.home(LAURA).plain


async def test_the_same_author_and_account_names_on_both_join_no_case(both: Both) -> None:
    scene = both.scene
    both.store.write("same_name", "The app is slow on my phone")
    await scene.card("The app is slow")
    scene.writes("@acme my invoice is wrong", handle="same_name")
    await scene.card("my invoice is wrong")
    assert len(await scene.rows(tables.cases)) == 2
    lanes = {row["lane"] for row in await scene.rows(tables.deliveries)}
    assert all(lane.startswith(("post:", "edit:", "dm:")) for lane in lanes)


def test_a_watch_where_nobody_can_answer_is_a_fault_of_desk_toml() -> None:
    desk = '[desk]\nname = "Acme"\ntimezone = "Europe/Rome"\nchannel = "C0MENTIONS"\n'
    reviews.open_room(Store(lambda: datetime.now(UTC)))
    try:
        with pytest.raises(BadPolicy, match=r"reviews.*no \[\[account\]\] answers"):
            read(
                desk
                + '[[account]]\nnetwork = "x"\nhandle = "acme"\n[[watch]]\nnetwork = "reviews"\nquery = "acme"\n'
            )
    finally:
        reviews.close_room()


def test_a_network_that_is_not_there_is_refused_by_name() -> None:
    desk = '[desk]\nname = "Acme"\ntimezone = "Europe/Rome"\nchannel = "C0MENTIONS"\n'
    with pytest.raises(BadPolicy, match="twitter"):
        read(desk + '[[account]]\nnetwork = "twitter"\nhandle = "acme"\n')
