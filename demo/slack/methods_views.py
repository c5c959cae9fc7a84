"""Web API: views.*"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from demo.slack.args import Args
from demo.slack.blockkit import check_home, check_modal
from demo.slack.passes import exchange
from demo.slack.shapes import view_json
from demo.slack.state import State
from demo.slack.values import Json, SlackError, View


def open_view(state: State, args: Args) -> Json:
    definition = _definition(args)
    check_modal(definition)
    _refuse_known_external_id(state, definition)
    gesture = exchange(state.triggers, args.text("trigger_id"))
    return _shown(state, state.open_modal(gesture.user, state.drawn(definition)))


def push_view(state: State, args: Args) -> Json:
    definition = _definition(args)
    check_modal(definition)
    _refuse_known_external_id(state, definition)
    gesture = exchange(state.triggers, args.text("trigger_id"))
    if gesture.view_id is None or state.view(gesture.view_id) is None:
        raise SlackError("not_found")
    return _shown(state, state.push_modal(gesture.user, state.drawn(definition)))


def update_view(state: State, args: Args) -> Json:
    """Redraw a view; text typed in an input with the same block_id and action_id stays."""
    user, before = _named(state, args)
    definition = _definition(args)
    (check_home if before.type == "home" else check_modal)(definition)
    _check_hash(args, before)
    _refuse_known_external_id(state, definition, but=before)
    after = state.drawn(definition, over=before)
    state.put_view(user, after)
    return _shown(state, after)


def publish_view(state: State, args: Args) -> Json:
    user, definition = args.text("user_id"), _definition(args)
    if user not in state.users:
        raise SlackError("invalid_arguments", response_metadata={"messages": ["[ERROR] invalid `user_id`"]})
    check_home(definition)
    before = state.homes.get(user)
    if before is not None:
        _check_hash(args, before)
    after = state.drawn(definition, over=before)
    state.put_view(user, replace(after, root_view_id=after.id))
    return _shown(state, state.homes[user])


def _definition(args: Args) -> Any:
    args.text("view")
    return args.structure("view", "invalid_arguments")


def _named(state: State, args: Args) -> tuple[str, View]:
    external_id = args.maybe("external_id")
    known = state.find_external(external_id) if external_id else None
    found = state.view(known.id if known else args.get("view_id", ""))
    if found is None:
        raise SlackError("not_found")
    return found


def _check_hash(args: Args, before: View) -> None:
    if args.maybe("hash") not in (None, before.hash):
        raise SlackError("hash_conflict")


def _refuse_known_external_id(state: State, definition: Json, *, but: View | None = None) -> None:
    known = state.find_external(definition["external_id"]) if definition.get("external_id") else None
    if known is not None and (but is None or known.id != but.id):
        raise SlackError("duplicate_external_id")


def _shown(state: State, view: View) -> Json:
    return {"view": view_json(state, view)}


METHODS = {
    "views.open": open_view,
    "views.push": push_view,
    "views.update": update_view,
    "views.publish": publish_view,
}
