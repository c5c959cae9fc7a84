"""Problems of calls to the outside: surely not done, perhaps done, refused for good."""

from db.rows import Place

# The longest waits that the other side can dictate, in seconds, whatever it says: networks count in windows of 15 minutes,
# its posting limits in days; Slack's waits are minutes at most.
LONGEST_WAIT, LONGEST_POSTING_WAIT = 900.0, 86_400.0
# The wait when the other side says none that can be read.
UNSAID_WAIT = 30.0


def bearable(seconds: float, longest: float = LONGEST_WAIT) -> float:
    """The seconds to wait when the other side says `seconds`: from one second to the longest."""
    return float(min(max(1, seconds), longest))


class DoorProblem(Exception):
    """A call to the outside went wrong. `str()` is a sentence for staff."""


class RateLimited(DoorProblem):
    """Surely not done: ask again after `seconds`, or after `longest` if that is sooner."""

    def __init__(self, seconds: float = UNSAID_WAIT, longest: float = LONGEST_WAIT) -> None:
        self.seconds = bearable(seconds, longest)
        super().__init__(f"asked to wait {self.seconds:.0f} s")


class NotDone(DoorProblem):
    """Surely not done, and worth trying again later."""


class Unreadable(NotDone):
    """The other side answered something that can't be read."""


class OutcomeUnknown(DoorProblem):
    """It may have been done: the answer was lost. Look before doing it again."""


class Refused(DoorProblem):
    """Refused for good; trying again is no use. `code` is the other side's own word."""

    def __init__(self, sentence: str, code: str = "") -> None:
        super().__init__(sentence)
        self.code = code


class PictureRefused(Refused):
    """Slack could not fetch a picture, and refused the whole message for it."""


class Uprooted(DoorProblem):
    """The thread's parent was deleted at that very moment: the message stands at the channel's root, at `place`."""

    def __init__(self, place: Place) -> None:
        super().__init__("its thread is gone")
        self.place = place


class AccountProblem(DoorProblem):
    """The credentials of an account, or its credits, are no good until a person mends them."""
