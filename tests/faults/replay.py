"""A case's history told again from its events: who had it when, and in which status it must be now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.cases.case import MOVES, Move, Status

# Moves that give the turn back to the owner give it to the channel when there is no owner.
_TO_THE_OWNER = {Move.CUSTOMER_WROTE, Move.ANSWER, Move.NO_ANSWER, Move.UNDO, Move.FALL_DUE}
_TAKES = {Move.REPLY, Move.ESCALATE, Move.FOLLOW_UP, Move.RESOLVE, Move.DISMISS}
_MOVES = {move.value: move for move in Move}


@dataclass(slots=True)
class Replayed:
    """What a history amounts to. `faults` are sentences about what can't have been."""

    status: Status | None = None
    owner: str | None = None
    owners: list[str | None] = field(default_factory=list)
    double_claims: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def replay(events: Sequence[Any]) -> Replayed:
    """Tell the events of one case again, in the order of their ids."""
    told = Replayed()
    for event in events:
        if event.what == "opened":
            if told.status is not None:
                told.faults.append("opened twice")
            told.status = Status.NEW
            told.owners.append(None)
        elif event.what in _MOVES:
            _move(told, _MOVES[event.what], event)
    return told


def _move(told: Replayed, move: Move, event: Any) -> None:
    if told.status is None:
        told.faults.append(f"{move} before it was opened")
        return
    if move is Move.CLAIM and told.owner is not None and told.status.is_open:
        told.double_claims.append(f"{event.who} claimed what {told.owner} had (event {event.id})")
    target = MOVES.get((told.status, move))
    if target is None:
        told.faults.append(f"{move} from {told.status} (event {event.id})")
        return
    if target is Status.CLAIMED and told.owner is None and move in _TO_THE_OWNER:
        target = Status.NEW
    told.status = target
    _change_hands(told, move, event)


def _change_hands(told: Replayed, move: Move, event: Any) -> None:
    owner = told.owner
    if move in (Move.CLAIM, Move.REOPEN):
        owner = event.who
    elif move in (Move.RELEASE, Move.RETURN):
        owner = None
    elif move is Move.TRANSFER:
        owner = event.detail["to"]
    elif move in _TAKES:
        owner = owner or event.who
    if owner != told.owner:
        told.owner = owner
        told.owners.append(owner)
