"""Saved replies and their counts, which are read off the replies, so that nothing is counted twice."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import ReplyState
from db.sql.tables import replies, saved_replies
from triage.replies.saved import Saved


async def all_of_them(connection: AsyncConnection) -> list[Saved]:
    """All saved replies by language and title, with their counts."""
    ordered = _counted().order_by(saved_replies.c.language, saved_replies.c.title)
    return [_of(row) for row in await connection.execute(ordered)]


async def find(connection: AsyncConnection, saved_id: int) -> tuple[Saved, datetime] | None:
    """A saved reply and the time of its last change, or None."""
    row = (await connection.execute(_counted().where(saved_replies.c.id == saved_id))).one_or_none()
    return (_of(row), row.changed_at) if row else None


def _counted() -> Select[object]:
    """Select each with the number of sent replies that began with it, and of those whose case came back."""
    sent = (replies.c.saved == saved_replies.c.id) & (replies.c.state == ReplyState.SENT)
    uses = select(func.count()).where(sent).correlate(saved_replies).scalar_subquery()
    back = sent & (replies.c.came_back == true())
    reopens = select(func.count()).where(back).correlate(saved_replies).scalar_subquery()
    return select(saved_replies, uses.label("uses"), reopens.label("reopens"))


def _of(row: Row[Any]) -> Saved:
    expires_on = date.fromisoformat(row.expires_on) if row.expires_on else None
    return Saved(
        row.title, row.text, row.language, row.area, row.owner, expires_on, row.id, row.uses, row.reopens
    )


async def named(connection: AsyncConnection, title: str, language: str) -> int | None:
    """The id of the saved reply with this title in this language, or None."""
    statement = select(saved_replies.c.id).where(
        saved_replies.c.title == title, saved_replies.c.language == language
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def keep(connection: AsyncConnection, saved: Saved, at: datetime) -> None:
    values = _columns(saved) | {"made_at": at, "changed_at": at}
    await connection.execute(insert(saved_replies).values(**values))


async def change(connection: AsyncConnection, saved: Saved, at: datetime, *, seen: datetime) -> bool:
    """Change a saved reply; False if it was changed or removed since it was seen."""
    statement = update(saved_replies).where(
        saved_replies.c.id == saved.id, saved_replies.c.changed_at == seen
    )
    return (await connection.execute(statement.values(**_columns(saved), changed_at=at))).rowcount == 1


async def overwrite(connection: AsyncConnection, saved: Saved, at: datetime) -> bool:
    """Change a saved reply without looking at its last change; False if it was the same already."""
    columns = _columns(saved)
    differs = [saved_replies.c[name].is_distinct_from(value) for name, value in columns.items()]
    other = differs[0]
    for one in differs[1:]:
        other |= one
    statement = update(saved_replies).where(saved_replies.c.id == saved.id, other)
    return (await connection.execute(statement.values(**columns, changed_at=at))).rowcount == 1


def _columns(saved: Saved) -> dict[str, object]:
    return {
        "title": saved.title,
        "text": saved.text,
        "language": saved.language,
        "area": saved.area,
        "owner": saved.owner,
        "expires_on": saved.expires_on.isoformat() if saved.expires_on else None,
    }


async def remove(connection: AsyncConnection, saved_id: int) -> bool:
    statement = delete(saved_replies).where(saved_replies.c.id == saved_id)
    return (await connection.execute(statement)).rowcount == 1


async def came_back(connection: AsyncConnection, case_id: int) -> None:
    """Record on a case's last reply that the case opened again after it, once."""
    last = select(func.max(replies.c.id)).where(
        replies.c.case_id == case_id, replies.c.state == ReplyState.SENT
    )
    statement = update(replies).where(
        replies.c.id == last.scalar_subquery(), replies.c.saved.is_not(None), replies.c.came_back != true()
    )
    await connection.execute(statement.values(came_back=True))
