"""Small checks that combine to a grammar. Each reports with a JSON pointer, in Slack's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.slack.texts import unstorable


@dataclass(slots=True)
class Findings:
    """What is wrong, as (Slack's words, JSON pointer)."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def add(self, words: str, pointer: str) -> None:
        self.found.append((words, pointer))

    @property
    def messages(self) -> list[str]:
        return [f"[ERROR] {words} [json-pointer:{pointer}]" for words, pointer in self.found]

    @property
    def errors(self) -> list[str]:
        return [f"{words} [json-pointer:{pointer}]" for words, pointer in self.found]


Rule = Callable[[Any, str, Findings], None]


@dataclass(frozen=True, slots=True)
class Needed:
    """Marks a field that an object must have."""

    rule: Rule


Fields = Mapping[str, Rule | Needed]


def text(most: int, least: int = 1) -> Rule:
    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, str):
            findings.add("must be a string", at)
        elif len(value) < least:
            findings.add(f"must be more than {least - 1} characters", at)
        elif len(value) > most:
            findings.add(f"must be less than {most + 1} characters", at)
        elif unstorable(value):
            findings.add("must be valid text", at)

    return check


def flag(value: Any, at: str, findings: Findings) -> None:
    if not isinstance(value, bool):
        findings.add("must be a boolean", at)


def number(least: int, most: int) -> Rule:
    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            findings.add("must be an integer", at)
        elif not least <= value <= most:
            findings.add(f"must be between {least} and {most}", at)

    return check


def word(*allowed: str) -> Rule:
    def check(value: Any, at: str, findings: Findings) -> None:
        if value not in allowed:
            findings.add(f"must be one of: {', '.join(allowed)}", at)

    return check


def url(value: Any, at: str, findings: Findings) -> None:
    text(3000)(value, at, findings)
    if isinstance(value, str) and not value.startswith(("http://", "https://", "mailto:", "slack://")):
        findings.add("must be a valid URL", at)


def anything(value: Any, at: str, findings: Findings) -> None:
    if unstorable(value):
        findings.add("must be valid text", at)


def items(rule: Rule, most: int, least: int = 1) -> Rule:
    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, list):
            findings.add("must be an array", at)
        elif len(value) < least:
            findings.add(f"must be more than {least - 1} items", at)
        elif len(value) > most:
            findings.add(f"no more than {most} items allowed", at)
        else:
            for index, item in enumerate(value):
                rule(item, f"{at}/{index}", findings)

    return check


def fields(allowed: Fields) -> Rule:
    """An object with these fields and no other; those marked Needed must be there."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            findings.add("must provide an object", at)
            return
        for name, rule in allowed.items():
            if name in value:
                (rule.rule if isinstance(rule, Needed) else rule)(value[name], f"{at}/{name}", findings)
            elif isinstance(rule, Needed):
                findings.add(f"missing required field: {name}", at)
        for name in value.keys() - allowed.keys():
            findings.add(f"invalid additional property: {name}", at)

    return check


def typed(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule holds; a type not listed is refused."""

    def check(value: Any, at: str, findings: Findings) -> None:
        if not isinstance(value, dict):
            findings.add("must provide an object", at)
        elif "type" not in value:
            findings.add("missing required field: type", at)
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            findings.add(f"unsupported type: {value['type']}", f"{at}/type")
        else:
            kinds[value["type"]](value, at, findings)

    return check


def both(*rules: Rule) -> Rule:
    def check(value: Any, at: str, findings: Findings) -> None:
        for rule in rules:
            rule(value, at, findings)

    return check
