"""INSERT … ON CONFLICT, which is one statement in both databases but two in SQLAlchemy."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def upsert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return upsert_on(connection.dialect.name, table)


def upsert_on(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An upsert for a dialect, to build a statement once: building one takes longer than running it."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
