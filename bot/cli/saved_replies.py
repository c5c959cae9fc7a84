"""Carries saved replies between a file and the database."""

from pathlib import Path

from bot.clock import system_clock
from bot.settings import Settings
from db.answers import saved_replies as store
from db.engine import Database
from db.schema import migrate
from handlers.desk.replies.saved import TakenIn, take_in
from handlers.desk.work import Desk
from triage.policy import Policy
from triage.replies.saved import Saved
from triage.replies.saved_file import BadSavedReplies, read, written


async def export(settings: Settings) -> tuple[str, int]:
    """All saved replies as TOML, and their number."""
    database = Database(settings.database_url)
    try:
        await migrate(database)
        async with database.read() as connection:
            found = await store.all_of_them(connection)
        return written(found), len(found)
    finally:
        await database.close()


def read_file(policy: Policy, file: Path) -> list[Saved]:
    """Read a file of saved replies; raises BadSavedReplies with every fault and its place."""
    areas = [area.name for area in policy.area]
    try:
        return read(file.read_text(encoding="utf-8"), areas, policy.desk.own_contacts)
    except UnicodeDecodeError as error:
        raise BadSavedReplies([f"it is not UTF-8 ({error.reason}); save it as UTF-8."]) from error
    except OSError as error:
        raise BadSavedReplies([f"it can't be read: {error.strerror or error}."]) from error


async def take_in_all(settings: Settings, policy: Policy, wanted: list[Saved], *, instead: bool) -> TakenIn:
    database = Database(settings.database_url)
    try:
        await migrate(database)
        return await take_in(Desk(database, policy, system_clock), wanted, instead=instead)
    finally:
        await database.close()
