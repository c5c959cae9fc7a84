"""Whether a post read back is one that we sent."""

from triage.weight import LINK_WEIGHT, entities


def same_text(theirs: str, ours: str) -> bool:
    """Whether a post read back says what we sent: links come back shortened, signs escaped, handles in front."""
    return _bare(theirs) == _bare(ours)


def _bare(text: str) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(word for word in plain.split() if not word.startswith("@") and not _holds_link(word))


def _holds_link(word: str) -> bool:
    return any(weight == LINK_WEIGHT for _start, _end, weight in entities(word))
