"""The grammar of rich_text: sections, lists, code and quotes, and the pieces they are made of."""

from __future__ import annotations

from demo.slack.blockkit.rules import (
    Fields,
    Needed,
    Rule,
    anything,
    fields,
    flag,
    items,
    number,
    text,
    typed,
    url,
    word,
)

_ID = text(255)
_WORDS = text(40_000)
_STYLE = fields(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), flag)
)


def _piece(**more: Rule | Needed) -> Rule:
    return fields({"type": anything, "style": _STYLE, **more})


PIECE = typed(
    {
        "text": _piece(text=Needed(_WORDS)),
        "link": _piece(url=Needed(url), text=_WORDS, unsafe=flag),
        "emoji": _piece(name=Needed(_ID), unicode=_ID, skin_tone=number(1, 6)),
        "user": _piece(user_id=Needed(_ID)),
        "usergroup": _piece(usergroup_id=Needed(_ID)),
        "channel": _piece(channel_id=Needed(_ID)),
        "team": _piece(team_id=Needed(_ID)),
        "broadcast": _piece(range=Needed(word("here", "channel", "everyone"))),
        "date": _piece(
            timestamp=Needed(number(0, 9_999_999_999)), format=Needed(_ID), url=url, fallback=_WORDS
        ),
        "color": _piece(value=Needed(_ID)),
    }
)
_PIECES = Needed(items(PIECE, 1000, least=0))
_SECTION = fields({"type": anything, "elements": _PIECES})
_FRAMED: Fields = {"type": anything, "border": number(0, 1)}
_LIST: Fields = {
    **_FRAMED,
    "elements": Needed(items(typed({"rich_text_section": _SECTION}), 1000, least=0)),
    "style": Needed(word("bullet", "ordered")),
    "indent": number(0, 8),
    "offset": number(0, 100_000),
}
RICH_PART = typed(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": fields(_LIST),
        "rich_text_preformatted": fields({**_FRAMED, "elements": _PIECES, "language": text(40)}),
        "rich_text_quote": fields({**_FRAMED, "elements": _PIECES}),
    }
)
RICH_TEXT: Fields = {"type": anything, "block_id": _ID, "elements": Needed(items(RICH_PART, 100))}
