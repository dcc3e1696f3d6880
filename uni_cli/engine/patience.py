"""How long the engine waits between two tries of anything, in one place.

A run takes its pauses from `USUAL` when it begins. Whoever wants another pace, such as a test that has no time, puts
another `Pauses` there first.
"""

from __future__ import annotations

from dataclasses import dataclass

from uni_cli.transport import STALL_SECONDS


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds. The last member of a row is used again and again."""

    # Without a connection nothing can be paid for, but nobody wants to watch a dead network for a quarter of an hour.
    connect: float = 1.0
    connect_patience: float = 20.0
    throttled: float = 2.0
    room: float = 2.0
    # Jobs that leave one by one come back one by one: none waits until fifty others are looked at and fetched.
    between_submits: float = 0.005
    # Between two rounds of looks at jobs that nobody waits for, while they fill a service.
    abandoned: float = 3.0
    recover: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 5.0)
    recover_patience: float = 30.0
    # Looks at a job of a kind that the ledger has no history of: the first, those of the first seconds, the later ones.
    first_look: float = 1.0
    early: float = 1.0
    late: float = 3.0
    look_trouble: tuple[float, ...] = (0.5, 1.0, 2.0, 3.0)
    download: tuple[float, ...] = (0.3, 1.0, 2.0, 4.0, 8.0)
    resume: float = 0.2
    stall: float = STALL_SECONDS
    # An interrupted request is heard to its end that long: its answer may be the only way back to the picture.
    last_words: float = 2.0


USUAL = Pauses()


def step(row: tuple[float, ...], turn: int) -> float:
    return row[min(turn, len(row) - 1)]
