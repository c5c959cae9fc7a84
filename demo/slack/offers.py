"""The app's offers in external selects: checked, and kept until a person chooses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from demo.slack.blockkit import check_options
from demo.slack.fields import KINDS, options
from demo.slack.values import Ack, Json, SlackError

EXTERNAL = ("external_select", "multi_external_select")
LEAST_TYPED = 3  # characters, unless the element says otherwise
MOST_PLACES = 500
MOST_OPTIONS = 1000


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The options that a person sees below the field; none if the app did not answer, or answered wrongly (see `ack`).

    groups: as the app sent them, with their options also in `options`; empty if it sent plain options.
    """

    ack: Ack
    options: list[Json] = field(default_factory=list)
    groups: list[Json] = field(default_factory=list)


def suggested(ack: Ack) -> Suggestions:
    """The app's answer to a block_suggestion."""
    if not ack.ok:
        return Suggestions(ack)
    try:
        check_options(ack.payload)
    except SlackError as error:
        wrong = "; ".join(error.more["response_metadata"]["messages"])
        return Suggestions(replace(ack, ok=False, errors={"_invalid_response": wrong}))
    return Suggestions(ack, options(ack.payload), ack.payload.get("option_groups", []))


@dataclass(slots=True)
class Offers:
    """The options offered to each person; `place` is a view's id or a message's ts."""

    _kept: OrderedDict[tuple[str, str, str, str], dict[str, Json]] = field(default_factory=OrderedDict)

    def keep(self, user: str, place: str, block: Json, element: Json, offered: Iterable[Json]) -> None:
        key = (user, place, block["block_id"], element["action_id"])
        newest = {option["value"]: option for option in offered}
        older = {value: option for value, option in self._kept.pop(key, {}).items() if value not in newest}
        self._kept[key] = dict([*newest.items(), *older.items()][:MOST_OPTIONS])
        while len(self._kept) > MOST_PLACES:
            self._kept.popitem(last=False)

    def joined(self, user: str, place: str, block: Json, element: Json, standing: Json | None = None) -> Json:
        """An external select with every possible choice as its options: offered, already chosen, initial."""
        if element["type"] not in EXTERNAL:
            return element
        kind = KINDS[element["type"]]
        offered = self._kept.get((user, place, block["block_id"], element["action_id"]), {})
        before = [*_listed((standing or {}).get(kind.key)), *_listed(element.get(kind.initial))]
        return {**element, "options": [*offered.values(), *before]}


def _listed(content: Any) -> list[Json]:
    return content if isinstance(content, list) else [content] if content else []
