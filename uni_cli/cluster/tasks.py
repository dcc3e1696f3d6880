"""What runs on a worker. A `send` that was begun is never begun again; a `collect` may be, as often as it takes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from distributed import Queue, get_client, get_worker, secede

from uni_cli import __version__
from uni_cli.cluster.orders import TICKET, Collect, Inspect, Send, Sent, packed, unpacked
from uni_cli.cluster.station import Station, Unfit, station
from uni_cli.engine.delivery import Deliverer
from uni_cli.engine.disk import Disk
from uni_cli.engine.waiting import OPEN, Waiter
from uni_cli.errors import UniError
from uni_cli.models import Job, JobState, replace
from uni_cli.providers.base import Provider
from uni_cli.storage import urls
from uni_cli.transport import Lost, NotSent

TICKET_SECONDS = 5


def send(order: Send) -> Sent:
    """The one paid exchange. Dask gives the task of a dead worker to another, so a ticket decides who may send."""
    secede()
    try:
        here = station(get_worker())
        provider = here.provider(order.service)
    except (Unfit, UniError) as error:
        return Sent(not_sent=str(error))
    queue = Queue(order.ticket, client=get_client())
    found = _take(queue)
    if found is None:
        return Sent(lost="the worker that was sending it is gone")
    sent = here.do(_send(provider, order)) if found == TICKET else unpacked(found)
    # A result is lost with the worker that has it, and what the scheduler has is not.
    with suppress(Exception):
        queue.put(packed(sent), timeout=TICKET_SECONDS)
    return sent


def _take(queue: Queue) -> bytes | None:
    """The ticket, which the scheduler hands out once; or what an earlier worker has sent; or nothing."""
    try:
        return bytes(queue.get(timeout=TICKET_SECONDS))
    except Exception:  # an empty queue is a TimeoutError here and a KeyError there
        return None


async def _send(provider: Provider, order: Send) -> Sent:
    try:
        answer = await provider.submit(order.wire, order.token)
    except NotSent as error:
        return Sent(not_sent=str(error))
    except Lost as error:
        return Sent(lost=str(error))
    except Exception as error:  # nobody foresaw it, so nobody knows how far the request came
        return Sent(lost=f"the request broke off: {error!r}")
    return Sent(replace(answer, headers=dict(answer.headers)))


def collect(order: Collect) -> Job:
    """Look until the service has its verdict, then fetch and place the picture. Free, so it may be repeated."""
    secede()
    here = station(get_worker())
    here.provider(order.service)  # Unfit is no news of the job: another worker may be fit
    return here.do(_collect(here, order))


async def _collect(here: Station, order: Collect) -> Job:
    desk = here.desk(order.service, usual=order.usual, patience=order.patience, pauses=order.pauses)
    job = order.job
    async with here.alone_with(job):
        if job.state in OPEN:
            job = await Waiter(desk, order.others).wait(job, resumed=order.resumed)
        if job.state is JobState.FINISHED:
            # An earlier try of this task may have placed it and died before it could say so.
            # And another worker may be placing it at this moment, which has to be waited for.
            job = await Deliverer(desk, Disk(aside=True)).deliver(replace(job, failure=None), resumed=True)
    return replace(job, assets=tuple(replace(asset, data=None) for asset in job.assets))


def inspect(order: Inspect, dask_worker: Any = None) -> list[str]:
    """What this worker lacks, in sentences. Dask itself gives the worker, by that name."""
    if order.version != __version__:
        return [f"A worker has uni-image {__version__}, and this is {order.version}"]
    lacks = []
    try:
        here = station(dask_worker)
    except UniError as error:
        return [error.message]
    for service in order.services:
        try:
            here.provider(service)
        except Unfit as error:
            lacks.append(str(error))
        except UniError as error:
            lacks.append(error.message)
    return [*lacks, *_stores(order), *_folders(order)]


def _stores(order: Inspect) -> list[str]:
    lacks = []
    for url in order.stores:
        from uni_cli.storage.remote import Store

        try:
            Store(*urls.split(url), Path()).probe()
        except (OSError, UniError) as error:
            lacks.append(f"A worker cannot write to {url}: {error}")
    return lacks


def _folders(order: Inspect) -> list[str]:
    lacks = []
    for path, words in order.marks:
        found = None
        with suppress(OSError):
            found = Path(path).read_text("utf-8")
        if found != words:
            lacks.append(f"A worker does not share the folder {Path(path).parent}: give -o a URL")
    return lacks
