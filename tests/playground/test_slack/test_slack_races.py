"""Modals that change or go away while the bot is still busy with them: hashes and trigger ids."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

Json = dict[str, Any]


def button(block_id: str = "more") -> Json:
    element = {"type": "button", "action_id": "next", "text": {"type": "plain_text", "text": "Next"}}
    return {"type": "actions", "block_id": block_id, "elements": [element]}


@pytest.fixture
async def clicked(slack, bot, modal, text_input, opened) -> Json:
    """A modal with a text and a button stands; what the bot heard of a click in it."""

    @bot.app.action("next")
    async def click(ack, body) -> None:
        bot.seen.append(body)
        await ack()

    await opened(modal(text_input(), button()))
    await slack.click_modal("U0ANNA", "next")
    return bot.seen[0]


async def test_of_two_updates_made_from_the_same_view_the_second_is_refused(
    slack, client, modal, text_input, clicked
) -> None:
    seen = clicked["view"]
    first = await client.views_update(view_id=seen["id"], hash=seen["hash"], view=modal(text_input("first")))
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=seen["id"], hash=seen["hash"], view=modal(text_input("second")))
    assert list(slack.modal("U0ANNA").values) == ["first"]
    again = modal(text_input("third"))
    await client.views_update(view_id=seen["id"], hash=first["view"]["hash"], view=again)
    assert list(slack.modal("U0ANNA").values) == ["third"]


async def test_the_same_view_once_more_has_a_new_hash(slack, client, modal, clicked) -> None:
    hashes = {clicked["view"]["hash"]}
    for _ in range(3):
        answer = await client.views_update(view_id=clicked["view"]["id"], view=modal())
        hashes.add(answer["view"]["hash"])
    assert len(hashes) == 4
    assert slack.modal("U0ANNA").hash == answer["view"]["hash"]


async def test_typing_changes_no_hash(slack, client, modal, text_input, clicked) -> None:
    await slack.type("U0ANNA", "text", "We are on it")
    seen = clicked["view"]
    view = modal(text_input())
    await client.views_update(view_id=seen["id"], hash=seen["hash"], view=view)
    assert slack.modal("U0ANNA").values == {"text": "We are on it"}


async def test_an_update_by_submission_makes_older_hashes_stale(
    slack, client, bot, modal, text_input, clicked
) -> None:
    @bot.app.view("reply")
    async def reply(ack) -> None:
        await ack(response_action="update", view=modal())

    await slack.submit("U0ANNA", {"text": "We are on it"})
    seen = clicked["view"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_update(view_id=seen["id"], hash=seen["hash"], view=modal())


async def test_a_modal_that_was_closed_meanwhile_can_be_neither_updated_nor_pushed_upon(
    slack, client, modal, clicked
) -> None:
    await slack.close_modal("U0ANNA")
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_update(view_id=clicked["view"]["id"], view=modal())
    with pytest.raises(SlackApiError, match="not_found"):
        await client.views_push(trigger_id=clicked["trigger_id"], view=modal())


async def test_a_trigger_pushes_once_and_only_for_a_short_while(slack, client, bot, modal, clicked) -> None:
    await client.views_push(trigger_id=clicked["trigger_id"], view=modal(button()))
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await client.views_push(trigger_id=clicked["trigger_id"], view=modal())
    slack.app.trigger_seconds = 0
    await slack.click_modal("U0ANNA", "next")
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client.views_push(trigger_id=bot.seen[1]["trigger_id"], view=modal())
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await client.views_push(trigger_id="1.2.3", view=modal())
    assert len(slack.modals("U0ANNA")) == 2


async def test_typing_that_dispatches_carries_a_trigger_to_push_with(
    slack, client, bot, modal, text_input, opened, until
) -> None:
    @bot.app.action("text")
    async def typed(ack, body) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=modal(callback_id="above"))

    await opened(modal({**text_input(), "dispatch_action": True}))
    await slack.type("U0ANNA", "text", "We are on it", enter=True)
    await until(lambda: slack.modal("U0ANNA").callback_id == "above")
    below, above = slack.modals("U0ANNA")
    assert above.previous_view_id == below.id


async def test_home_refuses_an_old_hash_too(client, modal) -> None:
    home = {"type": "home", "blocks": [button()]}
    before = await client.views_publish(user_id="U0ANNA", view=home)
    old = before["view"]["hash"]
    await client.views_publish(user_id="U0ANNA", hash=old, view=home)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await client.views_publish(user_id="U0ANNA", hash=old, view=home)
