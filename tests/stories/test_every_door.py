"""Every way in from Slack, by everybody: the table of doors holds, and nothing changes behind a shut one."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from forged import Forger, an_input, button, menu
from slack_bolt.async_app import AsyncApp

from db.sql import tables
from handlers.slack import doors, listeners
from handlers.slack.doors import Need, Of
from handlers.slack.gestures import Gestures, Tasks
from scene import ANNA, KASIA, LAURA, MARCO, MENTIONS, Scene, a_scene, policy_with
from triage.rights import RIGHTS, NotAllowed, Person, Role, Whose

GUEST, STRANGER = "U0GUEST", "U0STRANGER"
PEOPLE = {GUEST: Role.VIEWER, MARCO: Role.TRAINEE, KASIA: Role.AGENT, LAURA: Role.LEAD}
SHUT = re.compile(
    r"Only people of the Acme workspace|Trainees can't do that yet|Only leads can do that"
    r"|You may look at (this case, but not work on it|cards, but you are not on this desk)"
)
# Which go on by themselves, whatever is pressed.
RESTLESS = {"watermarks", "spending", "billed", "said_once", "accounts", "leases", "lanes"}
# Nobody is ever told anything of these.
SILENT = {"open_post", "open_in_x", "home_page", "home_page_next"}


@dataclass
class Doors:
    """A desk with two cases, Anna's and one that nobody has, and everybody at its doors."""

    scene: Scene
    forger: Forger
    case: int

    def value(self, name: str, need: Need, case: int) -> str:
        choices = {"priority": f"urgent:{case}", "area": f"network:{case}", "want_week": "off:0"}
        plain = {Of.CASE: str(case), Of.SAVED: str(case), Of.NOTHING: "0-0-0:0"}
        paged = {"saved_page": "0:0", "saved_page_next": "0:0", "saved": f"1:{case}"}
        approving = dict.fromkeys(("approve", "edit_approve", "send_back"), f"7 1/1:{case}")
        return ({name: plain[need.of]} | choices | paged | approving)[name]

    def element(self, name: str, need: Need, case: int) -> dict[str, Any]:
        if name == "more":
            return menu("more", f"details:{case}", f"resolve:{case}")
        return button(name, self.value(name, need, case))

    async def hears(self, person: str, doing: Any) -> str:
        """What they are told about it, once all that it began is done."""
        before = len(self.scene.heard(person))
        assert (await doing).ok
        await self.scene.app.gestures.tasks.settle(20)
        return " | ".join(one.plain for one in self.scene.heard(person)[before:])

    async def presses(self, person: str, names: list[str], case: int) -> dict[str, str]:
        card = await self.forger.posts(*(self.element(name, doors.BUTTONS[name], case) for name in names))
        slack, said = self.scene.slack, {}
        for name in names:
            option = f"details:{case}" if name == "more" else None
            said[name] = await self.hears(
                person, slack.click(person, card.channel, card.ts, name, option=option)
            )
        return said

    async def chooses(self, person: str, action: str, option: str) -> str:
        card, slack = await self.forger.posts(menu(action, option, "x:0")), self.scene.slack
        return await self.hears(person, slack.click(person, card.channel, card.ts, action, option=option))

    async def sends_off(self, person: str, names: list[str], case: int) -> dict[str, str]:
        slack, said = self.scene.slack, {}
        for name in names:
            self.forger.opens(person, name, {"case": case, "approval": 7})
            ack = await slack.submit(person, {"text": "typed"})
            view = slack.modal(person)
            said[name] = " ".join(ack.errors.values()) or (view.plain if view else "")
            assert view is None or "typed" in view.plain, name
        return said

    async def writes(self, person: str, commands: list[str]) -> dict[str, str]:
        slack = self.scene.slack
        return {
            one: await self.hears(person, slack.command(person, MENTIONS, *(f"{one} ".split(" ", 1))))
            for one in commands
        }

    async def database(self) -> dict[str, Any]:
        kept = [table for table in tables.metadata.sorted_tables if table.name not in RESTLESS]
        return {table.name: await self.scene.rows(table) for table in kept}


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Doors]:
    roles = [{"slack": slack, "role": role} for slack, role in PEOPLE.items() if slack != GUEST]
    async with a_scene(tmp_path, policy=policy_with(undo_seconds=0, person=roles)) as scene:
        scene.slack.add_user(GUEST, "gino", "Gino Ospite", restricted=True)
        scene.slack.add_user(STRANGER, "stan", "Stan Straniero", team_id="T0OTHER")
        await scene.taken("@acme_help the app crashes", by=ANNA)
        await scene.quiet()
        yield Doors(scene, Forger(scene), (await scene.case())["id"])


def shut_for(person: str, table: str) -> list[str]:
    """The doors that the table shuts for somebody; all of them for a stranger."""
    return [name for name, need in doors.TABLES[table].items() if not is_open(person, need)]


def open_for(person: str, table: str) -> list[str]:
    return [name for name, need in doors.TABLES[table].items() if is_open(person, need)]


def is_open(person: str, need: Need) -> bool:
    if person == STRANGER:
        return False
    try:
        need.require(Person(person, "", "", PEOPLE[person]))
    except NotAllowed:
        return False
    return True


# The table


def test_guests_come_through_these_doors_alone() -> None:
    assert set(open_for(GUEST, "button")) == {
        *("details", "more", "open_post", "open_in_x", "home_page", "home_page_next"),
        *("answer", "ask_back", "not_before", "pass", "show"),  # for whoever is asked, says the use case
    }
    assert set(open_for(GUEST, "window")) == {"answer", "ask_back", "not_before"}
    assert [*open_for(GUEST, "command"), *open_for(GUEST, "look-up"), *open_for(GUEST, "input")] == []


def test_trainees_do_not_speak_for_the_brand_and_close_nothing() -> None:
    assert set(shut_for(MARCO, "button")) == {
        *("reply", "write", "answer_all", "undo", "withdraw", "saved", "ask_for_dm"),
        *("posted", "was_sent", "send_again", "delete_reply", "edit_reply", "move"),
        *("resolve", "dismiss", "reopen", "approve", "edit_approve", "send_back"),
        *("save_reply", "saved_new", "saved_delete", "want_week", "show_again"),
    }
    assert set(shut_for(KASIA, "button")) == {"want_week", "show_again"}
    assert shut_for(LAURA, "button") == []


def test_each_door_names_a_right_that_there_is_or_a_role() -> None:
    for needs in doors.TABLES.values():
        for name, need in needs.items():
            assert not need.right or need.right in RIGHTS[Role.LEAD], name


def test_a_gesture_without_a_row_cannot_be_registered() -> None:
    gestures = Gestures(AsyncApp(token="xoxb-1", signing_secret="s"), None, Tasks())  # type: ignore[arg-type]
    with pytest.raises(KeyError, match="snooze"):
        gestures.click("snooze", listeners.claim.on_claim)


def test_a_row_without_a_gesture_does_not_start() -> None:
    gestures = Gestures(AsyncApp(token="xoxb-1", signing_secret="s"), None, Tasks())  # type: ignore[arg-type]
    with pytest.raises(LookupError, match=r"nobody listens at .*button claim"):
        gestures.others()


def test_nobody_listens_but_through_the_door() -> None:
    kinds = r"\b(?:bolt|app)\.(action|view|view_submission|view_closed|options|command|shortcut|message|function)\("
    root = Path(__file__).parents[2]
    beside = {
        path.relative_to(root).as_posix(): re.findall(kinds, path.read_text(encoding="utf-8"))
        for path in (root / "handlers").rglob("*.py")
        if path.name != "gestures.py"
    }
    assert {path: found for path, found in beside.items() if found} == {
        "handlers/slack/listeners.py": ["view_closed"]  # acked, and nothing else
    }


# The doors themselves


async def test_nothing_changes_behind_a_shut_door_and_one_sentence_says_why(at: Doors) -> None:
    before = await at.database()
    for person in (*PEOPLE, STRANGER):
        pressed = await at.presses(
            person, [one for one in shut_for(person, "button") if one not in SILENT], at.case
        )
        sent = await at.sends_off(person, shut_for(person, "window"), at.case)
        written = await at.writes(person, shut_for(person, "command"))
        for door, sentence in (
            pressed | {f"window {one}": said for one, said in sent.items()} | written
        ).items():
            assert SHUT.search(sentence), (person, door, sentence)
            assert " | " not in sentence, (person, door, sentence)
        await looks_up(at, person, shut_for(person, "look-up"), finds=False)
        if "resolve" in shut_for(person, "button"):
            chosen = await at.chooses(person, "more", f"resolve:{at.case}")
            assert SHUT.search(chosen), (person, chosen)
        if shut_for(person, "input"):
            at.forger.opens(person, "reply", {"case": at.case, "seen": "0/0/0"}, telling_input())
            assert (await at.scene.slack.type(person, "text", "I may not")).ok
            await at.scene.app.gestures.tasks.settle(20)
        at.scene.slack._state.drop_modals(person, everything=True)
    assert await at.database() == before


async def test_whoever_may_comes_through_every_open_door(at: Doors) -> None:
    """There is no such case and no such saved reply: so much the use case says, and the door nothing."""
    nowhere = 999
    for person in PEOPLE:
        pressed = await at.presses(person, open_for(person, "button"), nowhere)
        sent = await at.sends_off(person, open_for(person, "window"), nowhere)
        written = await at.writes(person, open_for(person, "command"))
        for door, sentence in (
            pressed | {f"window {one}": said for one, said in sent.items()} | written
        ).items():
            assert not SHUT.search(sentence), (person, door, sentence)
            assert "nobody foresaw" not in sentence, (person, door, sentence)
        for name, sentence in pressed.items():
            assert sentence or doors.BUTTONS[name].of is Of.NOTHING, (person, name)
        await looks_up(at, person, open_for(person, "look-up"), finds=True)
        at.scene.slack._state.drop_modals(person, everything=True)


async def test_an_agent_does_to_a_colleagues_case_what_the_table_of_rights_says(at: Doors) -> None:
    kept = [
        name
        for name, need in doors.BUTTONS.items()
        if need.right and need.of is Of.CASE and Whose.OTHERS not in RIGHTS[Role.AGENT][need.right]
    ]
    before = await at.database()
    moot = {
        "answer_all": "with a colleague",
        "tell_back": "Nobody asks this any more",
        "not_yet": "settled already",
    }
    for name, sentence in (await at.presses(KASIA, kept, at.case)).items():
        assert moot.get(name, f"<@{ANNA}> has this case") in sentence, (name, sentence)
    assert await at.database() == before


async def test_nobody_answers_or_sees_what_they_were_not_asked(at: Doors) -> None:
    asked = [
        name for name, need in doors.BUTTONS.items() if need == doors.BUTTONS["answer"] and name != "more"
    ]
    before = await at.database()
    for person in PEOPLE:
        for name, sentence in (await at.presses(person, asked, at.case)).items():
            assert sentence, (person, name)
            assert at.scene.slack.modal(person) is None
    assert await at.database() == before


def telling_input() -> dict[str, Any]:
    told = {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    return an_input("text", **told) | {"dispatch_action": True}


async def looks_up(at: Doors, person: str, names: list[str], *, finds: bool) -> None:
    for name in names:
        menu = {"type": "external_select", "action_id": name, "min_query_length": 0}
        at.forger.opens(person, "reply", {"case": at.case}, {"type": "actions", "elements": [menu]})
        assert bool(await at.scene.slack.suggestions(person, name)) is finds, (person, name)
