"""The values of a modal's inputs, of any kind."""

from handlers.ports import Payload


def inputs_of(view: Payload) -> Payload:
    """{block_id: what was typed or chosen}; None where nothing is."""
    return {
        block_id: _typed(element)
        for block_id, elements in view.get("state", {}).get("values", {}).items()
        for element in elements.values()
    }


_PLAIN_VALUES = (
    "value",
    "selected_user",
    "selected_users",
    "selected_date",
    "selected_time",
    "selected_date_time",
)


def _typed(element: Payload) -> object:
    if element.get("selected_option"):
        return element["selected_option"]["value"]
    return next((element[name] for name in _PLAIN_VALUES if element.get(name) is not None), None)
