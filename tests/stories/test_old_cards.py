"""Cards, windows and Home of another version: what was ever drawn is understood, and anything else is drawn again."""

from typing import Any

import pytest
from forged import Forger, an_input, button, menu
from structlog.testing import capture_logs

from db.sql import tables
from handlers.slack import doors
from handlers.slack.case import details, escalate
from handlers.slack.home import command
from scene import ANNA, KASIA, LAURA, MARCO, MENTIONS, Scene

ANOTHER = "from another version of Mentiondesk"
NUMBER = "{case}"

# Every action id that a version has posted in Slack, in a message, with each form of its value. A card stays in Slack
# for good: a line may be added here, and none is ever taken away.
POSTED: dict[str, tuple[str, ...]] = {
    # since the first release
    "claim": (NUMBER,),
    "reply": (NUMBER,),
    "escalate": (NUMBER,),
    "resolve": (NUMBER,),
    "details": (NUMBER,),
    "more": tuple(
        f"{gesture}:{NUMBER}"
        for gesture in (
            *("release", "transfer", "follow_up", "dismiss", "reopen", "details"),
            *("move", "resolve", "delete_reply", "edit_reply"),  # later
        )
    ),
    "priority": tuple(f"{priority}:{NUMBER}" for priority in ("urgent", "high", "normal", "low")),
    "area": (f"billing:{NUMBER}", f"none:{NUMBER}"),
    "undo": (NUMBER,),
    "open_in_x": (NUMBER,),
    "posted": (NUMBER,),
    "was_sent": (NUMBER,),
    "send_again": (NUMBER,),
    "answer": (NUMBER,),
    "pass": (NUMBER,),
    "done": (NUMBER,),
    "not_yet": (NUMBER,),
    "write": (NUMBER,),
    "transfer": (NUMBER,),
    # later
    "card": (NUMBER,),
    "open_post": (NUMBER,),
    "answer_all": (NUMBER,),
    "approve": ("7:{case}", "7 1/0:{case}"),  # the reply, then the case as the message shows it
    "edit_approve": ("7:{case}", "7 1/0:{case}"),
    "send_back": ("7:{case}", "7 1/0:{case}"),
    "withdraw": (NUMBER,),
    "show": (NUMBER,),
    "ask_back": (NUMBER,),
    "tell_back": (NUMBER,),
    "not_before": (NUMBER,),
    "take_over": (NUMBER,),
    "hand_over": (NUMBER,),
    "hand_over_all": ("0",),
}
# Home and windows are drawn when they are opened; these may be open during an upgrade.
IN_HOME: dict[str, tuple[str, ...]] = {
    "home_page": ("0-0:0", "0-0-0:0"),  # two lists at first, three later
    "home_page_next": ("1-0:0", "1-0-0:0"),
    "saved_replies": ("0:0",),
    "saved_new": ("0:0",),
    "want_morning": ("on:0", "off:0"),
    "want_evening": ("on:0", "off:0"),
    "want_week": ("on:0", "off:0"),
    "show_again": ("0:0",),
}
IN_WINDOWS = {
    *("saved", "ask_for_dm", "ticket", "save_reply"),
    *("saved_page", "saved_page_next", "saved_one", "saved_open", "saved_delete"),
}


@pytest.fixture
def forger(scene: Scene) -> Forger:
    return Forger(scene)


async def pressed(scene: Scene, forger: Forger, person: str, action: str, value: str) -> str:
    """What they are told once that is pressed."""
    element = menu(action, value, "other:0") if ":" in value else button(action, value)
    card = await forger.posts(element)
    option = value if element["type"] == "overflow" else None
    before = len(scene.heard(person))
    assert (await scene.slack.click(person, card.channel, card.ts, action, option=option)).ok
    await scene.app.gestures.tasks.settle(20)
    return " | ".join(one.plain for one in scene.heard(person)[before:])


def test_every_button_is_in_the_list_of_those_that_were_ever_posted() -> None:
    chosen = {value.split(":")[0] for value in POSTED["more"]}
    assert doors.BUTTONS.keys() == POSTED.keys() | chosen | IN_HOME.keys() | IN_WINDOWS


async def test_whatever_was_ever_posted_is_understood_today(scene: Scene, forger: Forger) -> None:
    await scene.taken("@acme_help the app crashes", by=LAURA)
    case = (await scene.case())["id"]
    for action, values in POSTED.items():
        for value in values:
            said = await pressed(scene, forger, LAURA, action, value.format(case=case))
            assert ANOTHER not in said, (action, value, said)
            assert "nobody foresaw" not in said, (action, value, said)


async def test_buttons_of_the_first_release_open_their_windows(scene: Scene, forger: Forger) -> None:
    await scene.taken("@acme_help the app crashes", by=ANNA)
    case = (await scene.case())["id"]
    for action in ("reply", "write", "escalate", "resolve", "details", "posted", "transfer"):
        assert await pressed(scene, forger, ANNA, action, str(case)) == ""
        assert scene.slack.modal(ANNA).callback_id == {"write": "reply"}.get(action, action)
        await scene.slack.close_modal(ANNA, everything=True)


async def test_a_claim_on_a_card_of_the_first_release_counts(scene: Scene, forger: Forger) -> None:
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    case = (await scene.case())["id"]
    await pressed(scene, forger, MARCO, "claim", str(case))
    await scene.shows(card, f"With <@{MARCO}>")
    await pressed(scene, forger, MARCO, "priority", f"low:{case}")
    await scene.recorded("priority")
    await pressed(scene, forger, MARCO, "more", f"release:{case}")
    await scene.shows(card, "Unclaimed")


async def test_giving_back_what_nobody_has_says_so(scene: Scene, forger: Forger) -> None:
    scene.writes("@acme_help the app crashes")
    await scene.card("the app crashes")
    said = await pressed(scene, forger, KASIA, "more", f"release:{(await scene.case())['id']}")
    assert said.startswith("Nobody has this case.")


async def test_pages_of_a_home_with_two_lists_are_understood(scene: Scene, forger: Forger) -> None:
    for action, values in IN_HOME.items():
        for value in values:
            await forger.draws_home(LAURA, button(action, value))
            assert (await scene.slack.click_home(LAURA, action)).ok
            await scene.app.gestures.tasks.settle(20)
            assert scene.heard(LAURA) == [], (action, value)


# What this version does not know


def unknown_to_this_version(case: int) -> list[tuple[dict[str, Any], str | None]]:
    """An action id, values, choices; with the option to choose."""
    return [
        (button("snooze", str(case)), None),
        (button("claim", f"case/{case}"), None),
        (button("claim", "9" * 30), None),
        (button("claim", "0"), None),
        (menu("more", f"snooze:{case}", "x"), f"snooze:{case}"),
        (menu("more", "snooze", "x"), "snooze"),
        (menu("priority", f"critical:{case}", "x"), f"critical:{case}"),
    ]


async def test_what_is_unknown_draws_the_card_again_and_says_so(scene: Scene, forger: Forger) -> None:
    scene.writes("@acme_help the app crashes")
    card = await scene.card("the app crashes")
    history = await scene.events()
    for element, option in unknown_to_this_version((await scene.case())["id"]):
        await forger.draws_over(card, element)
        before = len(scene.heard(MARCO))
        await scene.slack.click(MARCO, card.channel, card.ts, element["action_id"], option=option)
        await scene.shows(card, "Unclaimed")
        await scene.eventually(lambda n=before: scene.heard(MARCO)[n:], "a sentence")
        (told,) = scene.slack.ephemerals(MARCO)[before:]
        assert "It is drawn again now: please press again." in told.plain, element
    assert await scene.events() == history
    await scene.claim(MARCO, card)


async def test_a_question_to_an_expert_is_drawn_again_too(scene: Scene, forger: Forger) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "escalate")
    assert (await scene.slack.submit(ANNA, {"expert": KASIA, "question": "What now?"})).ok
    asked = await scene.told(KASIA, "What now?")
    await forger.draws_over(asked, button("answer_by_voice", "1"))
    await scene.slack.click(KASIA, asked.channel, asked.ts, "answer_by_voice")
    await scene.told(KASIA, "It is drawn again now")
    await scene.eventually(lambda: "answer" in scene.again(asked).button_ids, "the question again")


async def test_a_button_that_hangs_on_nothing_of_ours_says_what_to_do(scene: Scene, forger: Forger) -> None:
    assert "Write `/desk` for a fresh list" in await pressed(scene, forger, MARCO, "snooze", "1")


async def test_a_button_in_an_old_home_draws_home_again(scene: Scene, forger: Forger) -> None:
    await forger.draws_home(MARCO, button("snooze", "1"))
    await scene.slack.click_home(MARCO, "snooze")
    await scene.told(MARCO, "Home is fresh now: please press again.")
    assert "Unclaimed (0)" in scene.slack.home(MARCO).plain


async def test_a_button_in_an_old_window_says_what_to_do(scene: Scene, forger: Forger) -> None:
    forger.opens(MARCO, "reply", {"case": 1}, {"type": "actions", "elements": [button("translate", "1")]})
    await scene.slack.click_modal(MARCO, "translate")
    await scene.told(MARCO, f"This window is {ANOTHER}")


async def test_an_unknown_window_stays_with_what_was_typed(scene: Scene, forger: Forger) -> None:
    forger.opens(MARCO, "snooze", {"case": 1}, an_input("why"), an_input("until"))
    ack = await scene.slack.submit(MARCO, {"why": "She is on holiday", "until": "Monday"})
    assert ack.errors == {
        "why": f"This window is {ANOTHER}. Copy what you typed, close it and open it again."
    }
    assert scene.slack.modal(MARCO).values == {"why": "She is on holiday", "until": "Monday"}


async def test_an_unknown_window_without_an_input_stays_with_the_sentence(
    scene: Scene, forger: Forger
) -> None:
    words = {"type": "section", "text": {"type": "plain_text", "text": "Surely?"}}
    forger.opens(MARCO, "snooze", {}, words)
    assert (await scene.slack.submit(MARCO)).ok
    view = scene.slack.modal(MARCO)
    assert ANOTHER in view.plain
    assert "Surely?" in view.plain


async def test_a_window_opened_with_less_than_today_stays_with_what_was_typed(
    scene: Scene, forger: Forger
) -> None:
    await scene.taken("@acme_help the app crashes", by=MARCO)
    forger.opens(MARCO, "reply", {"case": (await scene.case())["id"]})
    ack = await scene.slack.submit(MARCO, {"text": "Try to restart it."})
    assert ANOTHER in ack.errors["text"]
    assert scene.slack.modal(MARCO).values["text"] == "Try to restart it."
    assert await scene.rows(tables.drafts) == []


@pytest.mark.parametrize(
    "metadata", ["", [], None, 5, "none of ours", {"case": None}, {"case": 10**30}], ids=str
)
async def test_a_window_whose_metadata_cannot_be_read_stays_with_what_was_typed(
    scene: Scene, forger: Forger, metadata: object
) -> None:
    for window in ("reply", "answer", "saved_reply"):
        forger.opens(MARCO, window, metadata, an_input())
        ack = await scene.slack.submit(MARCO, {"text": "Try to restart it."})
        view = scene.slack.modal(MARCO)
        assert ANOTHER in " ".join([*ack.errors.values(), view.plain]), window
        assert view.values["text"] == "Try to restart it.", window


async def test_a_button_of_a_window_that_is_on_a_message_says_what_to_do(
    scene: Scene, forger: Forger
) -> None:
    await scene.taken("@acme_help the app crashes", by=MARCO)
    for action, value in (("ask_for_dm", "{case}"), ("saved", "1:{case}")):
        said = await pressed(scene, forger, MARCO, action, value.format(case=(await scene.case())["id"]))
        assert "nobody foresaw" not in said, action
        assert said, action


# What nobody foresaw


def broken(*_args: Any, **_named: Any) -> Any:
    raise ZeroDivisionError


async def test_a_press_that_breaks_says_so_with_a_number_that_is_in_the_log(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await scene.taken("@acme_help the app crashes")
    monkeypatch.setattr(details, "modal", broken)
    with capture_logs() as log:
        await scene.click(ANNA, card, "details")
        told = await scene.told(ANNA, "Something went wrong that nobody foresaw")
    (entry,) = [one for one in log if one["event"] == "unforeseen"]
    assert f"this number: {entry['reference']}." in told.plain
    assert entry["action"] == "details"


async def test_a_window_that_breaks_stays_with_a_number(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await scene.taken("@acme_help the app crashes")
    await scene.opens(ANNA, card, "escalate")
    monkeypatch.setattr(escalate.escalate, "escalate", broken)
    ack = await scene.slack.submit(ANNA, {"expert": KASIA, "question": "What now?"})
    assert "this number: " in ack.errors["question"]
    assert scene.slack.modal(ANNA).values["question"] == "What now?"


async def test_a_command_that_breaks_says_so_with_a_number(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command.lists, "open_cases", broken)
    await scene.slack.command(ANNA, MENTIONS, "/desk", "mine")
    await scene.told(ANNA, "this number: ")
