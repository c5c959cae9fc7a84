"""Problems of calls to the outside: surely not done, perhaps done, refused for good."""

from db.rows import Place


class DoorProblem(Exception):
    """A call to the outside went wrong. `str()` is a sentence for staff."""


class RateLimited(DoorProblem):
    """Surely not done: ask again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:.0f} s")
        self.seconds = seconds


class NotDone(DoorProblem):
    """Surely not done, and worth trying again later."""


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
