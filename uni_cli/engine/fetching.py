"""A picture's bytes from where the service put them to a file, resumed where the host allows it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import stamina
from stamina import instrumentation

from uni_cli.engine.patience import Pauses
from uni_cli.models import Asset, Job
from uni_cli.storage.picture import MAX_BYTES
from uni_cli.transport import Arrival, Lost, Transport, is_loopback

RESUMES = 3
IN_MEMORY = 1 << 18

# A picture exactly as the service made it: small ones as they are, others in a file.
Raw = Path | bytes

# stamina tells a logger of every repeat, and Python prints that to stderr, which belongs to the console module.
instrumentation.set_on_retry_hooks([])
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Broken(Exception):
    """What arrived is not the picture."""


class Catch:
    """A picture on its way to `target`: in memory while it is small, from then on in a file beside it."""

    def __init__(self, target: Callable[[], Path]) -> None:
        # Most pictures never get there, and to make a Path takes its time.
        self._target = target
        self._small = bytearray()
        self._file: BinaryIO | None = None
        self.bytes = 0

    @property
    def _part(self) -> Path:
        target = self._target()
        return target.with_name(f"{target.name}.part")

    def write(self, block: bytes) -> None:
        self.bytes += len(block)
        if self._file is None and self.bytes > IN_MEMORY:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("wb")
            self._file.write(self._small)
            self._small.clear()
        if self._file is None:
            self._small += block
        else:
            self._file.write(block)

    def empty(self) -> None:
        self.bytes = 0
        self._small.clear()
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()

    def finish(self) -> Raw:
        """The picture itself, or `target`, where it is now."""
        if self._file is None:
            return bytes(self._small)
        # Not waiting for the disk: whoever finds this file after a power cut looks whether it is whole.
        self._file.close()
        return self._part.replace(self._target())

    def discard(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # a full disk cannot take what was buffered, and need not
                self._file.close()
            self._part.unlink(missing_ok=True)


async def fetch(transport: Transport, job: Job, target: Callable[[], Path], *, pauses: Pauses) -> Raw:
    """The job's picture: its bytes if they are few, else `target`, which is there whole or not at all."""
    if not job.assets:
        raise Broken(f"{job.provider} named no picture")
    asset = job.assets[0]
    catch = Catch(target)
    try:
        if asset.data is not None:
            catch.write(asset.data)
        else:
            await _download(transport, asset, catch, loopback=is_loopback(job.base_url), pauses=pauses)
        return catch.finish()
    except BaseException:
        catch.discard()
        raise


async def _download(transport: Transport, asset: Asset, catch: Catch, *, loopback: bool, pauses: Pauses) -> None:
    async def once() -> None:
        arrival = await transport.download(
            asset.url or "",
            catch.write,
            limit=MAX_BYTES,
            offset=catch.bytes,
            loopback=loopback,
            restart=catch.empty,
            stall=pauses.stall,
        )
        _check(arrival)

    # Nearly always it comes at once, and then nothing has to be made ready for more.
    with suppress(Lost):
        await once()
        return
    await asyncio.sleep(pauses.resume)
    async for attempt in stamina.retry_context(
        on=Lost,
        attempts=RESUMES - 1,
        wait_initial=pauses.resume,
        wait_max=pauses.resume * 10,
        wait_jitter=pauses.resume,
    ):
        with attempt:
            await once()


def _check(arrival: Arrival) -> None:
    if arrival.status not in (200, 206):
        raise Broken(f"the file host answered {arrival.status}")
    kind = (arrival.media_type or "").split(";")[0].strip().lower()
    if kind.startswith("text/") or kind in ("application/json", "application/xml"):
        raise Broken(f"the file host sent {kind} in place of a picture")
