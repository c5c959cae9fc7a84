"""DATABASE_URL as people write it, judged without loading a database's libraries."""

import re
from pathlib import Path

_ADDRESSES = "sqlite+aiosqlite:///mentiondesk.db or postgresql+psycopg://user:password@host/database"
_FORM = re.compile(r"(?P<driver>[\w+]+)://[^/?]*(?:/(?P<database>[^?]*))?")


class DatabaseProblem(Exception):
    """The database can't be used."""


def require_address(address: str) -> None:
    """Raise DatabaseProblem with what to do. The address may hold a password: it is not repeated."""
    form = _FORM.match(address)
    if form is None:
        raise DatabaseProblem(f"DATABASE_URL is no database address; use {_ADDRESSES}.")
    if form["driver"] == "postgresql+psycopg":
        return
    if form["driver"] != "sqlite+aiosqlite":
        raise DatabaseProblem(f"DATABASE_URL names {form['driver']}; use {_ADDRESSES}.")
    if not form["database"] or form["database"] == ":memory:":
        raise DatabaseProblem("DATABASE_URL names no file; use sqlite+aiosqlite:///mentiondesk.db.")
    folder = Path(form["database"]).absolute().parent
    if not folder.is_dir():
        raise DatabaseProblem(f"DATABASE_URL: the folder {folder} does not exist; create it first.")
