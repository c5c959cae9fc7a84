"""What a public answer asks of the customer: to write privately, or to the right account; and the date to look."""

from datetime import datetime, time, timedelta

from handlers.desk.composing import Composing
from handlers.slack.blocks import Block, field
from handlers.slack.room import Invalid, Room, Submission
from triage import asking
from triage.people import Person
from triage.words import _

MORNING = time(9, 0)
FARTHEST = timedelta(days=366)


def spoken() -> str:
    return _("Put words into your answer that ask the customer to write privately")


def suggested(room: Room, at_hand: Composing) -> str:
    """An answer to begin with, where the case says which: data to delete, or another account to go to."""
    if at_hand.require_target().account != at_hand.case.account:
        return asking.over_there(at_hand.case.language, at_hand.case.account)
    return words_for(room, at_hand) if _shows_too_much(at_hand) else ""


def words_for(room: Room, at_hand: Composing) -> str:
    """Asks them, in their language, to write privately to the account that speaks."""
    link = None
    if room.desk.policy.desk.message_link:
        link = room.networks[at_hand.case.network].message_url(at_hand.require_target().account)
    return asking.in_private(at_hand.case.language, link, delete_first=_shows_too_much(at_hand))


def _shows_too_much(at_hand: Composing) -> bool:
    return any(post.hidden and post.deleted_at is None for post in at_hand.posts)


def proposed(room: Room, person: Person) -> datetime:
    """When to look whether they wrote: the desk's next working morning."""
    morning = room.desk.policy.working_time.next_morning(room.desk.now())
    return datetime.combine(morning.astimezone(person.zone).date(), MORNING, tzinfo=person.zone)


def date_of_look(room: Room, person: Person) -> Block:
    """When to look whether they wrote."""
    return date_field(room, person, _("Remind me to look whether they wrote"), optional=True)


def date_field(room: Room, person: Person, label: str, *, optional: bool) -> Block:
    """A day to be reminded on."""
    day = proposed(room, person).date().isoformat()
    hint = _("At nine in the morning. Empty: no reminder.") if optional else _("At nine in the morning.")
    picker = {"type": "datepicker", "action_id": "date", "initial_date": day}
    return field(label, "date", picker, hint=hint, optional=optional)


def date_of(room: Room, submission: Submission) -> datetime | None:
    """The chosen morning; raises Invalid when it has passed or is too far away."""
    if not submission.inputs.get("date"):
        return None
    day = datetime.strptime(submission.text("date"), "%Y-%m-%d").date()  # noqa: DTZ007 - its zone comes below
    return in_reach(room, datetime.combine(day, MORNING, tzinfo=submission.person.zone))


def in_reach(room: Room, at: datetime) -> datetime:
    """A moment that somebody can be reminded at."""
    now = room.desk.now()
    if at <= now:
        raise Invalid("date", _("This moment has passed. Choose one in the future."))
    if at > now + FARTHEST:
        raise Invalid("date", _("That is more than a year away. Choose an earlier day."))
    return at
