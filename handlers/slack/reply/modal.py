"""The modal in which an answer is written."""

import json

from handlers.desk.replies.prepare import Composing
from handlers.slack.context import Context
from handlers.slack.reply import ask_privately
from handlers.slack.views.blocks import (
    Block,
    actions,
    at,
    button,
    context,
    divider,
    field,
    in_turn,
    modal,
    search,
    text_input,
    words,
)
from handlers.slack.views.messages import conversation
from triage import traits
from triage.i18n import _, ngettext
from triage.replies.compose import LONGEST, sign
from triage.rights import Person
from triage.traits import Traits


def reply_modal(
    ctx: Context,
    at_hand: Composing,
    person: Person,
    warning: str = "",
    group: int | None = None,
    changes: bool = False,
) -> Block:
    """The conversation so far, what the expert said, and the text to begin with."""
    suggested = ask_privately.suggested(ctx, at_hand)
    account = at_hand.require_target().account
    blocks = [
        *_beforehand(at_hand, warning, group),
        *conversation(at_hand.posts, at_hand.author),
        divider(),
        *_advice(at_hand),
        _saved_replies(),
        field(
            _("Your answer to {handle}").format(handle=at(at_hand.author.handle[:60])),
            "text",
            text_input("text", initial=at_hand.draft or suggested, longest=LONGEST),
            hint=_hint(ctx, traits.of(at_hand.case.network), account, person),
            tells=True,
        ),
        *(
            [ask_privately.date_of_look(ctx, person, at_hand.case.area)]
            if suggested and not at_hand.draft
            else []
        ),
        *_tools(ctx, at_hand, account),
    ]
    metadata = {"case": at_hand.case.id, "seen": at_hand.seen} | ({"group": group} if group else {})
    return modal(
        "reply",
        _("Change our answer") if changes else _("Reply in public"),
        blocks,
        metadata=json.dumps(metadata),
        submit=_("Preview"),
        tells_of_close=True,
    )


def _tools(ctx: Context, at_hand: Composing, account: str) -> list[Block]:
    """Ask for a DM, where somebody can write one."""
    if ctx.networks[at_hand.case.network].message_url(account) is None:
        return []
    asks = button(_("Ask for a DM"), "ask_for_dm", at_hand.case.id, spoken=ask_privately.spoken())
    return [actions(asks) | {"block_id": "tools"}]


def _saved_replies() -> Block:
    """Found by typing; Slack asks for the options."""
    return {
        "type": "actions",
        "block_id": "saved",
        "elements": [search("saved", _("Begin with a saved reply"))],
    }


def _hint(ctx: Context, network: Traits, account: str, person: Person) -> str:
    template = ctx.desk.policy.signature_of(network.name, account)
    signature = sign(template, initials=person.initials, name=person.signs_as)
    sentence = (
        _("Posted as @{account}, signed {signature}. An answer there holds {limit} characters at most.")
        if network.is_edited
        else _(
            "Posted as @{account}, signed {signature}. Over {limit} characters it goes out in numbered posts."
        )
    )
    signed = signature or _("with nothing")
    return sentence.format(account=account, signature=signed, limit=network.measure.limit)


def _advice(at_hand: Composing) -> list[Block]:
    if not at_hand.advice:
        return []
    return [
        context(_("💡 <@{expert}> answered your question:").format(expert=at_hand.advice.expert)),
        words(at_hand.advice.text),
    ]


def _beforehand(at_hand: Composing, warning: str, group: int | None) -> list[Block]:
    """Things to know before writing."""
    lines = [f"⚠️ {warning}"] if warning else []
    speaker, network = at_hand.require_target().account, traits.title(at_hand.case.network)
    if speaker != at_hand.case.account:
        line = _(
            "🚪 {network} lets only @{speaker} answer by API, for it was @{speaker} that they wrote to. Point them to "
            "@{account} here, or answer by *Open in {network}* on the card."
        )
        lines.append(line.format(network=network, speaker=speaker, account=at_hand.case.account))
    if at_hand.waits_for:
        line = _(
            "🔎 An answer by <@{who}> waits for approval. Withdraw it on the card before you send another."
        )
        lines.append(line.format(who=at_hand.waits_for))
    if at_hand.writers:
        others = ngettext(
            "✍️ {who} is writing an answer just now.",
            "✍️ {who} are writing answers just now.",
            len(at_hand.writers),
        )
        lines.append(others.format(who=in_turn(at_hand.writers)))
    if group is not None:
        lines.append(
            _(
                "🌊 One of many alike. {network} takes the very same words only once: change a few for each."
            ).format(network=network)
        )
    return [context(line) for line in lines]
