"""Names in the environment that look like ours and that nothing reads: a misspelt one would be dropped silently."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import BaseModel

from uni_cli.console import Console
from uni_cli.settings import OWN_KEY_NAMES, Settings

PREFIX = "UNI_"
# Read before there are settings.
ELSEWHERE = ("UNI_CONFIG",)
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


def known() -> list[str]:
    """Every variable that settings are read from."""
    names = list(ELSEWHERE)
    for name, field in Settings.model_fields.items():
        group = field.annotation
        names.append(PREFIX + name.upper())
        if isinstance(group, type) and issubclass(group, BaseModel):
            names += [f"{PREFIX}{name}__{inner}".upper() for inner in group.model_fields]
    return names


def nearest(name: str) -> str | None:
    return next(iter(get_close_matches(name.upper(), known(), n=1, cutoff=0.75)), None)


def _settings() -> Iterator[Unread]:
    names = set(known())
    for name, value in sorted(os.environ.items()):
        # Settings are found in any case, as in UNI_luma__rate.
        if name.upper().startswith(PREFIX) and name.upper() not in names and not name.startswith(TESTS) and value:
            yield Unread(name, nearest(name))


def _keys() -> Iterator[Unread]:
    """A key under a name that is not the service's own, where the service has none under the right one."""
    for name, value in sorted(os.environ.items()):
        service = STARTS.get(name.partition("_")[0].removesuffix("AI").removesuffix("CLOUD"))
        is_key = service and name.endswith(("_KEY", "_TOKEN")) and value
        if is_key and service and name != OWN_KEY_NAMES[service]:
            right = (f"{PREFIX}{service.upper()}__API_KEY", OWN_KEY_NAMES[service])
            if not any(os.environ.get(known) for known in right):
                yield Unread(name, right[1])
