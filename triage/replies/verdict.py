"""The verdict: the brand's own rules applied to a text that wants to go out in public."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from triage import traits
from triage.cases.case import Case, IllegalMove, Move
from triage.cases.mention import Author
from triage.errors import DeskError
from triage.i18n import _, language
from triage.people import People
from triage.policy import Policy
from triage.privacy import guard
from triage.privacy.guard import SAID_ALOUD, Finding
from triage.promise.promise import Promise, promise_in
from triage.replies import compose
from triage.replies.approval import Why, needed, readers
from triage.replies.seen import Seen, news_since
from triage.rights import Person
from triage.text.measure import Measure

_LATEST = 32  # texts whose posts and findings are remembered: judged in a preview, judged again when sent


class NotByApi(DeskError):
    """We may answer this post only by hand: open it from the card, then press I posted it."""


class Undecided(DeskError):
    """Nobody knows yet whether the last reply went out. Look at our profile, then press a button on the card."""


class AlreadyWaits(DeskError):
    """A reply of this case waits for approval already. Withdraw it first, or wait."""


class NobodyReads(DeskError):
    """Somebody has to read your reply before it goes out, and nobody else is there. Ask a lead."""


class NoReason(DeskError):
    """Say in a few words why it has to be public."""


class BadText(DeskError):
    """A text that cannot be posted as it is."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as an answer to it is judged."""

    case: Case
    author: Author
    account: str | None  # whichever of ours may answer by the network's API; None: by hand only
    seen: Seen  # the case as it is now
    answered_by: str | None = None  # who wrote our last reply; None also where nobody knows
    undecided: bool = False  # nobody can tell if our last reply is public
    waits: bool = False  # a reply of this case waits for approval


@dataclass(frozen=True, slots=True)
class Part:
    """One post of a reply, its length as the network counts it, and if the network makes a link of some of it."""

    text: str
    length: int
    has_link: bool

    @classmethod
    def of(cls, text: str, measure: Measure) -> "Part":
        return cls(text, measure.length(text), measure.has_link(text))


@dataclass(frozen=True, slots=True)
class Verdict:
    """A text, judged: the posts that it makes, the reasons against it, and its first readers."""

    text: str
    case: Case
    author: Author
    account: str
    seen: Seen  # the case as it was when this was judged
    parts: tuple[Part, ...] = ()
    findings: tuple[Finding, ...] = ()  # the guard's
    refusal: DeskError | None = None  # why it cannot go out at all
    why: tuple[Why, ...] = ()  # what makes it wait for somebody else's eyes
    approvers: tuple[str, ...] = ()  # whoever is asked to read it, all at once; empty: nobody else is there
    other_waits: bool = False  # another reply of the case waits for approval already
    news: str = ""  # what is new about the case since its writer saw it
    promise: Promise | None = None  # with a day that is still to come
    names: tuple[str, ...] = ()  # handles in it that are neither ours nor the customer's

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(part.text for part in self.parts)

    @property
    def waits(self) -> bool:
        """True if somebody else reads it before it goes out."""
        return bool(self.why and self.approvers)

    @property
    def needs_reason(self) -> bool:
        """True if it can go out only with a reason that stays."""
        return bool(self._to_explain)

    @property
    def _to_explain(self) -> list[str]:
        return [one.kind.value for one in self.findings if one.kind not in SAID_ALOUD]

    @property
    def keepable(self) -> bool:
        """True if it may be kept as a draft: a text that nobody may send is not kept either."""
        return not any(one.blocks for one in self.findings) and len(self.text) <= compose.LONGEST

    def against(self, reason: str) -> DeskError | None:
        """Give the first objection to sending it, or to handing it over; `reason` is its writer's."""
        if self.refusal is not None:
            return self.refusal
        if self.needs_reason and not reason.strip():
            return NoReason()
        return AlreadyWaits() if self.waits and self.other_waits else None

    def despite(self, reason: str) -> Mapping[str, str]:
        """Put the guard's findings and the writer's reason together; empty if there is nothing to explain."""
        if not self.needs_reason:
            return {}
        return {"found": ", ".join(self._to_explain), "note": reason.strip()}

    @property
    def digest(self) -> str:
        """A fingerprint: what is sent is what was shown, if theirs are the same."""
        return hashlib.sha256("\0".join((self.account, *self.texts)).encode()).hexdigest()[:16]


def read_ahead(text: str, writer: Person, policy: Policy) -> None:
    """Do what takes long of judging a text, which does not depend on its case; `judge` then finds it done.

    For a thread, before the transaction opens.
    """
    if len(text) > compose.LONGEST:
        return
    ways = {(one.network, _signature(one.network, one.handle, writer, policy)) for one in policy.account}
    for network, signature in ways:
        composed = _parts_of(network, text, signature, language())
        _found([text] if isinstance(composed, str) else [part.text for part in composed], policy)


def judge(
    text: str,
    situation: Situation,
    person: Person,
    people: People,
    policy: Policy,
    now: datetime,
    seen: Seen | None = None,
) -> Verdict:
    """Judge a text that `person` wants to send; `seen` is the case as they saw it when they wrote."""
    composed = _composed(text, situation, person, policy)
    verdict = replace(composed, promise=_promise(text, situation.case, person, policy, now))
    return _read_first(_told(verdict, situation, seen), person, people, policy)


def judge_edit(
    text: str,
    situation: Situation,
    approver: Person,
    writer: Person,
    policy: Policy,
    seen: Seen | None = None,
) -> Verdict:
    """Judge what an approver has made of a reply: theirs are the second pair of eyes, the signature is its writer's."""
    verdict = _told(_composed(text, situation, writer, policy), situation, seen)
    return verdict if may_send_unread(approver) else replace(verdict, refusal=NobodyReads())


def judge_as_written(
    text: str, parts: Sequence[str], situation: Situation, policy: Policy, seen: Seen | None = None
) -> Verdict:
    """Judge once more the very posts that an approver has read."""
    measure = traits.of(situation.case.network).measure
    verdict = _examined(text, tuple(Part.of(part, measure) for part in parts), situation, policy)
    return _told(verdict, situation, seen)


def require_keepable(text: str, policy: Policy) -> None:
    """Raise BadText for what must not be sent, so not kept as a draft either."""
    fault = _stopped(_found([text], policy))
    if fault is not None:
        raise fault


def may_send_unread(person: Person) -> bool:
    """True if a reply of theirs may go out though nobody else has read it."""
    return not person.supervised


def _composed(text: str, situation: Situation, writer: Person, policy: Policy) -> Verdict:
    """The posts of a text with its writer's signature, examined; or the reason why it makes none."""
    network = situation.case.network
    signature = _signature(network, situation.account or situation.case.account, writer, policy)
    if len(text) > compose.LONGEST:
        longer = _("The reply is longer than {most} characters. Shorten it.").format(most=compose.LONGEST)
        return replace(_blank(text, situation), refusal=BadText(longer))
    parts = _parts_of(network, text, signature, language())
    if isinstance(parts, str):
        found = _found([text], policy)
        refusal = _no_answer_now(situation) or _stopped(found) or BadText(parts)
        return replace(_blank(text, situation), findings=found, refusal=refusal)
    return _examined(text, parts, situation, policy)


def _signature(network: str, account: str, writer: Person, policy: Policy) -> str:
    template = policy.signature_of(network, account)
    return compose.sign(template, initials=writer.initials, name=writer.signs_as)


@lru_cache(maxsize=_LATEST)
def _parts_of(network: str, text: str, signature: str, _language: str) -> tuple[Part, ...] | str:
    """The posts of a text; or a sentence, in that language, that says why it makes none."""
    there = traits.of(network)
    most = 1 if there.is_edited else compose.MAX_PARTS
    try:
        posts = compose.compose(text, signature, there.measure, most)
    except compose.Unsendable as fault:
        return str(fault)
    return tuple(Part.of(post, there.measure) for post in posts)


def _examined(text: str, parts: tuple[Part, ...], situation: Situation, policy: Policy) -> Verdict:
    found = _found([part.text for part in parts], policy)
    return replace(
        _blank(text, situation),
        parts=parts,
        findings=found,
        refusal=_no_answer_now(situation) or _stopped(found),
        names=_names(parts, situation, policy),
    )


def _blank(text: str, situation: Situation) -> Verdict:
    account = situation.account or situation.case.account
    return Verdict(
        text, situation.case, situation.author, account, situation.seen, other_waits=situation.waits
    )


def _no_answer_now(situation: Situation) -> DeskError | None:
    """Find an objection to any answer just now, whatever its words."""
    if situation.undecided:
        return Undecided()
    try:
        situation.case.after(Move.REPLY)
    except IllegalMove as fault:
        return fault
    return NotByApi() if situation.account is None else None


def _found(texts: Sequence[str], policy: Policy) -> tuple[Finding, ...]:
    return _findings(tuple(texts), tuple(policy.desk.own_contacts), tuple(policy.guard.words))


@lru_cache(maxsize=_LATEST)
def _findings(
    texts: tuple[str, ...], own_contacts: tuple[str, ...], words: tuple[str, ...]
) -> tuple[Finding, ...]:
    return tuple(guard.findings(texts, own_contacts=own_contacts, words=words))


def _stopped(findings: Sequence[Finding]) -> BadText | None:
    """Put the findings that nobody may send into words for the writer."""
    stops = [f"{finding.kind.wording} ({finding.masked})" for finding in findings if finding.blocks]
    return BadText(" ".join([*stops, _("Take it out, or press “Ask for a DM”.")])) if stops else None


def _names(parts: Sequence[Part], situation: Situation, policy: Policy) -> tuple[str, ...]:
    """The others that a reply names, each once, as first written."""
    network = situation.case.network
    known = {handle.lower() for handle in (*policy.handles_on(network), situation.author.handle)}
    mention = traits.of(network).mention
    named = {handle.lower(): handle for part in parts for handle in mention.findall(part.text)}
    return tuple(handle for key, handle in named.items() if key not in known)


def _promise(text: str, case: Case, person: Person, policy: Policy, now: datetime) -> Promise | None:
    """Find the promise in a text; a day that is not still to come is left blank."""
    if len(text) > compose.LONGEST:
        return None
    local = now.astimezone(person.zone)
    found = promise_in(text, local, policy.working_time_of(case.area))
    if found and found.when and found.when <= local.date():
        return replace(found, when=None)  # reminded at nine in the morning, it would be too late
    return found


def _told(verdict: Verdict, situation: Situation, seen: Seen | None) -> Verdict:
    return replace(verdict, news=news_since(seen, situation.seen, situation.answered_by))


def _read_first(verdict: Verdict, person: Person, people: People, policy: Policy) -> Verdict:
    """Decide on approval: why somebody else reads it first, and who."""
    why = needed(policy.approval, person, verdict.case.priority, verdict.findings)
    leads = policy.all_leads(verdict.case.area)
    asked = readers(policy.approval, leads, people, person.slack, 0) if why else ()
    unread = NobodyReads() if not asked and not may_send_unread(person) else None
    return replace(verdict, why=why, approvers=asked, refusal=verdict.refusal or unread)
