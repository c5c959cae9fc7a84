"""X's search language, as far as a desk's watch queries need it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from demo.x import text as texts
from demo.x.problems import ProblemError, invalid
from demo.x.values import Post
from demo.x.world import World

LONGEST_QUERY = 512

_TOKEN = re.compile(r'\s*(?:(-?)(\(|"[^"]*"|[^\s()"]+:"[^"]*"|[^\s()"]+)|(\)))')

Test = Callable[[Post], bool]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    negated: bool = False


def compiled(query: str, world: World) -> Test:
    """The test a post must pass. Raises Problem 400 for what X would not understand."""
    if not query.strip() or len(query) > LONGEST_QUERY:
        raise _refused(query, f"must be between 1 and {LONGEST_QUERY} characters")
    return _Parser(query, world).whole()


def _refused(query: str, why: str) -> ProblemError:
    return invalid(f"There were errors processing your request: the query {why}", query=query)


class _Parser:
    """A recursive descent parser; OR binds weaker than juxtaposition, as on X."""

    def __init__(self, query: str, world: World) -> None:
        self._query = query
        self._world = world
        self._tokens = _tokens(query)
        self._has_positive_term = False

    def whole(self) -> Test:
        test = self._either()
        if self._tokens:
            raise _refused(self._query, "has a ) too many")
        if not self._has_positive_term:
            raise _refused(self._query, "needs at least one term that is not negated")
        return test

    def _either(self) -> Test:
        tests = [self._all()]
        while self._tokens and self._tokens[0].text == "OR":
            self._tokens.pop(0)
            tests.append(self._all())
        return lambda post: any(test(post) for test in tests)

    def _all(self) -> Test:
        tests: list[Test] = []
        while self._tokens and self._tokens[0].text not in ("OR", ")"):
            tests.append(self._one(self._tokens.pop(0)))
        if not tests:
            raise _refused(self._query, "has an empty part")
        return lambda post: all(test(post) for test in tests)

    def _one(self, token: _Token) -> Test:
        test = self._group() if token.text == "(" else self._term(token)
        if token.negated:
            return lambda post: not test(post)
        return test

    def _group(self) -> Test:
        test = self._either()
        if not self._tokens:
            raise _refused(self._query, "has a ( too many")
        self._tokens.pop(0)
        return test

    def _term(self, token: _Token) -> Test:
        operator, colon, value = token.text.partition(":")
        if colon and not token.text.startswith('"'):
            self._has_positive_term |= not token.negated and operator not in ("is", "has", "lang")
            return self._operator(operator, value.strip('"'))
        self._has_positive_term |= not token.negated
        return _mention_test(token.text) if token.text.startswith("@") else _phrase_test(token.text)

    def _operator(self, operator: str, value: str) -> Test:
        known = _operators(self._world).get(operator)
        test = known(value) if known else None
        if test is None:
            raise _refused(self._query, f"has an operator X does not know: {operator}:{value}")
        return test


def _tokens(query: str) -> list[_Token]:
    tokens, position = [], 0
    while query[position:].strip():
        found = _TOKEN.match(query, position)
        if found is None:
            raise _refused(query, f"cannot be read from position {position}")
        tokens.append(_Token(found.group(2) or found.group(3), negated=bool(found.group(1))))
        position = found.end()
    return tokens


def _mention_test(term: str) -> Test:
    handle = term.removeprefix("@").lower()
    return lambda post: handle in texts.mentioned_handles(post.text)


def _phrase_test(term: str) -> Test:
    wanted = _words(term)
    return lambda post: _holds(_words(post.text), wanted)


def _words(text: str) -> list[str]:
    return re.findall(r"#?\w+", text.lower())


def _holds(words: list[str], wanted: list[str]) -> bool:
    starts = range(len(words) - len(wanted) + 1)
    return bool(wanted) and any(words[start : start + len(wanted)] == wanted for start in starts)


def _operators(world: World) -> dict[str, Callable[[str], Test | None]]:
    return {
        "from": lambda value: lambda post: post.author.lower() == value.lower().removeprefix("@"),
        "to": lambda value: lambda post: _is_addressed_to(world, post, value.lower().removeprefix("@")),
        "lang": lambda value: lambda post: post.lang == value,
        "conversation_id": lambda value: lambda post: post.conversation_id == value,
        "is": {
            "retweet": lambda post: post.repost_of is not None,
            "reply": lambda post: post.reply_to is not None,
            "quote": lambda post: post.quote_of is not None,
        }.get,
        "has": {
            "links": lambda post: texts.has_link(post.text),
            "media": lambda post: bool(post.media),
            "images": lambda post: bool(post.media),
            "mentions": lambda post: bool(texts.mentioned_handles(post.text)),
        }.get,
    }


def _is_addressed_to(world: World, post: Post, handle: str) -> bool:
    parent = world.get(post.reply_to) if post.reply_to else None
    answered = parent.author.lower() if parent else None
    return handle in (answered, *texts.mentioned_handles(post.text.split(" ")[0]))
