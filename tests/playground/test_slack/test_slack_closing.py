"""How modals go away, and what the bot hears of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

Json = dict[str, Any]
Stack = Callable[..., Awaitable[None]]


@pytest.fixture
def closed(bot) -> list[tuple[str, bool]]:
    """(callback_id, is_cleared) of each closing the bot heard of."""
    seen: list[tuple[str, bool]] = []
    for name in ("reply", "second", "third"):

        @bot.app.view_closed(name)
        async def listen(ack, body) -> None:
            seen.append((body["view"]["callback_id"], body["is_cleared"]))
            await ack()

    return seen


@pytest.fixture
def stack(slack, bot, modal, opened) -> Stack:
    """Three modals on each other; what is given goes to the named ones."""

    async def build(**more: Json) -> None:
        def view(name: str) -> Json:
            return modal(callback_id=name, **more.get(name, {}))

        @bot.app.view("reply")
        async def second(ack) -> None:
            await ack(response_action="push", view=view("second"))

        @bot.app.view("second")
        async def third(ack) -> None:
            await ack(response_action="push", view=view("third"))

        @bot.app.view("third")
        async def done(ack) -> None:
            await ack()

        await opened(view("reply"))
        for _ in range(2):
            await slack.submit("U0ANNA", {"text": "x"})

    return build


def shown(slack) -> list[str]:
    return [view.callback_id for view in slack.modals("U0ANNA")]


TOLD = {"notify_on_close": True}


async def test_cancel_goes_back_one_modal_and_tells_of_that_one(slack, stack, closed) -> None:
    await stack(second=TOLD, third=TOLD)
    await slack.close_modal("U0ANNA")
    assert (shown(slack), closed) == (["reply", "second"], [("third", False)])


async def test_the_cross_closes_all_and_tells_of_those_that_asked_for_it(slack, stack, closed) -> None:
    await stack(reply=TOLD, third=TOLD)
    await slack.close_modal("U0ANNA", everything=True)
    assert (shown(slack), closed) == ([], [("third", True), ("reply", True)])


async def test_the_cross_of_a_modal_that_stands_alone_clears_the_stack_too(
    slack, modal, opened, closed
) -> None:
    await opened(modal(**TOLD))
    await slack.close_modal("U0ANNA", everything=True)
    assert closed == [("reply", True)]


async def test_a_modal_may_ask_that_its_cancel_closes_all(slack, stack, closed) -> None:
    await stack(reply=TOLD, third={"clear_on_close": True})
    await slack.close_modal("U0ANNA")
    assert (shown(slack), closed) == ([], [("reply", True)])


async def test_submitting_such_a_modal_goes_back_one_only(slack, stack, closed) -> None:
    await stack(third={"clear_on_close": True})
    await slack.submit("U0ANNA", {"text": "x"})
    assert (shown(slack), closed) == (["reply", "second"], [])


async def test_what_is_submitted_or_replaced_is_not_told_as_closed(
    slack, client, bot, modal, opened, closed
) -> None:
    @bot.app.view("reply")
    async def reply(ack, view) -> None:
        typed = view["state"]["values"]["text"]["text"]["value"]
        answers: dict[str, Json] = {
            "replace": {"response_action": "update", "view": modal(**TOLD)},
            "clear": {"response_action": "clear"},
        }
        await ack(answers[typed])

    await opened(modal(**TOLD))
    await client.views_update(view_id=slack.modal("U0ANNA").id, view=modal(**TOLD))
    await slack.submit("U0ANNA", {"text": "replace"})
    await slack.submit("U0ANNA", {"text": "clear"})
    assert (shown(slack), closed) == ([], [])


async def test_a_bot_that_did_not_ask_hears_of_no_closing(slack, stack, closed) -> None:
    await stack()
    assert (await slack.close_modal("U0ANNA", everything=True)).seconds == 0
    assert closed == []
