"""Refusals of the desk, as sentences for the person who asked."""

from triage.i18n import _


class DeskError(Exception):
    """A refusal of the desk, as a sentence for the person who asked."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else _(type(self).__doc__ or "")


class CaseMoved(DeskError):
    """This case changed at the very same moment. Look at the card and try again."""

    def __init__(self, case_id: int | None = None) -> None:
        super().__init__()
        self.case_id = case_id


class NotOfThisVersion(DeskError):
    """This is something this version does not know: a newer Mentiondesk wrote it. It is kept as it is."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what


class NoSuchCase(DeskError):
    """This case is no longer in the desk: its post was deleted or its author asked to be forgotten."""
