"""The table of the door: every way in from Slack, and its need."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from triage.rights import Person, Role, require_right, require_role


class Of(Enum):
    """The subject of a press."""

    NOTHING = "nothing"  # a page, a list, a switch of their own
    CASE = "case"  # the case that the value or the window names
    SAVED = "saved reply"  # the saved reply that the value names


@dataclass(frozen=True, slots=True)
class Need:
    """The need of a way in: a right (a gesture of the table of rights), or else a least role.

    The door checks the person. Whose case it is, and in which state, the use case checks in its transaction.
    """

    of: Of
    right: str = ""
    role: Role = Role.VIEWER

    def require(self, person: Person) -> None:
        """Raise NotAllowed for somebody who may do it to no case at all."""
        if self.right:
            require_right(person, self.right)
        else:
            require_role(person, self.role)


def _case(right: str) -> Need:
    return Need(Of.CASE, right)


# Anybody of the workspace, a guest too: the use case lets in only those who were asked about this case.
_WHOEVER_IS_ASKED = Need(Of.CASE)
_ANYBODY = Need(Of.NOTHING)
_STAFF = Need(Of.NOTHING, role=Role.TRAINEE)
_LEADS = Need(Of.NOTHING, role=Role.LEAD)
_SAVED = Need(Of.SAVED, role=Role.TRAINEE)

# By action id; a choice of the `more` menu has the row of the button of its name.
BUTTONS: Mapping[str, Need] = {
    # Cards, lists and notices
    "claim": _case("claim"),
    "take_over": _case("transfer"),
    "release": _case("release"),
    "transfer": _case("transfer"),
    "escalate": _case("escalate"),
    "tell_back": _case("escalate"),
    "reply": _case("reply"),
    "write": _case("reply"),
    "answer_all": _case("reply"),
    "undo": _case("undo"),
    "withdraw": _case("withdraw"),
    "posted": _case("posted"),
    "was_sent": _case("was_sent"),
    "send_again": _case("send_again"),
    "delete_reply": _case("delete_reply"),
    "edit_reply": _case("reply"),
    "resolve": _case("resolve"),
    "dismiss": _case("dismiss"),
    "reopen": _case("reopen"),
    "follow_up": _case("follow_up"),
    "done": _case("follow_up"),
    "not_yet": _case("follow_up"),
    "priority": _case("priority"),
    "area": _case("area"),
    "move": _case("move"),
    "details": _case("details"),
    "card": _case("card"),
    "more": Need(Of.CASE),  # its option names the gesture, whose row counts
    "open_post": _ANYBODY,  # a link: Slack opens it, and tells us
    "open_in_x": _ANYBODY,  # the same, on cards of the first releases
    # An expert's question; experts look at what is hidden while they are asked
    "answer": _WHOEVER_IS_ASKED,
    "ask_back": _WHOEVER_IS_ASKED,
    "not_before": _WHOEVER_IS_ASKED,
    "pass": _WHOEVER_IS_ASKED,
    "show": _WHOEVER_IS_ASKED,  # or has the right: docs/adr/0010-who-may-look.md
    # A reply that waits for approval
    "approve": _case("approve"),
    "edit_approve": _case("approve"),
    "send_back": _case("approve"),
    # In windows
    "saved": _case("reply"),
    "ask_for_dm": _case("reply"),
    "ticket": _case("ticket"),
    "save_reply": _case("save_reply"),
    "saved_page": _STAFF,
    "saved_page_next": _STAFF,
    "saved_one": _SAVED,
    "saved_open": _SAVED,
    "saved_delete": Need(Of.SAVED, "edit_saved"),
    # Home, and answers to /desk
    "home_page": _ANYBODY,  # each sees their own
    "home_page_next": _ANYBODY,
    "saved_replies": _STAFF,
    "saved_new": Need(Of.NOTHING, "edit_saved"),
    "hand_over": _case("release"),
    "hand_over_all": Need(Of.NOTHING, "release"),
    "want_morning": _STAFF,
    "want_evening": _STAFF,
    "want_week": _LEADS,
    "show_again": _LEADS,
}

# By callback id.
WINDOWS: Mapping[str, Need] = {
    "transfer": _case("transfer"),
    "escalate": _case("escalate"),
    "tell_back": _case("escalate"),
    "answer": _WHOEVER_IS_ASKED,
    "ask_back": _WHOEVER_IS_ASKED,
    "not_before": _WHOEVER_IS_ASKED,
    "reply": _case("reply"),
    "preview": _case("reply"),
    "posted": _case("posted"),
    "delete_reply": _case("delete_reply"),
    "approve": _case("approve"),
    "approve_edited": _case("approve"),
    "send_back": _case("approve"),
    "resolve": _case("resolve"),
    "dismiss": _case("dismiss"),
    "follow_up": _case("follow_up"),
    "ticket": _case("ticket"),
    "saved_reply": Need(Of.NOTHING, "edit_saved"),  # a new one names none
}

# Whoever may not write any more may close what they have open.
CLOSED: Mapping[str, Need] = {"reply": Need(Of.CASE)}

# Inputs that tell of each pause in the typing, by action id.
TYPED: Mapping[str, Need] = {"text": _case("reply")}

# Menus that ask for their options while somebody types, by action id.
LOOK_UPS: Mapping[str, Need] = {"saved": _case("reply"), "saved_one": _STAFF}

# With their first word; any other word has the row of the command alone.
COMMANDS: Mapping[str, Need] = {
    "/desk": _STAFF,
    "/desk mine": _STAFF,
    "/desk unclaimed": _STAFF,
    "/desk late": _STAFF,
    "/desk away": _STAFF,
    "/desk back": _STAFF,
    "/desk duty": _STAFF,
}

TABLES: Mapping[str, Mapping[str, Need]] = {
    "button": BUTTONS,
    "window": WINDOWS,
    "closed window": CLOSED,
    "input": TYPED,
    "look-up": LOOK_UPS,
    "command": COMMANDS,
}

# A button of another version: it is drawn again, whoever presses it.
UNKNOWN = _ANYBODY


def command_need(command: str, text: str) -> Need:
    first, _space, _rest = text.strip().partition(" ")
    return COMMANDS.get(f"{command} {first.lower()}", COMMANDS[command])
