"""The table of providers. A new one costs its module and a line here, or an entry point in its own package."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from uni_cli.errors import Usage
from uni_cli.providers.base import Access, Capabilities, Provider

if TYPE_CHECKING:
    from pydantic import SecretStr

    from uni_cli.settings import Settings
    from uni_cli.transport import Transport

ENTRY_POINTS = "uni_cli.providers"
LOCAL = "local"

TABLE = {
    "luma": "uni_cli.providers.luma:Luma",
    "runware": "uni_cli.providers.runware:Runware",
    "gmicloud": "uni_cli.providers.gmicloud:Gmicloud",
    "segmind": "uni_cli.providers.segmind:Segmind",
    LOCAL: "uni_cli.providers.local:Local",
}


@cache
def _added() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINTS) if point.name not in TABLE}


def names() -> tuple[str, ...]:
    return (*TABLE, *sorted(_added()))


@cache
def _load(name: str) -> type[Provider]:
    place = TABLE.get(name)
    if place is None and name in _added():
        place = _added()[name].value
    if place is None:
        from difflib import get_close_matches

        near = get_close_matches(name, names(), n=1)
        tip = f"Did you mean `{near[0]}`?" if near else f"There are {', '.join(names())}."
        raise Usage(f"There is no provider {name!r}", hint=f"{tip} Nothing was sent.")
    module, _, attribute = place.partition(":")
    found: type[Provider] = getattr(import_module(module), attribute)
    return found


def capabilities(name: str) -> Capabilities:
    """Plain data; needs no key and opens nothing."""
    return _load(name).capabilities


def connect(name: str, transport: Transport, settings: Settings, key: SecretStr | None) -> Provider:
    """A provider at the address that the settings name. Its key is known to `transport`, which never shows it."""
    from uni_cli.transport import check_base_url

    base_url = settings.base_url(name)
    if base_url:
        check_base_url(name, base_url)
    if key:
        transport.hide(key.get_secret_value())
    return _load(name)(Access(transport, base_url, key, settings.service(name)))
