"""desk.toml: the desk's own choices, composed of models that live next to their rules."""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from triage import traits
from triage.i18n import _
from triage.replies import compose
from triage.replies.approval import Approval
from triage.rights import PersonEntry, SlackId
from triage.scoring.priority import Priority, PriorityRules
from triage.scoring.routing import Area
from triage.time.hours import Days, Hours, Regions, Timezone
from triage.time.rota import Rota
from triage.time.working_time import Sla, WorkingTime

# The words that there are, as pydantic lists them.
_QUOTED = re.compile(r"'([^']*)'")


def _known_placeholders(template: str) -> str:
    compose.sign(template, initials="AB", name="Anna")
    return template


Signature = Annotated[str, AfterValidator(_known_placeholders)]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]+$")]
Handle = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DeskSection(_Section):
    """`[desk]`: the desk's name, its channel, its hours and its habits."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    timezone: Timezone
    channel: ChannelId
    languages: Annotated[list[Language], Field(min_length=1)] = ["en"]
    staff_language: Literal["en", "it", "pl"] = "en"
    leads: list[SlackId] = []
    signature: Signature = "^{initials}"
    message_link: bool = True
    own_contacts: list[Annotated[str, StringConstraints(min_length=4, max_length=200)]] = []
    undo_seconds: Annotated[int, Field(ge=0, le=300)] = 10
    start_from_hours: Annotated[float, Field(ge=0, le=168)] = 1
    reopen_days: Annotated[int, Field(ge=0, le=365)] = 14
    keep_days: Annotated[int, Field(ge=1, le=3650)] = 365
    holidays: Regions = []
    hours: Hours | None = None
    days: Days = {}


class GuardSection(_Section):
    """`[guard]`: more words that the brand avoids; "refund*" means every word that begins with it."""

    words: list[Annotated[str, StringConstraints(min_length=2, max_length=60)]] = []


class XSection(_Section):
    """`[x]`: the budget for reading."""

    monthly_budget_usd: Annotated[float, Field(ge=0)] = 200


class Purpose(StrEnum):
    BOTH = "both"
    MARKETING = "marketing"
    SUPPORT = "support"


def _known_network(name: str) -> str:
    if name not in traits.names():
        expected = ", ".join(f"'{one}'" for one in traits.names())
        raise PydanticCustomError("literal_error", "no such network", {"expected": expected})
    return name


NetworkName = Annotated[str, AfterValidator(_known_network)]


class Account(_Section):
    """`[[account]]`: one of the brand's own profiles."""

    network: NetworkName
    handle: Handle
    purpose: Purpose = Purpose.BOTH
    signature: Signature | None = None
    move_to: Handle | None = None

    @field_validator("handle", "move_to", mode="before")
    @classmethod
    def _without_at(cls, value: object) -> object:
        return value.removeprefix("@") if isinstance(value, str) else value

    @model_validator(mode="after")
    def _handles_of_the_network(self) -> Self:
        network = traits.of(self.network)
        for handle in filter(None, (self.handle, self.move_to)):
            if not network.handle.fullmatch(handle):
                raise ValueError(
                    _("“{handle}” is no handle on {network}").format(handle=handle, network=network.title)
                )
        return self


class Watch(_Section):
    """`[[watch]]`: a search for mentions that do not tag us."""

    network: NetworkName
    query: Annotated[str, StringConstraints(min_length=1, max_length=512)]


class Policy(_Section):
    """The whole of desk.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    desk: DeskSection
    account: Annotated[list[Account], Field(min_length=1)]
    x: XSection = XSection()
    guard: GuardSection = GuardSection()
    approval: Approval | None = None
    watch: list[Watch] = []
    area: list[Area] = []
    person: list[PersonEntry] = []
    rota: list[Rota] = []
    sla: Sla = Sla()
    priority: PriorityRules = PriorityRules()

    @model_validator(mode="after")
    def _names_meet(self) -> Self:
        faults = crossing_faults(self.model_dump(mode="json"))
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def reading_budget_usd(self) -> float:
        """What a month of reading may cost, over all networks that have a price."""
        return self.x.monthly_budget_usd

    @cached_property
    def working_time(self) -> WorkingTime:
        desk = self.desk
        return WorkingTime.of(desk.hours, desk.timezone, desk.holidays, desk.days)

    @cached_property
    def own_working_times(self) -> dict[str, WorkingTime]:
        """Working time by area, only for areas whose hours differ from the desk's."""
        times = {area.name: _working_time(area, self.desk) for area in self.area}
        return {name: one for name, one in times.items() if one != self.working_time}

    def working_time_of(self, area: str | None) -> WorkingTime:
        return self.own_working_times.get(area or "", self.working_time)

    @cached_property
    def channels(self) -> list[str]:
        """Every Slack channel that gets cards, the desk's own first."""
        return list(dict.fromkeys([self.desk.channel, *(area.channel for area in self.area if area.channel)]))

    def area_named(self, name: str | None) -> Area | None:
        return next((area for area in self.area if area.name == name), None)

    def channel_of(self, area: str | None) -> str:
        found = self.area_named(area)
        return (found and found.channel) or self.desk.channel

    def leads_of(self, area: str | None) -> list[str]:
        found = self.area_named(area)
        return [found.lead] if found and found.lead else list(self.desk.leads)

    def all_leads(self, area: str | None) -> list[str]:
        """The area's lead first, then the desk's."""
        return list(dict.fromkeys([*self.leads_of(area), *self.desk.leads]))

    @property
    def everybody_leading(self) -> list[str]:
        """The desk's leads, then the areas'."""
        return list(dict.fromkeys([*self.desk.leads, *(area.lead for area in self.area if area.lead)]))

    @property
    def groups(self) -> list[str]:
        """The user groups that desk.toml names as experts, on rotas or as approvers."""
        named = [
            *(one for area in self.area for one in area.experts),
            *(one for rota in self.rota for one in rota.people),
            *(self.approval.approvers if self.approval else ()),
        ]
        return [one for one in dict.fromkeys(named) if one.startswith("S")]

    def experts_of(self, area: str | None) -> list[str]:
        found = self.area_named(area)
        return list(found.experts) if found else []

    def rota_of(self, area: str | None) -> Rota | None:
        """The area's rota, or else the whole desk's."""
        own = [rota for rota in self.rota if rota.area == area]
        return next(iter([*own, *(rota for rota in self.rota if rota.area is None)]), None)

    def accounts_on(self, network: str) -> list[Account]:
        return [account for account in self.account if account.network == network]

    def handles_on(self, network: str) -> list[str]:
        return [account.handle for account in self.accounts_on(network)]

    def account_named(self, network: str, handle: str) -> Account | None:
        accounts = self.accounts_on(network)
        return next((account for account in accounts if account.handle.lower() == handle.lower()), None)

    def sister_of(self, network: str, handle: str) -> str | None:
        """The account that this one moves its cases to, or else the one that moves its cases here."""
        account = self.account_named(network, handle)
        if account and account.move_to:
            return account.move_to
        accounts = self.accounts_on(network)
        return next((one.handle for one in accounts if (one.move_to or "").lower() == handle.lower()), None)

    def signature_of(self, network: str, handle: str) -> str:
        """The template of an account's signature: its own, or else the desk's."""
        account = self.account_named(network, handle)
        own = account.signature if account else None
        return self.desk.signature if own is None else own

    def answering_account(self, network: str) -> Account:
        """The account that answers mentions that address none of ours."""
        return first_to_answer(self.accounts_on(network))

    def target_minutes(self, priority: Priority, *, answered: bool) -> int:
        """The most working minutes a customer may wait; `answered`: this case was answered before."""
        first = int(getattr(self.sla, priority.value))
        return (getattr(self.sla.next_reply, priority.value) if answered else None) or first


def _working_time(area: Area, desk: DeskSection) -> WorkingTime:
    return WorkingTime.of(
        desk.hours if area.hours is None else area.hours,
        desk.timezone if area.timezone is None else area.timezone,
        desk.holidays if area.holidays is None else area.holidays,
        desk.days if area.days is None else area.days,
    )


def first_to_answer(accounts: Sequence[Account]) -> Account:
    """The account to answer from: support before both, both before marketing."""
    order = [Purpose.SUPPORT, Purpose.BOTH, Purpose.MARKETING]
    return min(accounts, key=lambda account: order.index(account.purpose))


class BadPolicy(Exception):
    """desk.toml has faults; each is a sentence that says where and what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read(text: str) -> Policy:
    """Parse desk.toml's text; raises BadPolicy with every fault at once."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadPolicy([f"desk.toml is not TOML: {error}."]) from error
    try:
        return Policy.model_validate(raw)
    except ValidationError as error:
        faults = [_sentence(fault) for fault in error.errors(include_url=False) if fault["loc"]]
        # pydantic checks rules between keys only if every key is right; we report both kinds together.
        raise BadPolicy([*faults, *(f"desk.toml: {fault}." for fault in crossing_faults(raw))]) from error


def crossing_faults(raw: dict[str, object]) -> list[str]:
    """Faults between keys: a name given twice, a name that refers to nothing."""
    return [*_repeated(raw), *_dangling(raw), *_unanswered_watches(raw), *_rotas_nowhere(raw)]


def _repeated(raw: dict[str, object]) -> list[str]:
    kinds = (("account", "handle"), ("area", "name"), ("person", "slack"), ("watch", "query"))
    return [
        f"[[{table}]] {key} “{name}” stands twice; keep one"
        for table, key in kinds
        for (_network, name), count in Counter(_on_networks(raw, table, key)).items()
        if count > 1
    ]


def _on_networks(raw: dict[str, object], table: str, key: str) -> list[tuple[str, str]]:
    """Names with their network; "" for what is on none. Two networks may each have an account of one name."""
    entries = [(_folded(entry.get("network")), _folded(entry.get(key))) for entry in _entries(raw, table)]
    return [(network, name) for network, name in entries if name]


def _dangling(raw: dict[str, object]) -> list[str]:
    known = set(_on_networks(raw, "account", "handle"))
    faults = []
    for entry in _entries(raw, "account"):
        network, handle, target = (_folded(entry.get(key)) for key in ("network", "handle", "move_to"))
        if target and (network, target) not in known - {(network, handle)}:
            faults.append(f"[[account]] {handle} has move_to “{target}”, which is no other [[account]] here")
    return faults


def _unanswered_watches(raw: dict[str, object]) -> list[str]:
    """Watches on a network where the brand has no account that could answer."""
    present = set(_names(raw, "account", "network"))
    absent = [name for name in dict.fromkeys(_names(raw, "watch", "network")) if name not in present]
    return [
        _("[[watch]] is on “{network}”, where no [[account]] answers; add one").format(network=name)
        for name in absent
    ]


def _rotas_nowhere(raw: dict[str, object]) -> list[str]:
    """Rotas for areas that do not exist, and second rotas for the same area."""
    areas = set(_names(raw, "area", "name"))
    named = [_folded(entry.get("area")) for entry in _entries(raw, "rota")]
    unknown = [
        _("[[rota]] area “{name}” is no [[area]] here").format(name=name)
        for name in named
        if name and name not in areas
    ]
    twice = [
        _("two [[rota]] are for “{name}”; keep one").format(name=name or "the whole desk")
        for name, count in Counter(named).items()
        if count > 1
    ]
    return [*unknown, *twice]


def _names(raw: dict[str, object], table: str, key: str) -> list[str]:
    return [name for entry in _entries(raw, table) if (name := _folded(entry.get(key)))]


def _entries(raw: dict[str, object], table: str) -> list[dict[str, object]]:
    found = raw.get(table)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _folded(name: object) -> str:
    return name.removeprefix("@").lower() if isinstance(name, str) else ""


def _sentence(fault: ErrorDetails) -> str:
    where = _place(fault["loc"])
    match fault["type"]:
        case "extra_forbidden":
            return _("{where}: unknown key; remove it or mend its spelling.").format(where=where)
        case "missing":
            return _("{where}: missing; write it, see docs/desk-toml.md.").format(where=where)
        case "enum" | "literal_error":
            return where + ": " + _no_such(fault.get("input"), _QUOTED.findall(fault["ctx"]["expected"]))
    said = str(fault["msg"]).removeprefix("Value error, ").rstrip(".")
    return _("{where}: {said} (found: {found}).").format(
        where=where, said=said, found=_short(fault.get("input"))
    )


def _no_such(value: object, known: Sequence[str]) -> str:
    """A word that is none of those there are, and the nearest of them."""
    said = _("there is no {found} here; choose one of {known}.").format(
        found=_short(value), known=", ".join(known)
    )
    near = get_close_matches(str(value).lower(), known, n=1)
    return said + (" " + _("Did you mean “{near}”?").format(near=near[0]) if near else "")


def _place(location: tuple[str | int, ...]) -> str:
    if not location:
        return "desk.toml"
    # For a fault of a key itself, such as an invalid date, pydantic adds the part "[key]".
    told = [part for part in location if part != "[key]"]
    words = [f"{part + 1}." if isinstance(part, int) else str(part) for part in told]
    return "desk.toml, " + " ".join(words)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
