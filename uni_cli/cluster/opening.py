"""The way to a cluster: one that is there already, or one on this machine for the time of a run."""

from __future__ import annotations

import logging
import os
import re
import secrets
import warnings
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uni_cli import __version__
from uni_cli.cluster.orders import Inspect, Service
from uni_cli.engine.desk import Desk
from uni_cli.errors import BadOutput, KeyMissing, MissingExtra, Unreachable, Usage
from uni_cli.models import Job

if TYPE_CHECKING:
    from collections.abc import Iterator

    from uni_cli.cluster.far import FarEngine

CONNECT_SECONDS = 20
WORKERS = 8
THREADS = 2
NAMED = 3
INSTALL = "pip install 'uni-image[dask]'. Nothing was sent."


@dataclass(frozen=True, slots=True)
class Needs:
    """What every worker must have before anything is sent. `folders` are shared, `stores` can be written."""

    services: tuple[Service, ...]
    stores: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Hands:
    client: Any
    workers: int

    def engine(self, desk: Desk, *, base_url: Callable[[str], str], alternatives: dict[str, list[Job]]) -> FarEngine:
        from uni_cli.cluster.far import FarEngine

        return FarEngine(desk, self.client, base_url=base_url, alternatives=alternatives)


def address(text: str) -> str | None:
    """HOST:PORT of the scheduler, None for a cluster on this machine. Raises Usage, also without the extra."""
    found = re.fullmatch(r"dask(?:://([^/@\s]+:[0-9]{1,5})/?)?", text.strip())
    if not found:
        raise Usage(f"--on {text} is neither dask nor dask://HOST:PORT", hint="Nothing was sent.")
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise MissingExtra("--on needs the package distributed", hint=INSTALL) from error
    return found[1]


@asynccontextmanager
async def opened(host: str | None, needs: Needs) -> AsyncIterator[Hands]:
    """A cluster whose workers are fit for this run. Raises UniError before anything is sent."""
    from distributed import Client

    async with AsyncExitStack() as stack:
        stack.enter_context(_quiet())
        try:
            place = await stack.enter_async_context(_local()) if host is None else _url(host)
            client = await stack.enter_async_context(
                Client(place, asynchronous=True, timeout=CONNECT_SECONDS, set_as_default=False)
            )
            await client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError) as error:
            shown = f"dask://{host}" if host else "Dask on this machine"
            raise Unreachable(f"{shown} has no scheduler or no worker: {error}", hint="Nothing was sent.") from error
        yield Hands(client, await _inspected(client, needs))


def _url(host: str) -> str:
    import dask

    # A cluster that wants encryption says so in Dask's own configuration, with its certificates.
    return f"{'tls' if dask.config.get('distributed.comm.require-encryption', None) else 'tcp'}://{host}"


def _local() -> Any:
    """Worker processes of this user's own: they inherit the environment, and with it the keys."""
    from distributed import LocalCluster

    return LocalCluster(
        n_workers=max(2, min(WORKERS, os.cpu_count() or 1)),
        threads_per_worker=THREADS,
        processes=True,
        dashboard_address=None,
        memory_limit=0,
        silence_logs=logging.CRITICAL,
        # Whoever reaches a scheduler can run anything as its user, also from another account of this machine.
        security=True,
        asynchronous=True,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask talks on stderr, which belongs to the console."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


async def _inspected(client: Any, needs: Needs) -> int:
    """How many workers there are, all of them fit."""
    from uni_cli.cluster import tasks

    marks = [_mark(folder) for folder in needs.folders]
    order = Inspect(__version__, needs.services, needs.stores, tuple(marks))
    try:
        said: dict[str, Any] = await client.run(tasks.inspect, order, on_error="return")
    finally:
        _unmark(marks)
    lacks = list(dict.fromkeys(line for lines in said.values() for line in _lines(lines)))
    if lacks:
        message = "; ".join(lacks[:NAMED]) + (f"; and {len(lacks) - NAMED} more" if len(lacks) > NAMED else "")
        kind = KeyMissing if any("has no key" in line for line in lacks) else Usage
        raise kind(message, hint="Nothing was sent.")
    return len(said)


def _lines(said: Any) -> Sequence[str]:
    if isinstance(said, BaseException):
        return [f"A worker cannot run uni-image {__version__}, install uni-image[dask] there: {said}"]
    return list(said)


def _unmark(marks: Sequence[tuple[str, str]]) -> None:
    for path, _ in marks:
        with suppress(OSError):
            Path(path).unlink()


def _mark(folder: Path) -> tuple[str, str]:
    path, words = folder / f".uni-{secrets.token_hex(8)}.part", secrets.token_hex(16)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(words, "utf-8")
    except OSError as error:
        raise BadOutput(f"The folder {folder} cannot be written: {error.strerror or error}") from error
    return str(path), words
