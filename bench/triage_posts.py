"""How triage judges a file of posts: shares of the labels, languages told right, milliseconds a post.

    python bench/triage_posts.py posts.jsonl [--show urgent|high|normal|low|thanks|language]

One JSON object a line: `text`, and where known `lang` (it, pl, en) and `from` (any name, to group by).
"""

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from triage.scoring.language import detect
from triage.scoring.priority import Priority, PriorityRules, assess
from triage.scoring.thanks import is_bare_thanks

LANGUAGES = ("it", "pl", "en")
RULES = PriorityRules()


def main() -> None:
    arguments = _arguments()
    posts = [
        json.loads(line) for line in arguments.file.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    started = time.perf_counter()
    judged = [_judged(post) for post in posts]
    elapsed = time.perf_counter() - started
    _say(_shares(judged))
    _say(_languages(judged))
    _say(f"{1000 * elapsed / max(len(posts), 1):.3f} ms a post: language, priority and thanks")
    for post in judged if arguments.show else ():
        if arguments.show in _marks(post):
            _say(f"{post['score'].value:.2f} {post['found']} {'; '.join(post['why'])} | {post['text']!r}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", choices=[*Priority, "thanks", "language"], help="print the posts judged so")
    return parser.parse_args()


def _judged(post: dict[str, Any]) -> dict[str, Any]:
    found = detect(post["text"], LANGUAGES)
    score = assess(post["text"], found, 0, RULES)
    return {
        "text": post["text"],
        "group": post.get("from") or "all",
        "language": post.get("lang"),
        "found": found,
        "score": score,
        "why": [reason.in_words() for reason in score.reasons],
        "thanks": is_bare_thanks(post["text"], found),
    }


def _marks(post: dict[str, Any]) -> set[str]:
    wrong = post["language"] is not None and post["language"] != post["found"]
    return {str(post["score"].priority), *(["thanks"] * post["thanks"]), *(["language"] * wrong)}


def _shares(judged: list[dict[str, Any]]) -> str:
    groups = defaultdict[str, Counter[str]](Counter)
    for post in judged:
        groups[post["group"]].update(_marks(post) - {"language"})
        groups[post["group"]]["posts"] += 1
    lines = [f"{'':20}{'posts':>8}" + "".join(f"{one:>9}" for one in [*Priority, "thanks"])]
    for group, counts in sorted(groups.items()):
        shares = "".join(f"{counts[one] / counts['posts']:9.1%}" for one in [*Priority, "thanks"])
        lines.append(f"{group:20}{counts['posts']:>8}{shares}")
    return "\n".join(lines)


def _languages(judged: list[dict[str, Any]]) -> str:
    labelled = Counter(post["language"] for post in judged if post["language"])
    right = Counter(post["language"] for post in judged if post["language"] == post["found"])
    each = ", ".join(f"{one} {right[one] / count:.3f} of {count}" for one, count in sorted(labelled.items()))
    return f"language right: {right.total() / max(labelled.total(), 1):.3f} ({each})"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
