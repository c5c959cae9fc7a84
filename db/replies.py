"""Replies and drafts: what was said in the brand's name, and what was written and not sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.sql.tables import drafts, replies
from db.sql.upsert import upsert


async def keep(connection: AsyncConnection, **columns: Any) -> int:
    return int(
        (await connection.execute(insert(replies).values(**columns).returning(replies.c.id))).scalar_one()
    )


async def load(connection: AsyncConnection, reply_id: int) -> Row[Any] | None:
    return (await connection.execute(select(replies).where(replies.c.id == reply_id))).one_or_none()


async def of_case(connection: AsyncConnection, case_id: int) -> Sequence[Row[Any]]:
    """The replies of a case, oldest first."""
    statement = select(replies).where(replies.c.case_id == case_id).order_by(replies.c.id)
    return (await connection.execute(statement)).all()


async def foremost(connection: AsyncConnection, case_id: int) -> Row[Any] | None:
    """The reply to look at: one that nobody can tell of, else one that is to leave, else the last."""
    pressing = case({"unknown": 0, "queued": 1}, value=replies.c.state, else_=2)
    statement = (
        select(replies).where(replies.c.case_id == case_id).order_by(pressing, replies.c.id.desc()).limit(1)
    )
    return (await connection.execute(statement)).one_or_none()


async def settle(
    connection: AsyncConnection, reply_id: int, *, state: str, seen: str, **changes: Any
) -> bool:
    """Move a reply from the state it was `seen` in; False if it has left that state."""
    statement = update(replies).where(replies.c.id == reply_id, replies.c.state == seen)
    return (await connection.execute(statement.values(state=state, **changes))).rowcount == 1


async def keep_draft(
    connection: AsyncConnection, case_id: int, person: str, text: str, seen: str, at: datetime
) -> None:
    statement = upsert(connection, drafts).values(case_id=case_id, person=person, text=text, seen=seen, at=at)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[drafts.c.case_id, drafts.c.person], set_={"text": text, "seen": seen, "at": at}
        )
    )


async def keep_typed(
    connection: AsyncConnection, case_id: int, person: str, text: str, seen: str, at: datetime
) -> None:
    """Keep what was typed by `at`, unless something later is kept; no text, no draft."""
    if not text.strip():
        earlier = delete(drafts).where(
            drafts.c.case_id == case_id, drafts.c.person == person, drafts.c.at <= at
        )
        await connection.execute(earlier)
        return
    statement = upsert(connection, drafts).values(case_id=case_id, person=person, text=text, seen=seen, at=at)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[drafts.c.case_id, drafts.c.person],
            set_={"text": text, "seen": seen, "at": at},
            where=drafts.c.at <= at,
        )
    )


async def draft(connection: AsyncConnection, case_id: int, person: str) -> Row[Any] | None:
    statement = select(drafts).where(drafts.c.case_id == case_id, drafts.c.person == person)
    return (await connection.execute(statement)).one_or_none()


def editor(person: str, approval_id: int | str) -> str:
    """Whose draft an approver's edit is: not their own of the same case, which is another text."""
    return f"{person} on {approval_id}"


async def drop_edits(connection: AsyncConnection, case_id: int) -> None:
    """What approvers made of a reply that does not wait any more."""
    edits = delete(drafts).where(drafts.c.case_id == case_id, drafts.c.person.like(editor("%", "%")))
    await connection.execute(edits)


async def drop_draft(connection: AsyncConnection, case_id: int, person: str) -> None:
    await connection.execute(delete(drafts).where(drafts.c.case_id == case_id, drafts.c.person == person))
