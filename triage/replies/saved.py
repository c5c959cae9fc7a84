"""A saved reply: its variables, their values, and the choice of one that suits a case."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from triage import traits
from triage.errors import DeskError
from triage.i18n import _
from triage.lexicon.phrases import fold
from triage.privacy import guard
from triage.replies import compose
from triage.text.long_texts import composed

VARIABLES = ("name", "handle", "initials", "link")
# The longest display name that a network allows.
LONGEST_VALUE = 50
LONGEST_TITLE = 75
LONGEST_TEXT = 1500
_BRACED = re.compile(r"\{([^{}]*)\}")
_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
# Shorter ones stand in too many other words.
_LEAST_NAME = 3


class Unsaveable(DeskError):
    """This text can't be kept as a saved reply."""


class Untitled(Unsaveable):
    """Give it a title that colleagues find it by."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A text kept for reuse. `area` None: every area; `id` 0: not kept yet."""

    title: str
    text: str
    language: str
    area: str | None = None
    owner: str | None = None
    expires_on: date | None = None
    id: int = 0
    uses: int = 0
    reopens: int = 0

    def expired(self, today: date) -> bool:
        """Its last day is the day that it names."""
        return self.expires_on is not None and self.expires_on < today


def checked(saved: Saved, own_contacts: Sequence[str] = ()) -> Saved:
    """As it will be kept. Raises Unsaveable for what would be found out only when somebody sends it."""
    title, text = " ".join(_printable(saved.title).split()), saved.text.strip()
    if not title:  # Slack refuses a whole menu for one option without a name
        raise Untitled
    _refuse_unknown(text)
    if len(text) > LONGEST_TEXT:
        raise Unsaveable(_("A saved reply holds {most} characters at most.").format(most=LONGEST_TEXT))
    try:
        compose.compose(text, "", traits.strictest())
    except compose.Unsendable as fault:
        raise Unsaveable(str(fault)) from fault
    _refuse_private(text, own_contacts)
    return replace(saved, title=title, text=text)


def _refuse_unknown(text: str) -> None:
    allowed = ", ".join(f"{{{name}}}" for name in VARIABLES)
    for name in _BRACED.findall(text):
        if name not in VARIABLES:
            sentence = _("There is no variable {unknown}. These are known: {allowed}.")
            raise Unsaveable(sentence.format(unknown=f"{{{name[:40]}}}", allowed=allowed))
    if set("{}") & set(_BRACED.sub("", text)):
        raise Unsaveable(
            _("A curly bracket stands alone. They are kept for variables: {allowed}.").format(allowed=allowed)
        )


def _refuse_private(text: str, own_contacts: Sequence[str]) -> None:
    """Refuse private data in a text for everybody."""
    found = guard.findings([text], own_contacts=own_contacts)
    told = [f"{one.kind.wording} ({one.masked})" for one in found if one.kind not in guard.SAID_ALOUD]
    if told:
        raise Unsaveable(" ".join([*told, _("A saved reply is for everybody: take it out.")]))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Every variable replaced, once: what a customer calls themselves is never read as a variable."""
    return _BRACED.sub(lambda found: values.get(found[1], found[0]), text)


def values_for(*, name: str, handle: str, initials: str, link: str) -> dict[str, str]:
    """The value of each variable. All but the link comes from outside, and is hostile."""
    known = handle if _HANDLE.fullmatch(handle) else ""
    return {
        "name": _harmless(name) or known,
        "handle": f"@{known}" if known else "",
        "initials": _harmless(initials),
        "link": link,
    }


def _harmless(value: str) -> str:
    """One short line that addresses nobody and leads nowhere; empty when nothing is left of it."""
    for mark in "@＠#＃$＄{}":
        value = value.replace(mark, "")
    line = " ".join(composed(_printable(value)).split())[:LONGEST_VALUE].strip()
    return "" if traits.makes_link(line) else line


def _printable(text: str) -> str:
    """Without control, format, private and surrogate characters; any white space is a space."""
    spaced = "".join(" " if character.isspace() else character for character in text)
    return "".join(character for character in spaced if unicodedata.category(character)[0] != "C")


def with_variables(text: str, values: Mapping[str, str]) -> str:
    """The reverse of `filled`, for a reply that was sent: what is this customer's own becomes a variable."""
    first_name = values["name"].split(" ")[0]
    own = [(values["link"], "link"), (values["handle"], "handle")]
    own += [(name, "name") for name in (values["name"], first_name) if len(name) >= _LEAST_NAME]
    for value, variable in own:
        if value:
            text = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", f"{{{variable}}}", text)
    return text


def best(found: Iterable[Saved], typed: str, *, language: str, area: str | None, today: date) -> list[Saved]:
    """Those that hold every word typed: the case's language first, then its area, then what is used most."""
    words = _folded(typed).split()
    places: dict[str | None, int] = {area: 0, None: 1} if area else {None: 0}
    suiting = [one for one in found if not one.expired(today) and _holds(one, words)]
    return sorted(
        suiting,
        key=lambda one: (one.language != language, places.get(one.area, 2), -one.uses, one.title.casefold()),
    )


def _holds(saved: Saved, words: Sequence[str]) -> bool:
    searched = _folded(" ".join((saved.title, saved.text, saved.area or "", saved.language)))
    return all(word in searched for word in words)


def _folded(text: str) -> str:
    """Without accents: who looks for something in a hurry types “platnosci”."""
    return " ".join(fold(word) for word in text.split())


def below(already: str, more: str) -> str:
    """Words put into an answer, below those that are there. Raises DeskError when that is too long."""
    text = f"{already}\n\n{more}" if already and more not in already else already or more
    if len(text) > compose.LONGEST:
        line = _("With it your answer would be longer than {most} characters. Shorten it, then choose again.")
        raise DeskError(line.format(most=compose.LONGEST))
    return text
