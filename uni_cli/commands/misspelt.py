"""Names in the environment that look like ours and that nothing reads: a misspelt one would be dropped silently."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from uni_cli import keys
from uni_cli.console import Console
from uni_cli.settings import OWN_KEY_NAMES, PREFIX, nearest, variables

# What the environment may have for the tests of this package.
TESTS = "UNI_TEST_"
# How the names of a service's own variables begin.
STARTS = {"LUMA": "luma", "RUNWARE": "runware", "GMI": "gmicloud", "SEGMIND": "segmind"}


@dataclass(frozen=True, slots=True)
class Unread:
    """`instead` is the name that was meant, where one is near."""

    name: str
    instead: str | None

    @property
    def words(self) -> str:
        tip = f" Did you mean {self.instead}?" if self.instead else ""
        return f"{self.name} is set, and nothing reads it.{tip}"


def unread() -> list[Unread]:
    return [*_settings(), *_keys()]


def warn(console: Console) -> None:
    for one in unread():
        console.warn(one.words)


def _settings() -> Iterator[Unread]:
    names = set(variables())
    for name, value in sorted(os.environ.items()):
        # Settings are found in any case, as in UNI_luma__rate.
        if name.upper().startswith(PREFIX) and name.upper() not in names and not name.startswith(TESTS) and value:
            yield Unread(name, nearest(name))


def _keys() -> Iterator[Unread]:
    """A key under a name that is not the service's own, where the service has none under the right one."""
    for name, value in sorted(os.environ.items()):
        service = STARTS.get(name.partition("_")[0].removesuffix("AI").removesuffix("CLOUD"))
        is_key = service and name.endswith(("_KEY", "_TOKEN")) and value
        if not is_key or not service or name == OWN_KEY_NAMES[service]:
            continue
        if not any(os.environ.get(one) for one in keys.variables(service)):
            yield Unread(name, OWN_KEY_NAMES[service])
