"""Constants in conditions, written into the SQL: bound, neither database would use an index that is partial by them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, bindparam


def literal_in(column: ColumnElement[Any], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of these values, which are the program's own and never a user's."""
    if len(values) == 1:  # SQLite takes a partial index only for the very words of its definition
        return column == bindparam(None, str(*values), literal_execute=True)
    return column.in_(bindparam(None, [str(value) for value in values], expanding=True, literal_execute=True))
