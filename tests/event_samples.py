"""A sample of every event: values by the types of its fields."""

from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

from triage.events import KINDS, Event

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

ALL = [kind for kinds in KINDS.values() for kind in kinds]
NAMED = {kind.__name__: kind for kind in ALL}


def types_of(kind: type[Event]) -> dict[str, Any]:
    """{field: its plain type}, with None where it may be missing."""
    return {field.name: get_type_hints(kind)[field.name] for field in kind.fields}


def sample(kind: type[Event], **given: Any) -> Event:
    values = {name: _value(name, of) for name, of in types_of(kind).items()}
    return kind(**values | given)


def named(what: str) -> Event:
    """A sample of an event by its stored name: of those that share it, the one without a mark."""
    return sample(KINDS[what][-1])


def _value(name: str, of: Any) -> Any:
    if get_origin(of) is tuple:
        return (_value(name, get_args(of)[0]),)
    if get_args(of):  # or None
        return _value(name, get_args(of)[0])
    if issubclass(of, Enum):
        return next(iter(of))
    return {str: f"some {name.replace('_', '')}", int: 7, bool: True, datetime: AT}[of]
