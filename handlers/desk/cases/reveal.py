"""Reveals a customer's hidden private data to one person, and records the person in the history."""

from db import cases, mentions, questions
from handlers.desk.work import Work, use_case
from triage.errors import DeskError
from triage.events import HiddenShown
from triage.rights import Person, require


class NothingHidden(DeskError):
    """Nothing is hidden here any more: the customer deleted or changed the post."""


@use_case
async def look(work: Work, case_id: int, person: Person) -> list[mentions.Post]:
    """The hidden posts of a case. Raises NothingHidden."""
    case = await cases.load(work.connection, case_id)
    ask = await questions.put_to(work.connection, case.id, person.slack)
    if ask is None or not ask.is_open:  # an expert sees what they are asked about
        require(person, "show", case)
    posts = await mentions.conversation(work.connection, case.id)
    hidden = [post for post in posts if post.hidden and post.deleted_at is None]
    if not hidden:
        raise NothingHidden
    await work.record(case, HiddenShown(tuple(post.id for post in hidden)), person)
    return hidden
