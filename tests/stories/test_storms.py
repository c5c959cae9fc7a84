"""Storms: the urgent overtake, near-copies stand under one card, the rest on a board, and nothing is dropped."""

import asyncio
from pathlib import Path

from db.sql import tables
from demo.slack import Message
from handlers.desk.intake import waves
from scene import ANNA, MARCO, MENTIONS, Scene, a_scene
from triage.text.likeness import Shingled

CALM = "@acme_help could you tell me about the opening hours of shop number {n}, {what}?"
WHATS = ("thanks a lot in advance", "I pass by on Sunday", "my son works nearby", "it is for my aunt")


async def a_crowd(scene: Scene, count: int) -> None:
    """Mentions that have nothing in common but the hour."""
    for number in range(count):
        words = " ".join(
            f"{word}{number * 7 + place}" for place, word in enumerate(("tea", "sun", "cup", "map"))
        )
        scene.writes(f"@acme_help question about {words}, please", handle=f"calm_{number}")
    await opened(scene, count)


async def opened(scene: Scene, count: int) -> None:
    while len(await scene.rows(tables.cases)) < count:
        await asyncio.sleep(0.05)


async def the_board(scene: Scene) -> Message:
    return await scene.eventually(
        lambda: next(
            (one for one in scene.slack.messages(MENTIONS) if "wait for their cards" in one.text), None
        ),
        "the board",
    )


async def test_what_has_no_card_yet_stands_on_a_board_until_the_lane_is_free(tmp_path: Path) -> None:
    async with a_scene(tmp_path, post_rate=1.0) as scene:
        await a_crowd(scene, 60)
        board = await the_board(scene)
        assert "mentions wait for their cards" in board.text
        assert "a card a second, the most urgent first" in board.plain
        assert "more. Nothing is lost." in board.plain


async def test_an_urgent_mention_overtakes_a_crowd(tmp_path: Path) -> None:
    async with a_scene(tmp_path, post_rate=1.0) as scene:
        await a_crowd(scene, 40)
        scene.writes("@acme_help my house is on fire because of your router, call me, this is an emergency!")
        urgent = await scene.card("on fire", channel=None)
        assert len(scene.cards()) < 40
        assert "Urgent" in urgent.plain


async def test_a_card_asked_for_on_the_board_comes_next(tmp_path: Path) -> None:
    async with a_scene(tmp_path, post_rate=1.0) as scene:
        await a_crowd(scene, 60)
        board = await the_board(scene)
        wanted = buttons(board, "card")[-1]
        author = (await case_of(scene, int(wanted["value"])))["author_id"]
        (handle,) = (row["handle"] for row in await scene.rows(tables.authors) if row["id"] == author)
        ack = await scene.slack.click(MARCO, board.channel, board.ts, "card", block_id=wanted["block_id"])
        assert ack.ok
        before = len(scene.cards())
        await scene.eventually(
            lambda: any(f"by @{handle}" in one.text for one in scene.cards()), "the card that was asked for"
        )
        assert len(scene.cards()) <= before + 4


async def case_of(scene: Scene, case_id: int) -> dict[str, object]:
    return next(row for row in await scene.rows(tables.cases) if row["id"] == case_id)


def buttons(message: Message, action: str) -> list[dict[str, str]]:
    return [
        block["accessory"] | {"block_id": block["block_id"]}
        for block in message.all_blocks
        if block.get("accessory", {}).get("action_id") == action
    ]


COMPLAINT = "@acme_help the whole network is down in Milan again since this morning, {more}"


async def a_wave(scene: Scene, count: int) -> Message:
    """Many people who say nearly the same; returns the card of the first."""
    scene.writes(COMPLAINT.format(more="please do something"), handle="first_of_many")
    head = await scene.card("please do something")
    for number in range(count):
        scene.writes(COMPLAINT.format(more=f"please do something {number}"), handle=f"many_{number}")
    return await scene.shows(head, f"{count} other people say nearly the same")


async def test_near_copies_stay_their_own_cases_and_stand_under_one_card(scene: Scene) -> None:
    head = await a_wave(scene, 4)
    cases = await scene.rows(tables.cases)
    assert len(cases) == 5
    assert [case["alike"] for case in cases] == [None, 1, 1, 1, 1]
    assert "4 without an answer" in head.plain
    await scene.quiet()
    assert len(scene.cards()) == 5, "each has its own card once the lane is free"


async def test_the_card_of_a_wave_does_not_wait_behind_a_crowd(tmp_path: Path) -> None:
    """In a storm of thousands it would never come, and would be the one that tells most."""
    async with a_scene(tmp_path, post_rate=1.0) as scene:
        await a_crowd(scene, 40)
        for number in range(4):
            text = f"the free film evening in the park did not take place again, and nobody told us {number}"
            scene.writes(f"@acme_help {text}", handle=f"many_{number}")
        await scene.shows(await scene.card("film evening"), "3 other people say nearly the same")
        assert len(scene.cards()) < 30


def test_the_first_of_a_long_wave_is_not_forgotten_while_it_goes_on() -> None:
    recent = waves.Recent()
    wave = Shingled.of("the free film evening in the park did not take place again and nobody told us")
    recent.add(1, wave)
    for number in range(2, 3 * waves.WINDOW):
        recent.add(number, Shingled.of(" ".join(f"word{number * 9 + place}" for place in range(9))))
        if number % 100 == 0:
            assert recent.like(wave) == 1, number
    assert len(recent.texts) == waves.WINDOW


async def test_different_posts_are_not_grouped(scene: Scene) -> None:
    scene.writes("@acme_help the whole network is down in Milan again since this morning", handle="one")
    scene.writes("@acme_help my invoice of this month shows a number I do not understand", handle="two")
    scene.writes("@acme_help hi", handle="three")
    scene.writes("@acme_help hi", handle="four")
    await opened(scene, 4)
    await scene.quiet()
    assert {case["alike"] for case in await scene.rows(tables.cases)} == {None}


async def test_all_of_a_wave_are_answered_one_by_one_by_a_person(scene: Scene) -> None:
    head = await a_wave(scene, 2)
    modal = await scene.opens(ANNA, head, "answer_all")
    assert "One of many alike" in modal.plain
    assert (await scene.sends(ANNA, "We are on it, back by noon.")).ok
    second = await scene.modal(ANNA)
    assert second.values["text"] == "We are on it, back by noon."
    assert (await scene.sends(ANNA, "We are on it: back by noon, promised.")).ok
    await scene.modal(ANNA)
    assert (await scene.sends(ANNA, "Our people are working on it. Back by noon.")).ok
    assert scene.slack.modal(ANNA) is None
    await scene.quiet()
    answered = (
        {post.answers for post in scene.ours()} if hasattr(scene.ours()[0], "answers") else scene.ours()
    )
    assert len(answered) == 3
    await scene.shows(head, "0 without an answer")
    await scene.click(MARCO, head, "details")


async def test_a_restart_knows_the_wave_that_is_under_way(scene: Scene) -> None:
    head = await a_wave(scene, 2)
    await scene.stop()
    await scene.start()
    scene.writes(COMPLAINT.format(more="please do something now"), handle="late_comer")
    await scene.shows(head, "3 other people say nearly the same")
