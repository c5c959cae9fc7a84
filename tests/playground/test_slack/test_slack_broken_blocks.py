"""Junk anywhere in a view or a message is refused, not stumbled over."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from demo.slack.blockkit import check_blocks, check_metadata, check_modal
from demo.slack.values import SlackError

WORDS = {"type": "plain_text", "text": "x"}
OPTIONS = [{"text": WORDS, "value": "a"}]
SELECT = {"type": "static_select", "action_id": "s", "options": OPTIONS, "initial_option": OPTIONS[0]}
GROUPED = {"type": "static_select", "option_groups": [{"label": WORDS, "options": OPTIONS}]}
PICTURE = {"type": "image", "image_url": "http://127.0.0.1/x", "alt_text": "x"}
WRITING = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
VIEW: dict[str, Any] = {
    "type": "modal",
    "title": WORDS,
    "submit": WORDS,
    "blocks": [
        {"type": "section", "block_id": "a", "text": {"type": "mrkdwn", "text": "x"}, "accessory": SELECT},
        {"type": "context", "elements": [WORDS, PICTURE]},
        {"type": "actions", "elements": [{"type": "overflow", "options": OPTIONS}, GROUPED]},
        {"type": "input", "label": WORDS, "element": {"type": "plain_text_input", "action_id": "a"}},
        {"type": "rich_text", "elements": [WRITING]},
    ],
}
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.sampled_from(["type", "text"]), inside),
    max_leaves=4,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def test_the_view_these_tests_break_is_a_good_one() -> None:
    check_modal(VIEW)


@given(place=st.sampled_from(list(places(VIEW))), junk=JUNK)
def test_junk_in_any_place_is_refused_or_accepted_but_never_breaks_slack(place, junk) -> None:
    view = copy.deepcopy(VIEW)
    node = view
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = junk
    for check in (check_modal, lambda view: check_blocks(view["blocks"], lambda url: False)):
        with suppress(SlackError):
            check(view)


@given(junk=JUNK)
def test_junk_for_metadata_never_breaks_slack(junk) -> None:
    with suppress(SlackError):
        check_metadata(junk)
