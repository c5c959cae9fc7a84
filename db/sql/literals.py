"""Writes constants into the SQL text: with bound parameters neither database uses a partial index."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, bindparam


def literal_in(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """The condition that a column has one of these values; they must be the program's own, never a user's."""
    if len(values) == 1:  # SQLite uses a partial index only for the very words of its definition
        return column == bindparam(None, str(*values), literal_execute=True)
    return column.in_(bindparam(None, [str(value) for value in values], expanding=True, literal_execute=True))
