"""The people there are: looked up beforehand and passed in, so that a rule can choose among them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from triage.rights import Person


@dataclass(frozen=True, slots=True)
class People:
    """Everybody a rule may choose from. A person who was not looked up counts as not there."""

    there: Mapping[str, Person] = field(default_factory=dict)  # known to Slack, and not gone from it
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # user groups' members
    members: tuple[str, ...] = ()  # of the desk's channel
    away: frozenset[str] = frozenset()

    def expand(self, ids: Iterable[str]) -> list[str]:
        """People as they are, user groups as their members, in order, nobody twice."""
        expanded = [who for one in ids for who in self.groups.get(one, (one,))]
        return list(dict.fromkeys(expanded))

    def present(self, ids: Iterable[str]) -> list[Person]:
        """Keep the ones who are neither away nor gone, in the same order, nobody twice."""
        known = (self.there.get(who) for who in self.expand(ids) if who not in self.away)
        return [person for person in known if person is not None]
