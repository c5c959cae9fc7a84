"""Drafts: what somebody has written and not sent."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.rows import Draft, read_one
from db.sql.tables import drafts
from db.sql.upsert import upsert


async def keep(
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


_MINE = select(drafts).where(drafts.c.case_id == bindparam("which"), drafts.c.person == bindparam("whose"))


async def load(connection: AsyncConnection, case_id: int, person: str) -> Draft | None:
    mine = await connection.execute(_MINE, {"which": case_id, "whose": person})
    return read_one(Draft, mine.one_or_none())


async def drop(connection: AsyncConnection, case_id: int, person: str) -> None:
    await connection.execute(delete(drafts).where(drafts.c.case_id == case_id, drafts.c.person == person))


async def begin_with(connection: AsyncConnection, case_id: int, person: str, saved_id: int | None) -> None:
    """Remember the saved reply that a draft began with."""
    statement = update(drafts).where(drafts.c.case_id == case_id, drafts.c.person == person)
    await connection.execute(statement.values(saved=saved_id))


def editor(person: str, approval_id: int | str) -> str:
    """The owner of an approver's edit: not the approver's own draft of the same case, which is another text."""
    return f"{person} on {approval_id}"


async def drop_edits(connection: AsyncConnection, case_id: int) -> None:
    """Drop what approvers made of a reply that does not wait any more."""
    edits = delete(drafts).where(drafts.c.case_id == case_id, drafts.c.person.like(editor("%", "%")))
    await connection.execute(edits)
