"""The ledger of deliveries: cards coalesce, replies never do, and each row is moved on by one hand only."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from db import messages
from db.engine import Database
from db.messages import Standing
from db.queue import deliveries, lanes
from db.queue.deliveries import Look
from db.queue.lanes import EditsIn
from db.queue.subjects import CardOf, ReplyPart, parse
from db.rows import Delivery, DeliveryKind, DeliveryState, Place, read_all
from db.sql import tables

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


async def ask_for(database: Database, subject: str, lane: str = "post:C1", rank: int = 30) -> None:
    async with database.write() as connection:
        await deliveries.insert_message(
            connection, parse(subject), case_id=1, lane=lanes.parse(lane), rank=rank, at=NOW
        )


async def promise(database: Database, subject: str, lane: str = "x:acme", **more: Any) -> None:
    async with database.write() as connection:
        await deliveries.insert_delivery(
            connection,
            DeliveryKind.REPLY,
            parse(subject),
            case_id=1,
            lane=lanes.parse(lane),
            at=NOW,
            **{"rank": 0, **more},
        )


async def rows(database: Database) -> list[Delivery]:
    async with database.read() as connection:
        found = await connection.execute(select(tables.deliveries).order_by(tables.deliveries.c.id))
        return read_all(Delivery, found)


async def look(database: Database, lane: str, now: datetime = NOW) -> str | None:
    """The subject that a lane's turn would deliver now."""
    async with database.read() as connection:
        found = await deliveries.look(connection, lane, now)
    subjects = {row.id: str(row.subject) for row in await rows(database)}
    return subjects[found.due] if found.due is not None else None


async def mark(database: Database, seen: Delivery, state: DeliveryState, **changes: Any) -> bool:
    async with database.write() as connection:
        return await deliveries.mark(connection, seen, state, **changes)


async def test_ten_requests_to_draw_a_card_are_one_delivery_of_the_highest_rank(database: Database) -> None:
    for rank in (30, 10, 40):
        await ask_for(database, "card:1", rank=rank)
    (only,) = await rows(database)
    assert (only.subject, only.rank, only.state) == (CardOf(1), 10, DeliveryState.PENDING)


async def test_a_card_asked_for_while_it_is_being_drawn_is_drawn_again(database: Database) -> None:
    await ask_for(database, "card:1")
    (first,) = await rows(database)
    assert await mark(database, first, DeliveryState.SENDING, attempts=1)
    await ask_for(database, "card:1")
    assert [row.state for row in await rows(database)] == [DeliveryState.SENDING, DeliveryState.PENDING]


async def test_a_request_takes_the_delivery_over_into_its_lane(database: Database) -> None:
    await ask_for(database, "card:1", lane="post:C1")
    await ask_for(database, "card:1", lane="edit:C1")
    assert [row.lane for row in await rows(database)] == [EditsIn("C1")]


async def test_replies_never_coalesce(database: Database) -> None:
    await promise(database, "reply:1:0")
    await promise(database, "reply:1:0")
    first, second = await rows(database)
    assert first.key != second.key


async def test_each_lane_offers_its_most_urgent_and_then_its_oldest(database: Database) -> None:
    await ask_for(database, "card:1", rank=30)
    await ask_for(database, "card:2", rank=10)
    await ask_for(database, "card:3", lane="post:C2", rank=20)
    await ask_for(database, "card:4", lane="post:C2", rank=20)
    assert await look(database, "post:C1") == "card:2"
    assert await look(database, "post:C2") == "card:3"
    assert await look(database, "post:C3") is None


async def test_what_is_not_due_yet_holds_up_nothing(database: Database) -> None:
    await promise(database, "reply:1:0", not_before=LATER)
    await promise(database, "reply:2:0", rank=9)
    assert await look(database, "x:acme") == "reply:2:0"
    assert await look(database, "x:acme", LATER) == "reply:1:0"


async def test_an_idle_lane_says_when_to_look_again(database: Database) -> None:
    await promise(database, "reply:1:0", not_before=LATER)
    async with database.read() as connection:
        assert await deliveries.look(connection, "x:acme", NOW) == Look(None, LATER)
        assert await deliveries.look(connection, "x:other", NOW) == Look(None, None)
        assert await deliveries.lanes_in_use(connection) == {"x:acme"}


async def test_only_one_hand_moves_a_delivery_on(database: Database) -> None:
    await ask_for(database, "card:1")
    (seen,) = await rows(database)
    assert await mark(database, seen, DeliveryState.SENDING, attempts=1)
    assert not await mark(database, seen, DeliveryState.SENDING, attempts=1)
    assert not await mark(database, seen, DeliveryState.DONE)


async def test_a_row_cut_off_while_sending_is_still_due(database: Database) -> None:
    await ask_for(database, "card:1")
    (seen,) = await rows(database)
    await mark(database, seen, DeliveryState.SENDING, attempts=1)
    assert await look(database, "post:C1") == "card:1"
    for ended in (DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.CANCELLED):
        (seen,) = await rows(database)
        await mark(database, seen, ended)
        assert await look(database, "post:C1") is None


async def test_a_reply_can_be_taken_back_until_it_is_due(database: Database) -> None:
    await promise(database, "reply:1:0", not_before=LATER)
    async with database.write() as connection:
        assert not await deliveries.cancel(connection, ReplyPart(1, 0), at=LATER, before=LATER)
        assert await deliveries.cancel(connection, ReplyPart(1, 0), at=NOW, before=NOW)
        assert not await deliveries.cancel(connection, ReplyPart(1, 0), at=NOW, before=NOW)
    assert [row.state for row in await rows(database)] == [DeliveryState.CANCELLED]


async def test_a_place_is_kept_moved_and_forgotten(database: Database) -> None:
    async def keep(channel: str, ts: str) -> None:
        async with database.write() as connection:
            await messages.keep_place(
                connection,
                CardOf(1),
                Standing(Place(channel, ts), person=None, drawn="x", plain=False),
                case_id=1,
                at=NOW,
            )

    await keep("C1", "1.1")
    await keep("C2", "2.2")
    async with database.write() as connection:
        assert await messages.subject_at(connection, "C2", "2.2") == CardOf(1)
        assert await messages.subject_at(connection, "C1", "1.1") is None
        assert await messages.places_of_cards(connection, [1, 2]) == {1: ("C2", "2.2")}
        await messages.forget_place(connection, CardOf(1), "2.2")
        assert await messages.place_of(connection, CardOf(1)) is None


async def test_sweeping_leaves_what_lives_and_what_failed(database: Database) -> None:
    for number, state in enumerate(DeliveryState):
        await promise(database, f"reply:{number}:0")
        seen = (await rows(database))[-1]
        await mark(database, seen, state, ended_at=NOW)
    async with database.write() as connection:
        assert await deliveries.sweep(connection, LATER) == 2
    left = {row.state for row in await rows(database)}
    assert left == {
        DeliveryState.PENDING,
        DeliveryState.SENDING,
        DeliveryState.UNKNOWN,
        DeliveryState.FAILED,
        DeliveryState.SOMETHING_NEW,
    }


async def test_a_forgotten_case_has_nothing_left_to_deliver(database: Database) -> None:
    await ask_for(database, "card:1")
    async with database.write() as connection:
        await deliveries.erase_case(connection, 1)
    assert await rows(database) == []


async def test_the_states_are_counted(database: Database) -> None:
    await ask_for(database, "card:1")
    await ask_for(database, "card:2")
    async with database.read() as connection:
        assert await deliveries.counts(connection) == {"pending": 2}


async def test_what_was_given_up_twice_of_one_subject_is_looked_for_again(database: Database) -> None:
    """Each redraw that Slack refused was a row of its own; two that wait at once are not allowed."""
    for _ in range(2):
        await ask_for(database, "card:1")
        (*_before, refused) = await rows(database)
        assert await mark(database, refused, DeliveryState.FAILED, ended_at=NOW)
    await ask_for(database, "card:1")
    async with database.write() as connection:
        assert (await deliveries.not_shown(connection, 5)).count == 2
        assert await deliveries.show_again(connection, LATER) == 2
    assert [row.state for row in await rows(database)] == ["unknown", "unknown", "pending"]


async def test_a_notice_of_long_ago_is_not_said_any_more(database: Database) -> None:
    async with database.write() as connection:
        await deliveries.insert_delivery(
            connection,
            DeliveryKind.NOTICE,
            parse("notice:due_soon"),
            case_id=1,
            lane=lanes.parse("dm:U1"),
            rank=5,
            at=NOW,
        )
    (notice,) = await rows(database)
    assert await mark(database, notice, DeliveryState.FAILED, ended_at=NOW)
    async with database.write() as connection:
        assert await deliveries.show_again(connection, NOW + timedelta(days=3)) == 0
    assert [row.state for row in await rows(database)] == ["cancelled"]
