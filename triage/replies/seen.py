"""A case as somebody saw it, and what is new about it since."""

from dataclasses import dataclass

from triage.i18n import _


@dataclass(frozen=True, slots=True)
class Seen:
    """The customer's last post, our last reply, the owner, and if the case was open. Written as "12/3/U0ANNA/1"."""

    theirs: int
    ours: int
    owner: str | None
    is_open: bool

    def __str__(self) -> str:
        return f"{self.theirs}/{self.ours}/{self.owner or ''}/{self.is_open:d}"

    @classmethod
    def read(cls, text: str) -> "Seen":
        """Read what an earlier version wrote too; what can't be read is a case of which nothing was seen."""
        try:
            theirs, ours, owner, is_open = text.split("/")
            return cls(int(theirs), int(ours), owner or None, is_open == "1")
        except ValueError:
            return cls(0, 0, None, is_open=False)


def news_since(before: Seen | None, now: Seen, answered_by: str | None) -> str:
    """Say in a sentence what is new about a case; empty when nothing is. `answered_by` wrote our last reply."""
    if before is None or before == now:
        return ""
    if before.ours != now.ours:
        who = f"<@{answered_by}>" if answered_by else _("Somebody")
        return _("{who} answered meanwhile.").format(who=who)
    if before.theirs != now.theirs:
        return _("The customer wrote again meanwhile.")
    if before.owner != now.owner:
        return _("The case changed hands meanwhile.")
    return _("The case was closed or reopened meanwhile.")
