"""A card as the desk draws it, for the floors: a template and two replacements, nothing to compute."""

import json
from typing import Any

_POST = "The parcel that you promised for Monday never came, and nobody answers the phone. This is the third time!"
_UNCLAIMED, _CLAIMED = "🆕 *Unclaimed*", "🙋 With <@@OWNER@>"


def text_of(case_id: int, owner: str = "") -> str:
    """The top-level text of the message."""
    return f"Urgent mention by @anna_test: {_POST} ({'Claimed' if owner else 'New'}) {case_id}"


def blocks_of(case_id: int, owner: str = "") -> str:
    """The blocks as JSON; with an owner the claim button is gone and Reply stands first."""
    template = _TAKEN if owner else _FREE
    return template.replace("@CASE@", str(case_id)).replace("@OWNER@", owner)


def _plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words, "emoji": True}


def _button(words: str, action: str, style: str | None = None) -> dict[str, Any]:
    styled = {"style": style} if style else {}
    return {"type": "button", "text": _plain(words), "action_id": action, "value": "@CASE@", **styled}


def _options(**choices: str) -> list[dict[str, Any]]:
    return [{"text": _plain(words), "value": f"{name}:@CASE@"} for name, words in choices.items()]


def _select(action: str, **choices: str) -> dict[str, Any]:
    options = _options(**choices)
    shown = {"placeholder": _plain(action.title()), "options": options, "initial_option": options[0]}
    return {"type": "static_select", "action_id": action, **shown}


def _section(words: str, accessory: dict[str, Any]) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}, "accessory": accessory}


def _who() -> dict[str, Any]:
    line = (
        "<https://x.com/anna_test|*Anna Test*> @anna_test · 120 followers · "
        "<https://x.com/i/status/2124685658113966082|on X> "
        "<!date^1795399510^{date_short_pretty} {time}|2026-11-23 02:05 UTC> · to @acme_help"
    )
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": line}]}


def _blocks(standing: str, *first: dict[str, Any], **menu: str) -> str:
    due = "*delivery* · answer due <!date^1795400410^{date_short_pretty} {time}|2026-11-23 02:20 UTC>"
    buttons = [
        *first,
        _button("Ask an expert", "escalate"),
        _button("Resolve", "resolve"),
        _button("Details", "details"),
        {"type": "overflow", "action_id": "more", "options": _options(**menu)},
    ]
    priorities = _select("priority", urgent="Urgent", high="High", normal="Normal", low="Low")
    areas = _select("area", delivery="delivery", billing="billing", network="network", none="No area")
    blocks = [
        _who(),
        {"type": "section", "text": {"type": "plain_text", "text": _POST, "emoji": False}},
        _section("🔴 *Urgent* · has waited long: “third time” · says “never came”", priorities),
        _section(f"{standing} · {due}", areas),
        {"type": "actions", "elements": buttons},
    ]
    return json.dumps(blocks, ensure_ascii=False)


_MENU = {
    "transfer": "Give it to a colleague",
    "follow_up": "Follow up on a date",
    "dismiss": "Dismiss",
    "move": "Move to @acme",
}
_FREE = _blocks(_UNCLAIMED, _button("I'll take this", "claim", "primary"), _button("Reply", "reply"), **_MENU)
_TAKEN = _blocks(_CLAIMED, _button("Reply", "reply", "primary"), release="Give it back", **_MENU)
