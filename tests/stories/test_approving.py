"""Two pairs of eyes: a reply that waits, and the ways on from there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from db.sql import tables
from demo.slack import Message
from demo.story.cast import STAFF
from scene import ANNA, KASIA, LAURA, MARCO, Scene, a_scene, policy_with

RULES: dict[str, Any] = {"guard": True, "priorities": ["urgent"], "roles": ["trainee"], "minutes": 15}
QUESTION = "@acme_help where is my parcel? It was due on Monday"
FOUND = "The courier rings you at +39 333 555 0142."


@asynccontextmanager
async def with_rules(folder: Path, **changes: Any) -> AsyncIterator[Scene]:
    keys = {"undo_seconds": 0, "leads": [LAURA], **changes}
    async with a_scene(folder, policy=policy_with(approval=RULES, **keys)) as scene:
        yield scene


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Scene]:
    """Laura leads; a reply in which the guard found something waits for her."""
    async with with_rules(tmp_path) as scene:
        yield scene


async def waits(scene: Scene, text: str = FOUND, by: str = ANNA) -> Message:
    """A reply is previewed and sent off, and waits; returns the card."""
    card = await scene.taken(QUESTION, by)
    await scene.opens(by, card, "reply")
    preview = await scene.previews(by, text)
    assert "reads it first" in preview.plain
    assert (await scene.slack.submit(by, {"reason": "It is the courier's own number"})).ok
    await scene.shows(card, "waits for approval")
    return card


async def asked(scene: Scene, person: str = LAURA) -> Message:
    return await scene.eventually(
        lambda: next(
            (one for one in scene.slack.dm(person) if "asks you to read this reply" in one.plain), None
        ),
        f"{person} to be asked",
    )


async def presses(scene: Scene, person: str, message: Message, action: str) -> None:
    await scene.slack.click(person, message.channel, message.ts, action)


async def test_a_reply_waits_for_a_lead_who_sees_all_of_it_and_approves(desk: Scene) -> None:
    card = await waits(desk)
    assert desk.ours() == []
    message = await asked(desk)
    for words in (FOUND, "^AB", "@acme_help", "courier's own number", "where is my parcel?", "guard found"):
        assert words in message.plain, words
    due_at = (await desk.case())["due_at"]
    assert due_at is not None
    await presses(desk, LAURA, message, "approve")
    assert (await desk.said("The courier rings you")).text.endswith("^AB")
    await desk.lacks(card, "waits for approval")
    await desk.eventually(lambda: "approved the reply" in desk.slack.dm(LAURA)[-1].plain, "the DM to say so")
    details = await desk.opens(ANNA, card, "details")
    assert f"<@{LAURA}> approved the answer" in details.plain
    assert await desk.rows(tables.drafts) == []


async def test_an_edited_reply_goes_out_with_its_writers_signature_and_both_versions_stay(
    desk: Scene,
) -> None:
    card = await waits(desk)
    await presses(desk, LAURA, await asked(desk), "edit_approve")
    modal = await desk.modal(LAURA)
    assert modal.values["text"] == FOUND
    preview = await desk.previews(LAURA, "The courier rings you tomorrow morning.")
    assert "^AB" in preview.plain
    assert (await desk.slack.submit(LAURA)).ok
    assert (await desk.said("tomorrow morning")).text.endswith("The courier rings you tomorrow morning. ^AB")
    details = await desk.opens(ANNA, card, "details")
    assert f"Before: \u2068{FOUND}" in details.plain
    assert "After: \u2068The courier rings you tomorrow morning." in details.plain
    assert len(desk.ours()) == 1


async def test_what_an_approver_typed_stands_there_again_after_the_window_was_closed(desk: Scene) -> None:
    await waits(desk)
    message = await asked(desk)
    await presses(desk, LAURA, message, "edit_approve")
    await desk.modal(LAURA)
    assert (await desk.slack.type(LAURA, "text", "The courier rings you tomorr")).ok
    await desk.drafted("The courier rings you tomorr")
    await desk.slack.close_modal(LAURA)
    await presses(desk, LAURA, message, "edit_approve")
    assert (await desk.modal(LAURA)).values["text"] == "The courier rings you tomorr"
    await desk.slack.close_modal(LAURA)
    await presses(desk, LAURA, message, "send_back")
    await desk.modal(LAURA)
    assert (await desk.slack.submit(LAURA, {"reason": "Not the number"})).ok
    await desk.told(ANNA, "Not the number")
    assert [row["person"] for row in await desk.rows(tables.drafts)] == [ANNA]


async def test_an_approvers_own_draft_of_the_case_is_another_text_than_their_edit(desk: Scene) -> None:
    card = await waits(desk)
    await desk.opens(LAURA, card, "reply")
    assert (await desk.slack.type(LAURA, "text", "Laura here: I look into it.")).ok
    await desk.drafted("Laura here: I look into it.")
    await desk.slack.close_modal(LAURA)
    await presses(desk, LAURA, await asked(desk), "edit_approve")
    assert (await desk.modal(LAURA)).values["text"] == FOUND
    await desk.previews(LAURA, "The courier rings you tomorrow morning.")
    assert (await desk.slack.submit(LAURA)).ok
    await desk.said("tomorrow morning")
    assert [row["text"] for row in await desk.rows(tables.drafts)] == ["Laura here: I look into it."]


async def test_the_guard_reads_what_the_approver_writes_too(desk: Scene) -> None:
    await waits(desk)
    await presses(desk, LAURA, await asked(desk), "edit_approve")
    await desk.modal(LAURA)
    ack = await desk.slack.submit(LAURA, {"text": "Paid to 4111 1111 1111 1111."})
    assert "payment card number" in ack.errors["text"]


async def test_sent_back_its_writer_reads_why_and_finds_the_text(desk: Scene) -> None:
    card = await waits(desk)
    await presses(desk, LAURA, await asked(desk), "send_back")
    await desk.modal(LAURA)
    assert "what should be different" in (await desk.slack.submit(LAURA, {"reason": "  "})).errors["reason"]
    assert (await desk.slack.submit(LAURA, {"reason": "No phone numbers, please"})).ok
    await desk.told(ANNA, "No phone numbers, please")
    await desk.lacks(card, "waits for approval")
    assert (await desk.opens(ANNA, card, "reply")).values["text"] == FOUND
    assert desk.ours() == []


async def test_withdrawn_it_is_a_draft_again_and_nobody_else_may_withdraw_it(desk: Scene) -> None:
    card = await waits(desk)
    message = await asked(desk)
    await desk.click(MARCO, card, "withdraw")
    await desk.told(MARCO, "they or a lead can withdraw it")
    await desk.click(ANNA, card, "withdraw")
    await desk.lacks(card, "waits for approval")
    assert (await desk.opens(ANNA, card, "reply")).values["text"] == FOUND
    await presses(desk, LAURA, message, "approve")
    await desk.told(LAURA, "does not wait any more")
    assert desk.ours() == []


async def test_nobody_approves_their_own_and_who_was_not_asked_may_not(desk: Scene) -> None:
    await waits(desk)
    message = await asked(desk)
    await presses(desk, ANNA, message, "approve")
    await desk.told(ANNA, "Nobody approves their own reply")
    await presses(desk, MARCO, message, "approve")
    await desk.told(MARCO, "You were not asked")
    assert desk.ours() == []


async def test_a_leads_own_reply_goes_to_another(tmp_path: Path) -> None:
    async with with_rules(tmp_path, leads=[LAURA, MARCO]) as scene:
        await waits(scene, by=LAURA)
        await presses(scene, MARCO, await asked(scene, MARCO), "approve")
        await scene.said("The courier rings you")


async def test_of_two_who_approve_at_once_one_is_faster(tmp_path: Path) -> None:
    async with with_rules(tmp_path, leads=[LAURA, MARCO]) as scene:
        await waits(scene)
        message = await asked(scene)
        scene.skip(minutes=16)
        other = await asked(scene, MARCO)
        await asyncio.gather(
            presses(scene, LAURA, message, "approve"), presses(scene, MARCO, other, "approve")
        )
        await scene.said("The courier rings you")
        await scene.quiet()
        assert len(scene.ours()) == len(await scene.events("approve")) == 1


async def test_unanswered_in_time_it_goes_to_the_next_lead_then_to_everybody(tmp_path: Path) -> None:
    async with with_rules(tmp_path, leads=[LAURA, MARCO]) as scene:
        card = await waits(scene)
        await asked(scene)
        scene.skip(minutes=16)
        await asked(scene, MARCO)
        await scene.shows(card, f"<@{LAURA}>, <@{MARCO}>")
        scene.skip(minutes=16)
        message = await asked(scene, KASIA)
        await presses(scene, KASIA, message, "approve")
        await scene.said("The courier rings you")
        assert len(await scene.recorded("approval_passed_on", 2)) == 2


async def test_whoever_was_asked_first_may_still_approve_once_others_are_asked_too(tmp_path: Path) -> None:
    policy = policy_with(approval={**RULES, "approvers": [MARCO]}, undo_seconds=0, leads=[LAURA])
    async with a_scene(tmp_path, policy=policy) as scene:
        await waits(scene)
        message = await asked(scene, MARCO)
        scene.skip(minutes=16)
        await asked(scene, LAURA)
        await presses(scene, MARCO, message, "approve")
        await scene.said("The courier rings you")


async def test_who_writes_again_meanwhile_is_told_to_the_approver_first(desk: Scene) -> None:
    await waits(desk)
    message = await asked(desk)
    (post,) = desk.x.posts("anna_test")
    desk.writes("@acme_help forget it, it has come", reply_to=post.id)
    await desk.told(ANNA, "wrote again on your case")
    await presses(desk, LAURA, message, "approve")
    await desk.told(LAURA, "The customer wrote again meanwhile.")
    assert desk.ours() == []
    await desk.shows(message, "forget it, it has come")
    await presses(desk, LAURA, message, "approve")
    await desk.said("The courier rings you")


async def test_a_case_that_is_closed_takes_its_waiting_reply_along(desk: Scene) -> None:
    card = await waits(desk)
    message = await asked(desk)
    await desk.slack.react(ANNA, card.channel, card.ts, "white_check_mark")
    await desk.told(ANNA, "does not wait for approval any more")
    await desk.eventually(
        lambda: "was taken back" in desk.slack.message(message.channel, message.ts).plain, "the DM to say so"
    )


async def test_a_second_reply_cannot_be_put_in_line(desk: Scene) -> None:
    card = await waits(desk)
    modal = await desk.opens(ANNA, card, "reply")
    assert f"An answer by <@{ANNA}> waits for approval" in modal.plain
    await desk.previews(ANNA, FOUND + " Really.")
    await desk.slack.submit(ANNA, {"reason": "again"})
    assert "waits for approval already" in desk.slack.modal(ANNA).plain


async def test_a_case_that_became_urgent_under_an_open_preview_is_read_first(desk: Scene) -> None:
    card = await desk.taken(QUESTION)
    await desk.opens(ANNA, card, "reply")
    assert "reads it first" not in (await desk.previews(ANNA, "It is on its way.")).plain
    await desk.click(LAURA, card, "priority", "urgent")
    await desk.recorded("priority")
    await desk.slack.submit(ANNA)
    assert "has to be read first now" in desk.slack.modal(ANNA).plain
    assert desk.ours() == []
    assert (await desk.slack.submit(ANNA)).ok
    await desk.shows(card, "waits for approval")
    await presses(desk, LAURA, await asked(desk), "approve")
    await desk.said("It is on its way.")


async def test_a_wave_goes_on_with_the_words_that_wait_for_approval(tmp_path: Path) -> None:
    rules = {"priorities": ["urgent", "high", "normal", "low"]}
    async with a_scene(tmp_path, policy=policy_with(approval=rules, undo_seconds=0, leads=[LAURA])) as scene:
        for author in ("one_test", "two_test"):
            scene.writes("@acme_help my internet in Milan is down again since this morning", handle=author)
        head = await scene.card("1 other person says nearly the same")
        await scene.opens(ANNA, head, "answer_all")
        await scene.previews(ANNA, "We are on it, back by noon.")
        await scene.slack.submit(ANNA)
        assert (await scene.modal(ANNA)).values["text"] == "We are on it, back by noon."
        await asked(scene)


@pytest.mark.parametrize("listed", [True, False])
async def test_trainees_reply_only_where_somebody_reads_it_first(tmp_path: Path, listed: bool) -> None:
    rules = RULES if listed else {**RULES, "roles": []}
    person = [{"slack": KASIA, "role": "trainee"}]
    policy = policy_with(approval=rules, person=person, undo_seconds=0, leads=[LAURA])
    async with a_scene(tmp_path, policy=policy) as scene:
        card = await scene.taken(QUESTION, KASIA)
        await scene.click(KASIA, card, "reply")
        if not listed:
            await scene.told(KASIA, "Trainees can't do that yet")
            return
        await scene.modal(KASIA)
        preview = await scene.previews(KASIA, "It is on its way.")
        assert "its writer is learning" in preview.plain
        assert (await scene.slack.submit(KASIA)).ok
        await presses(scene, LAURA, await asked(scene), "approve")
        await scene.said("It is on its way.")


async def test_a_lead_who_lost_the_role_meanwhile_may_not(tmp_path: Path) -> None:
    async with with_rules(tmp_path) as scene:
        await waits(scene)
        message = await asked(scene)
        await scene.stop()
        scene.policy = policy_with(approval=RULES, undo_seconds=0, leads=[MARCO])
        await scene.start()
        await presses(scene, LAURA, message, "approve")
        await scene.told(LAURA, "You can't approve replies any more")
        assert scene.ours() == []


async def test_where_there_is_nobody_else_it_goes_out_and_the_history_says_so(tmp_path: Path) -> None:
    onlookers = [{"slack": one, "role": "viewer"} for one in STAFF if one != ANNA]
    async with with_rules(tmp_path, leads=[ANNA], person=onlookers) as scene:
        card = await scene.taken(QUESTION)
        await scene.opens(ANNA, card, "reply")
        assert "there is nobody else" in (await scene.previews(ANNA, FOUND)).plain
        assert (await scene.slack.submit(ANNA, {"reason": "It is the courier's"})).ok
        await scene.said("The courier rings you")
        details = await scene.opens(ANNA, card, "details")
        assert "nobody else could approve it" in details.plain


async def test_a_customer_who_deletes_the_post_has_it_gone_from_the_approvers_message_too(
    desk: Scene,
) -> None:
    await waits(desk)
    message = await asked(desk)
    (post,) = desk.x.posts("anna_test")
    again = desk.writes("@acme_help my birthday is on the 3rd of May", reply_to=post.id)
    await desk.told(ANNA, "wrote again on your case")
    card = next(one for one in desk.cards() if "waits for approval" in one.plain)
    desk.x.delete(again.id)
    await desk.opens(ANNA, card, "reply")
    await desk.recorded("post_deleted")
    await desk.quiet()
    shown = desk.slack.message(message.channel, message.ts).plain
    assert FOUND in shown
    assert "birthday" not in shown


async def test_moved_to_another_account_meanwhile_it_is_not_sent_in_the_wrong_voice(tmp_path: Path) -> None:
    async with with_rules(tmp_path) as scene:
        scene.writes("@acme @acme_help where is my parcel? It was due on Monday")
        card = await scene.claim(ANNA, await scene.card("where is my parcel?"))
        await scene.opens(ANNA, card, "reply")
        await scene.previews(ANNA, FOUND)
        assert (await scene.slack.submit(ANNA, {"reason": "the courier's"})).ok
        message = await asked(scene)
        await scene.click(ANNA, card, "more", "move")
        await scene.shows(card, "now with")
        await presses(scene, LAURA, message, "approve")
        await scene.told(LAURA, "Send it back")
        assert scene.ours() == scene.ours("acme") == []


async def test_pressed_twice_in_haste_it_waits_until_the_news_was_seen(desk: Scene) -> None:
    await waits(desk)
    message = await asked(desk)
    (post,) = desk.x.posts("anna_test")
    desk.writes("@acme_help forget it, it has come", reply_to=post.id)
    await desk.told(ANNA, "wrote again on your case")
    await asyncio.gather(*(presses(desk, LAURA, message, "approve") for _ in range(2)))
    await desk.told(LAURA, "The customer wrote again meanwhile.")
    await desk.shows(message, "forget it, it has come")
    await desk.quiet()
    assert desk.ours() == []
    assert await desk.events("approve") == []


async def test_who_is_named_in_desk_toml_edits_and_approves_a_colleagues_case(tmp_path: Path) -> None:
    policy = policy_with(approval={**RULES, "approvers": [MARCO]}, undo_seconds=0, leads=[LAURA])
    async with a_scene(tmp_path, policy=policy) as scene:
        await waits(scene)
        await presses(scene, MARCO, await asked(scene, MARCO), "edit_approve")
        await scene.modal(MARCO)
        await scene.previews(MARCO, "The courier rings you tomorrow morning.")
        assert (await scene.slack.submit(MARCO)).ok
        await scene.said("tomorrow morning")


async def test_what_is_typed_late_changes_nothing_once_it_waits(desk: Scene) -> None:
    card = await desk.taken(QUESTION)
    await desk.opens(ANNA, card, "reply")
    await desk.slack.type(ANNA, "text", FOUND[:-6])
    await desk.drafted(FOUND[:-6])
    await desk.slack.type(ANNA, "text", FOUND[:-2])
    await desk.previews(ANNA, FOUND)
    assert (await desk.slack.submit(ANNA, {"reason": "It is the courier's own number"})).ok
    await desk.shows(card, "waits for approval")
    await asyncio.sleep(2.2)  # what was typed is kept every two seconds
    await desk.quiet()
    await desk.drafted(FOUND)
    assert "is writing" not in desk.again(card).plain
