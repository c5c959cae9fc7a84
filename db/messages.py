"""Places in Slack: the message that shows each subject, and its last drawing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Insert, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queue.subjects import CardOf, Old, Subject, parse
from db.rows import Place, Posted, read_all, read_one
from db.sql.tables import messages
from db.sql.upsert import upsert_on


@dataclass(frozen=True, slots=True)
class Standing:
    """A message in Slack: its place, its recipient if it is direct, its last drawing, and `plain` if without pictures."""

    place: Place
    person: str | None
    drawn: str
    plain: bool


_PLACE = select(messages).where(messages.c.subject == bindparam("subject"))


async def place_of(connection: AsyncConnection, subject: Subject) -> Posted | None:
    found = await connection.execute(_PLACE, {"subject": str(subject)})
    return read_one(Posted, found.one_or_none())


async def places_of_cards(
    connection: AsyncConnection, case_ids: Collection[int]
) -> dict[int, tuple[str, str]]:
    """The places of the cards in Slack now, {case id: (channel, ts)}."""
    subjects = [str(CardOf(case_id)) for case_id in case_ids]
    statement = select(messages.c.case_id, messages.c.channel, messages.c.ts).where(
        messages.c.subject.in_(subjects)
    )
    return {case_id: (channel, ts) for case_id, channel, ts in await connection.execute(statement)}


async def subject_at(connection: AsyncConnection, channel: str, ts: str) -> Subject | None:
    """The subject shown at this place in Slack, or None if the message is not ours."""
    statement = select(messages.c.subject).where(messages.c.channel == channel, messages.c.ts == ts)
    found = (await connection.execute(statement)).scalar_one_or_none()
    return None if found is None else parse(found)


_REDRAWN = update(messages).where(
    messages.c.subject == bindparam("which"),
    messages.c.channel == bindparam("there"),
    messages.c.ts == bindparam("since"),
)


async def keep_redrawn(connection: AsyncConnection, subject: Subject, standing: Standing) -> bool:
    """Record that `subject` was redrawn in its place; False if it is not there any more."""
    where = {"which": str(subject), "there": standing.place.channel, "since": standing.place.ts}
    redrawn = await connection.execute(_REDRAWN, {"drawn": standing.drawn, "plain": standing.plain, **where})
    return redrawn.rowcount == 1


async def keep_place(
    connection: AsyncConnection,
    subject: Subject,
    standing: Standing,
    *,
    case_id: int | None,
    at: datetime,
) -> None:
    """Record the place and the drawing of `subject`."""
    values = {
        "subject": str(subject),
        "case_id": case_id,
        "person": standing.person,
        "channel": standing.place.channel,
        "ts": standing.place.ts,
        "drawn": standing.drawn,
        "plain": standing.plain,
        "posted_at": at,
    }
    await connection.execute(_stand(connection.dialect.name), values)


@cache
def _stand(dialect: str) -> Insert:
    statement = upsert_on(dialect, messages)
    anew = {column.name: statement.excluded[column.name] for column in messages.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=[messages.c.subject], set_=anew)


async def keep_old_place(connection: AsyncConnection, case_id: int | None, old: Posted) -> None:
    """Keep the place of a message until it is removed there: people may still write in its thread."""
    values = {
        "subject": str(Old(old.subject, old.ts)),
        "case_id": case_id,
        "person": old.person,
        "channel": old.channel,
        "ts": old.ts,
        "drawn": old.drawn,
        "plain": old.plain,
        "posted_at": old.posted_at,
    }
    await connection.execute(insert(messages).values(values))


async def vacate(connection: AsyncConnection, place: Place) -> None:
    """Forget every subject at this place."""
    await connection.execute(
        delete(messages).where(messages.c.channel == place.channel, messages.c.ts == place.ts)
    )


async def forget_place(connection: AsyncConnection, subject: Subject, ts: str) -> None:
    """Forget this place of `subject`, but not a newer one."""
    await connection.execute(delete(messages).where(messages.c.subject == str(subject), messages.c.ts == ts))


async def forget_drawing(connection: AsyncConnection, subject: Subject) -> None:
    """It is not trusted to look as it was last drawn."""
    await connection.execute(update(messages).where(messages.c.subject == str(subject)).values(drawn=""))


async def places_of_case(connection: AsyncConnection, case_id: int) -> Sequence[Posted]:
    """Every message in Slack that shows a case, oldest first."""
    statement = select(messages).where(messages.c.case_id == case_id).order_by(messages.c.posted_at)
    return read_all(Posted, await connection.execute(statement))


async def boards(connection: AsyncConnection) -> dict[str, Place]:
    """The place of each channel's board, {channel: place}."""
    statement = select(messages.c.channel, messages.c.ts).where(messages.c.subject.startswith("board:"))
    return {row.channel: Place(row.channel, row.ts) for row in await connection.execute(statement)}


async def erase_case(connection: AsyncConnection, case_id: int) -> None:
    """Forget every place of a case."""
    await connection.execute(delete(messages).where(messages.c.case_id == case_id))
