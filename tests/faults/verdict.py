"""What a run amounts to: each promise, and what broke it."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Sentence:
    """One promise: how many things it was held against, and what broke it."""

    text: str
    looked_at: int = 0
    breaches: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.breaches


@dataclass(slots=True)
class Verdict:
    """All sentences, and the figures of the run."""

    sentences: dict[str, Sentence] = field(default_factory=dict)
    figures: dict[str, object] = field(default_factory=dict)

    @property
    def broken(self) -> list[Sentence]:
        return [sentence for sentence in self.sentences.values() if not sentence.holds]

    def looked(self, text: str, number: int) -> Sentence:
        sentence = self.sentences.setdefault(text, Sentence(text))
        sentence.looked_at += number
        return sentence
