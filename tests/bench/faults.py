"""The fault matrix as a table: `python -m tests.bench.faults [SERVICE…]`.

Every fault of the emulator at every step of every service, through the real command line and a real socket. Each cell
asks for one picture, lifts the fault, and collects. `doubles` and `lost` have to be 0 in every line.
"""

from __future__ import annotations

import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.engine.cells import GROUPS, SUBMITS, Story, tell_group, tell_submit
from tests.engine.house import QUICK, SERVICES, Account, House, fresh, house
from uni_cli.engine import patience

STEPS = ("submit", "poll", "recover", "download")
HEADS = ("service", "step", "cells", "asked", "billed", "delivered", "in doubt", "unfinished", "doubles", "lost")
Table = dict[tuple[str, str], list[Account]]


def fill(found: House, place: Path, services: set[str]) -> Table:
    """Tell every story of every cell."""
    table: Table = defaultdict(list)
    count = 0

    def note(step: str, story: Story) -> None:
        nonlocal count
        count += 1
        for service, account in story.by_service.items():
            table[service, step].append(account)
        if sys.stderr.isatty():
            print(f"\r{count} of {len(SUBMITS) + len(GROUPS)}", end="", file=sys.stderr)

    for n, cell in enumerate(cell for cell in SUBMITS if cell.service in services):
        with fresh(place / f"submit-{n}"):
            note("submit", tell_submit(found, cell))
    for n, group in enumerate(GROUPS):
        wanted = tuple(cell for cell in group if cell.service in services)
        if wanted:
            with fresh(place / f"group-{n}"):
                note(wanted[0].step, tell_group(found, wanted))
    return table


def lines(table: Table) -> list[tuple[str, ...]]:
    """One line for each step of each service, and the sum."""
    rows = [
        _line(service, step, table[service, step]) for service in SERVICES for step in STEPS if (service, step) in table
    ]
    return [HEADS, *rows, _line("all", "", [account for accounts in table.values() for account in accounts])]


def _line(service: str, step: str, accounts: list[Account]) -> tuple[str, ...]:
    total = sum(accounts, Account())
    doubles, lost = (sum(getattr(account, name) for account in accounts) for name in ("doubles", "lost"))
    numbers = (len(accounts), total.asked, total.billed, total.delivered, total.in_doubt, total.pending, doubles, lost)
    return (service, step, *map(str, numbers))


def main(argv: list[str]) -> int:
    services = set(argv or SERVICES)
    if not services <= set(SERVICES):
        print(f"services are {' '.join(SERVICES)}", file=sys.stderr)
        return 2
    patience.USUAL = QUICK
    began = time.monotonic()
    with house() as (found, names), TemporaryDirectory() as folder:
        os.environ.update(names, UNI_CONFIG=str(Path(folder, "config.toml")), HOME=folder)
        rows = lines(fill(found, Path(folder), services))
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADS))]
    for row in rows:
        print("  ".join(row[n].ljust(width) if n < 2 else row[n].rjust(width) for n, width in enumerate(widths)))
    print(f"{time.monotonic() - began:.0f} s")
    return int(rows[-1][-2:] != ("0", "0"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
