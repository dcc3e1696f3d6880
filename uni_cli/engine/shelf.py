"""Small pictures that are in their places: many wait for the disk together, and then the ledger calls them saved.

For whoever follows the run a picture is saved when it has its name. What the ledger calls saved must survive a power
cut, for it is not fetched again; until it does, a process that goes on from the ledger finds the picture in its place.
"""

from __future__ import annotations

import asyncio
from functools import partial

from uni_cli.engine.desk import Desk
from uni_cli.engine.disk import Disk
from uni_cli.models import Failure, Job, JobState
from uni_cli.storage import files, sidecar

# So long a picture waits for others.
HOLD_SECONDS = 0.05


class Shelf:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._disk = Disk()
        self._placed: list[Job] = []
        self._soon: asyncio.TimerHandle | None = None
        self._work: asyncio.Task[None] | None = None
        self._trouble: Exception | None = None

    def put(self, job: Job) -> Job:
        """This picture and its sidecar have their names, and nobody has waited for the disk yet."""
        self._desk.emit(job)
        self._placed.append(job)
        if self._soon is None and self._work is None:
            self._soon = asyncio.get_running_loop().call_later(HOLD_SECONDS, self._begin)
        return job

    async def close(self) -> None:
        """Nothing is left on it. Raises what nobody foresaw."""
        if self._soon or self._work:
            await asyncio.shield(self._begin())
        if self._trouble:
            raise self._trouble

    def _begin(self) -> asyncio.Task[None]:
        if self._soon:
            self._soon.cancel()
            self._soon = None
        if self._work is None:
            self._work = asyncio.create_task(self._run())
        return self._work

    async def _run(self) -> None:
        try:
            while self._placed:
                batch, self._placed = self._placed, []
                troubles = await self._disk.do(partial(files.settle, [name for job in batch for name in _names(job)]))
                safe: list[Job] = []
                for job in batch:
                    trouble = next((troubles[name] for name in _names(job) if name in troubles), None)
                    if trouble:
                        self._take_back(job, trouble)
                    else:
                        safe.append(job)
                self._desk.put_all(safe)
        except Exception as error:  # the ledger still calls them finished, so nothing is lost
            self._trouble = self._trouble or error
        finally:
            self._work = None

    def _take_back(self, job: Job, trouble: OSError) -> None:
        shown = job.result.shown if job.result else job.id
        message = f"{shown} is written, and the disk would not say that it is safe: {trouble.strerror or trouble}"
        failure = Failure("output.not_written", message)
        self._desk.put(self._desk.change(job, JobState.FINISHED, result=None, saved=None, failure=failure))


def _names(job: Job) -> tuple[str, ...]:
    return sidecar.both(job.result.path) if job.result else ()
