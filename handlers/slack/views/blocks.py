"""Block Kit, safely: text from outside is escaped, capped and isolated before it reaches a block."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from handlers.ports import Payload

Block = Payload

SECTION = 3000
CONTEXT = 2000
LABEL = 75

_CONTROLS = {code: None for code in range(32) if chr(code) not in "\n\t"} | {0x7F: None}
_OVERRIDES = dict.fromkeys((*range(8234, 8239), *range(8294, 8298)))
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def in_turn(people: Iterable[str]) -> str:
    """Mentions of people, one after the other."""
    return ", ".join(f"<@{person}>" for person in people)


def escape(text: str) -> str:
    """Escape Slack's three characters, so that `<!channel>` pings nobody, and remove control characters."""
    clean = text.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")
    return clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inline(text: str) -> str:
    """Outside text within one of our lines: one line, no markup, its direction kept to itself."""
    words = " ".join(text.translate(_OVERRIDES).split())
    for mark in "*_~`":
        # A zero-width space on both sides stops Slack from reading the character as markup.
        words = words.replace(mark, f"\u200b{mark}\u200b")
    return f"{_FIRST_STRONG_ISOLATE}{escape(words)}{_POP_ISOLATE}"


def at(handle: str) -> str:
    """A handle as its network writes it."""
    return f"@{escape(handle)}"


def cut(text: str, most: int) -> str:
    """At most `most` characters, the last one an ellipsis when something was cut; never half an entity."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    start = kept.rfind("&", max(0, len(kept) - 5))
    if start != -1 and ";" not in kept[start:]:
        kept = kept[:start]
    return kept + "…"


def excerpt(text: str, most: int) -> str:
    """Outside text in one of our lines, at most `most` characters of it, as Slack counts them."""
    words, end = " ".join(text.split()), most
    while len(line := inline(cut(words, end))) > most + len(inline("")) and end > 1:
        end = max(1, end * most // len(line))
    return line


def moment(when: datetime, form: str = "{date_short_pretty} {time}", *, url: str = "") -> str:
    """A Slack date: every reader sees their own zone; the fallback is UTC. With `url`, a link."""
    target = f"^{_safe(url)}" if url else ""
    return f"<!date^{int(when.timestamp())}^{form}{target}|{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC>"


def link(url: str, label: str) -> str:
    return f"<{_safe(url)}|{label}>"


def _safe(url: str) -> str:
    """A link can't end its own markup."""
    for sign, code in (("|", "%7C"), ("<", "%3C"), (">", "%3E"), ("^", "%5E")):
        url = url.replace(sign, code)
    return url


def section(markup: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": cut(markup, SECTION)}}
    return block | ({"accessory": accessory} if accessory else {})


def words(text: str, most: int = SECTION) -> Block:
    """Outside text word for word: plain text, where no character is markup."""
    shown = escape(text.translate(_OVERRIDES)).strip() or "\u2026"
    return {"type": "section", "text": {"type": "plain_text", "text": cut(shown, most), "emoji": False}}


def context(*markup: str, image: tuple[str, str] | None = None) -> Block:
    elements: list[Block] = []
    if image:
        elements.append(
            {"type": "image", "image_url": image[0], "alt_text": cut(image[1], CONTEXT) or "picture"}
        )
    elements += [{"type": "mrkdwn", "text": cut(text, CONTEXT)} for text in markup if text]
    return {"type": "context", "elements": elements}


def picture(url: str, alt: str) -> Block:
    return {"type": "image", "image_url": url, "alt_text": cut(alt, CONTEXT)}


def actions(*elements: Block | None) -> Block:
    return {"type": "actions", "elements": [element for element in elements if element]}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def divider() -> Block:
    return {"type": "divider"}


def plain(text: str, most: int = LABEL) -> Block:
    return {"type": "plain_text", "text": cut(text, most), "emoji": True}


def button(
    label: str,
    action_id: str,
    value: object = "",
    *,
    style: str | None = None,
    url: str | None = None,
    spoken: str | None = None,
) -> Block:
    """A button. `spoken`: what a screen reader says, when the label alone is not enough."""
    element: Block = {"type": "button", "text": plain(label), "action_id": action_id, "value": str(value)}
    if style:
        element["style"] = style
    if url:
        element["url"] = url
    if spoken:
        element["accessibility_label"] = cut(spoken, LABEL)
    return element


def option(label: str, value: str) -> Block:
    return {"text": plain(label), "value": value}


def overflow(action_id: str, options: Sequence[Block]) -> Block | None:
    return {"type": "overflow", "action_id": action_id, "options": list(options)} if options else None


def select(
    action_id: str, options: Sequence[Block], *, chosen: str | None = None, placeholder: str = "Choose"
) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder),
        "options": list(options)[:100],
    }
    initial = next((one for one in element["options"] if one["value"] == chosen), None)
    return element | ({"initial_option": initial} if initial else {})


def search(action_id: str, placeholder: str) -> Block:
    """A field whose options are asked for while somebody types."""
    return {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder),
        "min_query_length": 0,
    }


def radios(action_id: str, options: Sequence[Block], chosen: str) -> Block:
    initial = next(one for one in options if one["value"] == chosen)
    return {
        "type": "radio_buttons",
        "action_id": action_id,
        "options": list(options),
        "initial_option": initial,
    }


def text_input(
    action_id: str, *, initial: str = "", longest: int = 3000, multiline: bool = True, placeholder: str = ""
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": longest,
        "focus_on_load": True,
    }
    if initial:
        element["initial_value"] = initial[:longest]
    if placeholder:
        element["placeholder"] = plain(placeholder, 150)
    return element


def field(
    label: str,
    block_id: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    tells: bool = False,
) -> Block:
    """A labelled input of a modal; its errors are shown beside it by `block_id`. `tells`: of what is typed."""
    if tells:
        element = element | {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    return (
        block | ({"hint": plain(hint, 2000)} if hint else {}) | ({"dispatch_action": True} if tells else {})
    )


SENTENCE = "sentence"


def modal(
    callback_id: str,
    title: str,
    blocks: Iterable[Block],
    *,
    metadata: str = "",
    submit: str | None = None,
    close: str = "",
    tells_of_close: bool = False,
) -> Block:
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close or ("Cancel" if submit else "Close"), 24),
        "blocks": list(blocks)[:100],
        "private_metadata": metadata,
        "notify_on_close": tells_of_close,
    }
    return view | ({"submit": plain(submit, 24)} if submit else {})


def with_sentence(view: Block, sentence: str) -> Block:
    """An open modal as it is, with a sentence above all else."""
    kept = ("type", "callback_id", "title", "close", "submit", "private_metadata", "notify_on_close")
    again = {name: view[name] for name in kept if view.get(name)}
    old = [block for block in view["blocks"] if block.get("block_id") != SENTENCE]
    return again | {"blocks": [context(f"⚠️ {sentence}") | {"block_id": SENTENCE}, *old][:100]}


def card_link(channel: str, ts: str) -> str:
    """A link that Slack opens in place, without asking its API for a permalink."""
    return f"https://slack.com/archives/{channel}/p{ts.replace('.', '')}"
