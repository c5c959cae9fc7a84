"""Faces made of initials: the same name has the same colour everywhere."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import unquote
from zlib import crc32

# Pairs of background and ink, each with a contrast of at least 4.5 : 1.
PALETTE = [
    ("#d9ece8", "#155e52"),
    ("#fbe3d6", "#8a3b12"),
    ("#e3e4f8", "#40429b"),
    ("#f8e1ea", "#8c2350"),
    ("#e4eed3", "#46601a"),
    ("#d8eaf6", "#125a86"),
    ("#f6ecc8", "#705206"),
    ("#ebe1f5", "#62348c"),
]
LETTERING = (
    'font-family="system-ui, sans-serif" font-size="38" font-weight="600"'
    ' text-anchor="middle" dominant-baseline="central"'
)
OWN_MARK = (
    '<rect width="96" height="96" rx="22" fill="#14545a"/>'
    '<path d="M22 30a8 8 0 0 1 8-8h36a8 8 0 0 1 8 8v26a8 8 0 0 1-8 8H47L33 76V64h-3a8 8 0 0 1-8-8z"'
    ' fill="#fff"/>'
    '<circle cx="48" cy="43" r="9.5" fill="none" stroke="#14545a" stroke-width="5"/>'
    '<path d="M57.5 36v9.5a5 5 0 0 0 9 1" fill="none" stroke="#f0a04b" stroke-width="5"'
    ' stroke-linecap="round"/>'
)


def avatar(name: str) -> str:
    """An SVG of 96 × 96 units for a name or a handle; the bot's own mark for "Mentiondesk"."""
    if name.casefold() == "mentiondesk":
        return _svg("Mentiondesk", OWN_MARK)
    plain = unquote(name).strip()[:60]
    paper, ink = PALETTE[crc32(plain.casefold().encode()) % len(PALETTE)]
    return _svg(
        plain,
        f'<rect width="96" height="96" fill="{paper}"/>'
        f'<text x="48" y="50" fill="{ink}" {LETTERING}>{escape(_initials(plain))}</text>',
    )


def _svg(title: str, inside: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96" role="img">'
        f"<title>{escape(title)}</title>{inside}</svg>"
    )


def _initials(name: str) -> str:
    words = [word for word in re.split(r"[\W_]+", name) if word]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
