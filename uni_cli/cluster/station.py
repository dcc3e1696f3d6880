"""What a worker keeps from task to task: one event loop, one client for HTTP, its own settings and keys."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from uni_cli import keys, providers, settings
from uni_cli.clock import Clock
from uni_cli.cluster.orders import Service
from uni_cli.engine.desk import Desk, Limits
from uni_cli.engine.patience import Pauses
from uni_cli.errors import LedgerTrouble
from uni_cli.ledger import Ledger, Span
from uni_cli.models import Job
from uni_cli.providers.base import Provider
from uni_cli.transport import Transport, loops

Value = TypeVar("Value")


class Unfit(Exception):
    """This worker cannot work for a service; nothing was sent."""


class Slate(Ledger):
    """What a worker notes down is wiped: the ledger is with the run."""

    def __init__(self, usual: tuple[Span, ...]) -> None:
        super().__init__(Path())
        self._usual = list(usual)

    @property
    def db(self) -> sqlite3.Connection:
        """Whatever else the engine comes to note down, no file appears beside the worker."""
        raise LedgerTrouble("A worker of a cluster has no ledger")

    def save(self, job: Job, *, durable: bool = False) -> None:
        """The run hears of a job when its task is done."""

    def postpone(self, job: Job) -> None:
        """And of this one as well."""

    def sync(self) -> None:
        """There is nothing to wait for."""

    def history(self, job: Job) -> list[Span]:
        return self._usual


class Station:
    def __init__(self, folder: Path) -> None:
        self.settings = settings.load()
        self.folder = folder
        self._providers: dict[str, Provider] = {}
        self._jobs: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._transport = Transport()
        self._loop = loops.Loop()
        threading.Thread(target=self._loop.run_forever, name="uni", daemon=True).start()

    def do(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Tasks run in threads of Dask's; what waits for the network is here together."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @asynccontextmanager
    async def alone_with(self, job: Job) -> AsyncIterator[None]:
        """Of two tasks for one job on one worker the second finds what the first has done."""
        lock = self._jobs.setdefault(job.id, asyncio.Lock())
        async with lock:
            yield

    def provider(self, service: Service) -> Provider:
        """Raises Unfit where this worker has no key, or means another address."""
        name = service.name
        where = f"The worker on {socket.gethostname()}"
        if name != "local" and self.settings.base_url(name) != service.base_url:
            raise Unfit(f"{where} has another address for {name}: set {settings.variable_of(name, 'base_url')} there")
        if name not in self._providers:
            key = keys.find(name, self.settings) if providers.capabilities(name).needs_key else None
            if key is None and providers.capabilities(name).needs_key:
                raise Unfit(f"{where} has no key for {name}: set {settings.variable_of(name, 'api_key')} there")
            self._providers[name] = providers.connect(name, self._transport, self.settings, key.value if key else None)
        return self._providers[name]

    def desk(self, service: Service, *, usual: tuple[Span, ...], patience: float | None, pauses: Pauses) -> Desk:
        clock = Clock()
        return Desk(
            ledger=Slate(usual),
            transport=self._transport,
            clock=clock,
            state_dir=self.folder,
            provider=lambda _: self.provider(service),
            limits=lambda _: Limits(),
            deadline=None if patience is None else clock.monotonic() + patience,
            pauses=pauses,
        )


_lock = threading.Lock()
_station: Station | None = None


def station(worker: Any) -> Station:
    """The one of this process. Dask clears its folder away: what is not placed, the run fetches again and keeps."""
    global _station
    with _lock:
        if _station is None:
            _station = Station(Path(worker.local_directory, "uni"))
        return _station
