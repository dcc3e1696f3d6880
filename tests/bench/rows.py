"""What every benchmark found, for the one table at the end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    value: float
    limit: float

    @property
    def holds(self) -> bool:
        return self.value <= self.limit


ROWS: list[Row] = []


def add(name: str, value: float, limit: float) -> bool:
    """Note a value that must not exceed its limit; whether it does not."""
    ROWS.append(Row(name, value, limit))
    return ROWS[-1].holds


def show() -> int:
    """The table; 1 if a row does not hold."""
    print(f"{'':<52} {'value':>8} {'limit':>8}")
    for row in ROWS:
        print(f"{row.name:<52} {row.value:>8.2f} {row.limit:>8.2f}  {'good' if row.holds else 'MISSED'}")
    return int(not all(row.holds for row in ROWS))
