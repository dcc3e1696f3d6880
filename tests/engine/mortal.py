"""A `uni` that dies: `python -m tests.engine.mortal POINT ARGS…`.

POINT is the number of the ledger write after which SIGKILL strikes, or the name of a moment between two writes;
`answer-stored` is the moment after an answer was written down, `readonly-3` lets the process live with a ledger that
takes no more than three writes, and `never` with a sound one; `slow-to-leave` has much time between two requests.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.engine.house import QUICK
from uni_cli.cli import main
from uni_cli.engine import patience
from uni_cli.engine.delivery import Deliverer
from uni_cli.engine.desk import Desk
from uni_cli.ledger import Ledger
from uni_cli.storage import remote

MOMENTS = {
    "answer-not-stored": (Ledger, "keep_answer"),
    "picture-not-recorded": (Deliverer, "_done"),
    "picture-safe-and-not-recorded": (Desk, "put_all"),
    "picture-not-placed": (Deliverer, "_place"),
}
STORE_MOMENTS = {**MOMENTS, "picture-not-put": (remote.Door, "create_from")}


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def freeze(ledger: Ledger) -> None:
    """As on a file system that was remounted: what is there can be read."""
    ledger.db.execute("PRAGMA query_only = ON")


def exchange_hook(number: int, strike: Callable[[Ledger], None], *, what: str | None = None) -> None:
    """Let it strike after that many writes of the ledger, of one kind or of all."""
    count = itertools.count(1)

    def after_write(self: Ledger, written: str) -> None:
        if what in (None, written) and next(count) == number:
            strike(self)

    # By name, because this is what a patch is: a method exchanged for the whole process.
    name = "after_write"
    setattr(Ledger, name, after_write)


def main_until(point: str, args: list[str]) -> int:
    if point in STORE_MOMENTS:
        owner, name = STORE_MOMENTS[point]
        setattr(owner, name, die)
    elif point == "answer-stored":
        exchange_hook(1, die, what="answer")
    elif point not in ("never", "slow-to-leave"):
        kind, _, number = point.rpartition("-")
        exchange_hook(int(number), freeze if kind == "readonly" else die)
    patience.USUAL = replace(QUICK, between_submits=0.3) if point == "slow-to-leave" else QUICK
    return main(args)


if __name__ == "__main__":
    sys.exit(main_until(sys.argv[1], sys.argv[2:]))
