"""The verdict for a person: a table in Markdown, and what broke."""

from faults.plan import Plan
from faults.verdict import Verdict

SHOWN = 8


def table(plan: Plan, verdict: Verdict) -> str:
    """The whole result in Markdown."""
    replicas = f"{plan.replicas} process{'es' if plan.replicas > 1 else ''}"
    head = f"### {plan.database}, {replicas}, seed {plan.seed}"
    if plan.sabotage:
        head += f", sabotage `{plan.sabotage}`"
    lines = [head, "", "| what | number |", "|---|---|"]
    lines += [f"| {what} | {number} |" for what, number in verdict.figures.items()]
    lines += ["", "| promise | held against | broken |", "|---|---|---|"]
    lines += [
        f"| {one.text} | {one.looked_at} | {len(one.breaches) or 'never'} |"
        for one in verdict.sentences.values()
    ]
    return "\n".join([*lines, "", *broken(verdict)])


def broken(verdict: Verdict) -> list[str]:
    """Each promise that was broken, with the first things that broke it."""
    lines = []
    for one in verdict.broken:
        lines += [f"**{one.text}** was broken {len(one.breaches)} times:", ""]
        lines += [f"- {breach}" for breach in one.breaches[:SHOWN]] + [""]
    return lines
