"""What several providers share: settings over capabilities, prices, raw fields, input checks, uploads, ids in paths."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

from uni_cli.errors import Unsupported
from uni_cli.models import Job, Reference, Request, replace
from uni_cli.pricing import Table
from uni_cli.providers.base import Capabilities, Gone, Price
from uni_cli.settings import Service


def tailor(capabilities: Capabilities, service: Service) -> Capabilities:
    """The sheet's capabilities with what the user's settings say about this account."""
    return replace(
        capabilities,
        seed=capabilities.seed or service.seed,
        concurrency=service.concurrency or capabilities.concurrency,
        rate=service.rate or capabilities.rate,
    )


def estimate(table: Table, service: Service, request: Request) -> Price:
    """The price by the table, or the flat one of the settings."""
    if service.price is not None:
        return Price(service.price, "settings")
    return Price(table.price(request), table.dated)


def merge(body: Mapping[str, Any], extra: Mapping[str, Any], own: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A body with raw fields over it; `settings.style` reaches into `settings`.

    `own` are the fields that only we set, each with the way to say it: the price follows from them.
    """
    merged = dict(body)
    for key, value in extra.items():
        *outer, last = key.split(".")
        if own and (name := key.split(".")[0]) in own:
            raise Unsupported(f"--set {key}: uni sets this field itself", hint=f"{own[name]} Nothing was sent.")
        inside = merged
        for name in outer:
            found = inside.get(name, {})
            if not isinstance(found, Mapping):
                raise Unsupported(f"--set {key}: `{name}` holds no fields in this request")
            inside[name] = inside = dict(found)
        inside[last] = value
    return merged


class Uploads:
    """Each distinct file goes up once per process, however many jobs ask for it at the same time."""

    def __init__(self, upload: Callable[[Reference], Awaitable[Reference]]) -> None:
        self._upload = upload
        self._done: dict[str, Reference] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def hand_over(self, request: Request, needed: Callable[[Reference], bool]) -> Request:
        """The request with every needed file uploaded, all at once; the others stay as they are."""
        wanted = [reference for reference in request.inputs if needed(reference)]
        if not wanted:
            return request
        results = await asyncio.gather(*(self._once(reference) for reference in wanted), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        source = self._replaced(request.source, needed) if request.source else None
        references = tuple(self._replaced(reference, needed) for reference in request.references)
        return replace(request, source=source, references=references)

    async def _once(self, reference: Reference) -> None:
        key = reference.sha256 or ""
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._done:
                self._done[key] = await self._upload(reference)

    def _replaced(self, reference: Reference, needed: Callable[[Reference], bool]) -> Reference:
        if not needed(reference):
            return reference
        held = self._done[reference.sha256 or ""]
        return replace(reference, path=None, data=None, url=held.url, remote=held.remote, remote_at=held.remote_at)


_PARTING = frozenset("/\\?#% ")


def is_id(value: object) -> bool:
    """A text that can name one thing inside a URL's path."""
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        return False
    return value.isprintable() and _PARTING.isdisjoint(value) and value.strip(".") != ""


def remote_of(job: Job) -> str:
    """The job's id at its service, safe inside a path."""
    if not is_id(job.remote_id):
        raise Gone(f"Job {job.id} has no id at {job.provider}")
    return quote(str(job.remote_id), safe="")
