"""States that are stored, and may be of a newer version."""

from enum import StrEnum
from typing import Self


class State(StrEnum):
    """A state as it is stored.

    One that this version does not know (a newer one wrote it) is read as SOMETHING_NEW. It equals no other
    state, so it counts neither as open nor as ended. It is never written, and as writes compare the stored
    state, the row keeps the one it has. People read "something this version does not know" in its place,
    and the leads are told once.
    """

    @classmethod
    def read(cls, stored: str) -> Self:
        try:
            return cls(stored)
        except ValueError:
            return cls["SOMETHING_NEW"]
