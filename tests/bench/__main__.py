"""Everything that is measured, against what a user would use instead, and one table of ratios at the end.

    python -m tests.bench [start completion overhead growth big inputs]

It takes about half an hour, and wants a machine that does nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import big, completion, growth, inputs, overhead, rows, startup

PARTS: dict[str, Callable[[], int]] = {
    "start": lambda: startup.main(9),
    "overhead": overhead.main,
    "growth": growth.main,
    "big": big.main,
    "inputs": inputs.main,
    # Last, for it moves to another home.
    "completion": lambda: completion.main(9),
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"There is no {unknown[0]}: choose among {' '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in [part for part in PARTS if part in names] if names else PARTS:
        print(f"\n== {name}")
        PARTS[name]()
    print("\n== all")
    return rows.show()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
