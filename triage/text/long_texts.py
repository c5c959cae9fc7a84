"""Long texts: what is read of them, and how they are composed without taking long."""

import unicodedata

END = 2_000  # characters
# Unicode's "stream-safe" text format has no more marks in a row (UAX #15, 13).
_MOST_MARKS = 30


def ends_of(text: str) -> str:
    """The first and the last 2,000 characters of a text, on two lines; a shorter text whole.

    People say at the beginning or at the end what they want. A network takes 25,000 characters, and a reader of all of
    them would take so long that a few posts could keep colleagues waiting. The privacy guard alone reads all.
    """
    return text if len(text) <= 2 * END else f"{text[:END]}\n{text[-END:]}"


def composed(text: str) -> str:
    """`text` in NFC, but for marks beyond the thirtieth in a row.

    To put a row of marks into order takes Python the square of its length: 25,000 of them take a second.
    """
    if text.isascii():
        return text
    marks, pieces, start = bytes(map(bool, map(unicodedata.combining, text))), list[str](), 0
    while (found := marks.find(_TOO_MANY, start)) >= 0:
        end = found + _MOST_MARKS
        pieces.append(text[start:end])
        start = end
    return "".join(unicodedata.normalize("NFC", piece) for piece in (*pieces, text[start:]))


_TOO_MANY = b"\1" * (_MOST_MARKS + 1)
