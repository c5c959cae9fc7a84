"""Acts of people in modals and on the Home: type, submit, close, click."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

from demo.slack import payloads
from demo.slack.blockkit import check_modal
from demo.slack.fields import KINDS, complaint, dispatches, entered
from demo.slack.people import UNHEARD, Gestures, action_json, find, told, unheard
from demo.slack.texts import elements
from demo.slack.values import Ack, Json, SlackError, View

_NOTHING: Mapping[str, Any] = {}


class ViewGestures(Gestures):
    """Doings in views; `values` and `value` are texts, options' values, ids, or lists of them."""

    def fill(self, user: str, name: str, value: object, *, block_id: str | None = None) -> None:
        """Put a value in an input of the top modal, without telling the bot. name: its block_id or action_id."""
        view = self._top(user)
        self._put(user, self._with(user, view, *_input(view, name, block_id), value))

    def type(self, user: str, name: str, value: object, *, enter: bool = False) -> Awaitable[Ack]:
        """The same, and the bot hears of it if the block dispatches actions; await it to wait for the ack.

        A text is told as configured: on_character_entered (once, as after a pause), or with `enter`
        on_enter_pressed. A choice is told at once.
        """
        block, _element = _input(self._top(user), name)
        self.fill(user, name, value)
        return self.dispatch(user, name) if dispatches(block, enter=enter) else unheard()

    def dispatch(self, user: str, name: str, *, block_id: str | None = None) -> Awaitable[Ack]:
        """Tell the bot the value of an input, and those of all the others in the modal."""
        view = self._top(user)
        block, element = _input(view, name, block_id)
        if not block.get("dispatch_action"):
            raise LookupError(f"{block['block_id']} does not dispatch actions")
        action = told(self._state, block, element, view.state[block["block_id"]][element["action_id"]])
        return self._delivery.begin(payloads.click_in_view(self._state, user, view, action))

    async def submit(self, user: str, values: Mapping[str, object] = _NOTHING) -> Ack:
        """Fill in `values` and submit the top modal. On errors, or without an ack, it stays open."""
        for block_id, value in values.items():
            self.fill(user, block_id, value)
        view = replace(self._top(user), errors={})
        self._put(user, view)
        refused = _refused_by_client(view)
        if refused:
            return self._stays(user, view, Ack(False, 0.0, refused))
        ack = await self._delivery.interaction(payloads.view_submission(self._state, user, view))
        if not ack.ok:
            return self._stays(user, view, ack)
        return self._obey(user, view, ack)

    def _obey(self, user: str, view: View, ack: Ack) -> Ack:
        """Do to the modal as the ack of a submission says."""
        action = ack.payload.get("response_action")
        if action == "errors":
            return self._show_errors(user, view, ack)
        if action in ("update", "push"):
            return self._show_view(user, view, ack, push=action == "push")
        if action not in (None, "clear"):
            return self._stays(user, view, _invalid(ack, f"unknown response_action {action}"))
        if self._is_open(user, view):
            self._state.drop_modals(user, everything=action == "clear")
        return ack

    def _show_errors(self, user: str, view: View, ack: Ack) -> Ack:
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        errors = ack.payload.get("errors") or {}
        strange = sorted(set(errors) - inputs)
        if strange or not errors:
            return self._stays(user, view, _invalid(ack, f"errors for blocks that are not inputs: {strange}"))
        return self._stays(user, view, replace(ack, ok=False, errors=dict(errors)))

    def _show_view(self, user: str, view: View, ack: Ack, *, push: bool) -> Ack:
        definition = ack.payload.get("view")
        try:
            check_modal(definition)
            if push:
                self._state.push_modal(user, self._state.drawn(definition or {}))
            elif self._is_open(user, view):
                self._put(user, self._state.drawn(definition or {}, over=view))
        except SlackError as error:
            said = error.more.get("response_metadata", {}).get("messages", [error.error])
            return self._stays(user, view, _invalid(ack, "; ".join(said)))
        return ack

    async def close_modal(self, user: str, *, everything: bool = False) -> Ack:
        """Cancel: close the top modal, or with clear_on_close all; everything: the × in the corner.

        The bot hears of each that asked for it, the top one first.
        """
        is_cleared = everything or self._top(user).clear_on_close
        ack = UNHEARD
        for view in self._state.drop_modals(user, everything=is_cleared):
            if view.notify_on_close:
                closing = payloads.view_closed(self._state, user, view, is_cleared=is_cleared)
                ack = await self._delivery.interaction(closing)
        return ack

    async def click_modal(
        self, user: str, action_id: str, *, option: object = None, block_id: str | None = None
    ) -> Ack:
        """A button, a menu, or an input that dispatches its action, in the top modal."""
        return await self._click_view(user, self._top(user), action_id, option, block_id)

    async def click_home(
        self, user: str, action_id: str, *, option: object = None, block_id: str | None = None
    ) -> Ack:
        """A button or a menu in Home; `block_id` tells apart those that share an action id."""
        return await self._click_view(user, self._home(user), action_id, option, block_id)

    async def _click_view(
        self, user: str, view: View, action_id: str, option: object, block_id: str | None
    ) -> Ack:
        block, element = find(view.blocks, action_id, block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise LookupError(f"{block['block_id']} does not dispatch actions: type() or submit() fill it")
        if element["type"] in KINDS:
            view = self._with(user, view, block, element, option)
            self._put(user, view)
            action = told(self._state, block, element, view.state[block["block_id"]][action_id])
        else:
            action = action_json(self._state, block, element, option)
        return await self._delivery.interaction(payloads.click_in_view(self._state, user, view, action))

    async def open_home(self, user: str) -> Ack:
        """Look at the app's Home tab."""
        self._state.user(user)
        return await self._heard(payloads.app_home_opened(self._state, user))

    def _top(self, user: str) -> View:
        stack = self._state.modals.get(user)
        if not stack:
            raise LookupError(f"{user} has no modal open")
        return stack[-1]

    def _home(self, user: str) -> View:
        if user not in self._state.homes:
            raise LookupError(f"{user} has no Home yet")
        return self._state.homes[user]

    def _is_open(self, user: str, view: View) -> bool:
        return any(shown.id == view.id for shown in self._state.modals.get(user, []))

    def _put(self, user: str, view: View) -> None:
        self._state.put_view(user, view)

    def _with(self, user: str, view: View, block: Json, element: Json, value: object) -> View:
        """The view with something put in one of its elements."""
        standing = dict(view.state.get(block["block_id"], {}))
        before = standing.get(element["action_id"])
        choosable = self._state.offers.joined(user, view.id, block, element, before)
        standing[element["action_id"]] = entered(choosable, value)
        return replace(view, state={**view.state, block["block_id"]: standing})

    def _stays(self, user: str, view: View, ack: Ack) -> Ack:
        """The modal stays, with what is wrong beside its inputs. It may have been updated meanwhile."""
        found = self._state.view(view.id)
        if found is not None:
            self._put(user, replace(found[1], errors=ack.errors))
        return ack


def _invalid(ack: Ack, why: str) -> Ack:
    """Slack shows the person its sentence about a connection; we say what the bot did wrong."""
    return replace(ack, ok=False, errors={"_invalid_response": why})


def _input(view: View, name: str, block_id: str | None = None) -> tuple[Json, Json]:
    """(block, element) by block_id or else by action_id; with block_id given, the action_id in that block."""
    inputs = [pair for pair in elements(view.blocks) if pair[1]["type"] in KINDS]
    by_block = [pair for pair in inputs if block_id is None and pair[0]["block_id"] == name]
    by_action = [
        (block, element)
        for block, element in inputs
        if element["action_id"] == name and block_id in (None, block["block_id"])
    ]
    for pair in by_block + by_action:
        return pair
    raise LookupError(f"there is no input {name!r}, only {list(view.state)}")


def _refused_by_client(view: View) -> dict[str, str]:
    """Slack's client does not send what lacks a required input."""
    complaints = {
        block["block_id"]: complaint(block, view.state[block["block_id"]][block["element"]["action_id"]])
        for block in view.blocks
        if block["type"] == "input"
    }
    return {block_id: words for block_id, words in complaints.items() if words}
