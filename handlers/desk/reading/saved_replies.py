"""Looks at the saved replies."""

from datetime import datetime

from db.answers import saved_replies as store
from handlers.desk.look import Look, one_look
from triage.replies.saved import Saved


@one_look
async def all_of_them(look: Look) -> list[Saved]:
    return await store.all_of_them(look.connection)


@one_look
async def find(look: Look, saved_id: int) -> tuple[Saved, datetime] | None:
    """A saved reply, and when it was last changed."""
    return await store.find(look.connection, saved_id)
