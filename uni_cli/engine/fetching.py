"""A picture's bytes from where the service put them to a file, resumed where the host allows it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import stamina
from stamina import instrumentation

from uni_cli.engine.patience import Pauses
from uni_cli.models import Asset, Job
from uni_cli.storage.picture import MAX_BYTES
from uni_cli.transport import Arrival, Lost, Transport, is_loopback

RESUMES = 3

# stamina tells a logger of every repeat, and Python prints that to stderr, which belongs to the console module.
instrumentation.set_on_retry_hooks([])
logging.getLogger("stamina").addHandler(logging.NullHandler())


class Broken(Exception):
    """What arrived is not the picture."""


async def fetch(transport: Transport, job: Job, target: Path, *, pauses: Pauses) -> None:
    """Write the job's picture to `target`, which is there whole or not at all."""
    if not job.assets:
        raise Broken(f"{job.provider} named no picture")
    asset = job.assets[0]
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        if asset.data is not None:
            part.write_bytes(asset.data)
        else:
            await _download(transport, asset, part, loopback=is_loopback(job.base_url), pauses=pauses)
        # Not waiting for the disk: whoever finds this file after a power cut looks whether it is whole.
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


async def _download(transport: Transport, asset: Asset, part: Path, *, loopback: bool, pauses: Pauses) -> None:
    with part.open("wb") as stream:
        async for attempt in stamina.retry_context(
            on=Lost,
            attempts=RESUMES,
            wait_initial=pauses.resume,
            wait_max=pauses.resume * 10,
            wait_jitter=pauses.resume,
        ):
            with attempt:
                arrival = await transport.download(
                    asset.url or "",
                    _writer(stream),
                    limit=MAX_BYTES,
                    offset=stream.tell(),
                    loopback=loopback,
                    restart=lambda: _empty(stream),
                    stall=pauses.stall,
                )
                _check(arrival)


def _writer(stream: BinaryIO) -> Callable[[bytes], None]:
    def write(block: bytes) -> None:
        stream.write(block)

    return write


def _empty(stream: BinaryIO) -> None:
    stream.seek(0)
    stream.truncate()


def _check(arrival: Arrival) -> None:
    if arrival.status not in (200, 206):
        raise Broken(f"the file host answered {arrival.status}")
    kind = (arrival.media_type or "").split(";")[0].strip().lower()
    if kind.startswith("text/") or kind in ("application/json", "application/xml"):
        raise Broken(f"the file host sent {kind} in place of a picture")
