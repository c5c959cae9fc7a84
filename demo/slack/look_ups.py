"""External selects: typing in one asks the app for options."""

from __future__ import annotations

from collections.abc import Sequence

from demo.slack import payloads
from demo.slack.offers import EXTERNAL, LEAST_TYPED, Suggestions, suggested
from demo.slack.people import UNHEARD
from demo.slack.texts import elements
from demo.slack.values import Json, Message
from demo.slack.view_people import ViewGestures


class LookUps(ViewGestures):
    """Looking up in the top modal, or in a message, or in Home. What was offered can then be chosen there."""

    async def suggestions(
        self, user: str, name: str, typed: str = "", *, message: Message | None = None, home: bool = False
    ) -> list[Json]:
        """The options below the field `name` (its block_id or action_id); [] without a good answer in 3 s.

        The app is not asked before min_query_length characters are typed: 3 of them, unless it says
        otherwise. With 0 it is asked when the menu opens.
        """
        return (await self.look_up(user, name, typed, message=message, home=home)).options

    async def look_up(
        self,
        user: str,
        name: str,
        typed: str = "",
        *,
        message: Message | None = None,
        home: bool = False,
        block_id: str | None = None,
    ) -> Suggestions:
        """The same, with the groups of the options, and the app's ack of the question."""
        place, blocks, where = self._looked_at(user, message, home)
        block, element = _external(blocks, name, block_id)
        if len(typed) < element.get("min_query_length", LEAST_TYPED):
            return Suggestions(UNHEARD)
        question = payloads.block_suggestion(self._state, user, where, block, element, typed)
        found = suggested(await self._delivery.interaction(question))
        self._state.offers.keep(user, place, block, element, found.options)
        return found

    def _looked_at(self, user: str, message: Message | None, home: bool) -> tuple[str, Sequence[Json], Json]:
        """(place, blocks, how the payload names it)."""
        if message is not None:
            seen = message if message.ephemeral_for else self._message(message.channel, message.ts)
            return seen.ts, seen.all_blocks, payloads.in_message(self._state, seen)
        view = self._home(user) if home else self._top(user)
        return view.id, view.blocks, payloads.in_view(self._state, view)


def _external(blocks: Sequence[Json], name: str, block_id: str | None) -> tuple[Json, Json]:
    known = [pair for pair in elements(blocks) if pair[1]["type"] in EXTERNAL]
    for block, element in known:
        if name in (block["block_id"], element["action_id"]) and block_id in (None, block["block_id"]):
            return block, element
    ids = [element["action_id"] for _, element in known]
    raise LookupError(f"there is no external select {name!r}, only {ids}")
