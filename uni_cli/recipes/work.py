"""Makes what a survey found: so many pictures at once, steps after the steps they use, locks written as they land."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from uni_cli.engine import Desk, Engine
from uni_cli.errors import BadReference, NeverSent, NotWritten, UnknownJob
from uni_cli.ledger import Budget, Ledger, TakenOver
from uni_cli.models import Failure, Job, JobState, Reference, Saved
from uni_cli.order import inputs, planning
from uni_cli.recipes import handing
from uni_cli.recipes import lock as locks
from uni_cli.recipes.asking import STEP, Asked, Asker
from uni_cli.recipes.handing import Handed
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.lock import Keeper
from uni_cli.recipes.plan import Picture
from uni_cli.recipes.status import Status, file_hash
from uni_cli.recipes.survey import Link
from uni_cli.recipes.unsettled import Past
from uni_cli.storage import places, urls
from uni_cli.storage.sidecar import seed_of

# So many pictures are written into the ledger together; a larger run follows block by block.
BLOCK = 1000
LOOK_PAUSE = 0.3


@dataclass
class Placed:
    """A picture with its job: a new one of this run, or one that an earlier or another run has begun."""

    picture: Picture
    job: Job
    is_new: bool
    done: asyncio.Future[Job] = field(init=False)


@dataclass
class Worker:
    """`hear` is told of every job that later blocks bring, and of those that take another's place."""

    desk: Desk
    asker: Asker
    budget: Budget
    jobs: int
    force: bool
    hear: Callable[[Job], None]
    # Every landed picture gives the others this much time again; None: the desk's own end holds.
    patience: float | None = None
    # By a job's id: the services after the first of its list. The engine reads it, a reservation writes it.
    alternatives: dict[str, list[Job]] = field(default_factory=dict)
    followed: list[Job] = field(default_factory=list)
    engine: Engine = field(init=False)
    _keepers: dict[Path, Keeper] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine = Engine(self.desk, alternatives=self.alternatives)
        self._room = asyncio.Semaphore(self.jobs)

    async def work(self, first: list[tuple[Link, list[Placed]]], more: Iterator[Link]) -> None:
        """`first` is reserved already, `more` follows block by block."""
        running: set[asyncio.Task[None]] = set()
        try:
            for link, placed in self._placed(first, more):
                for one in placed:
                    one.done = asyncio.get_running_loop().create_future()
                running.add(asyncio.ensure_future(self._chain(link, placed)))
                while len(running) >= 2 * self.jobs + BLOCK // 10:
                    done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    for task in done:
                        task.result()
            if running:
                await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            for path in self._keepers:
                self._write(path)

    def _placed(
        self, first: list[tuple[Link, list[Placed]]], more: Iterator[Link]
    ) -> Iterator[tuple[Link, list[Placed]]]:
        yield from first
        while block := take(more, BLOCK):
            for _, placed in (found := self.reserve(block)):
                for one in placed:
                    self.hear(one.job)
            yield from found

    # --- before anything is sent -----------------------------------------------------------------------------------

    def reserve(self, links: list[Link], later: Decimal = Decimal(0)) -> list[tuple[Link, list[Placed]]]:
        """All jobs of the block in one transaction, or none where the budget does not hold them."""
        pictures = [picture for link in links for picture in link.pictures]
        wanted = self._ordered(pictures)
        past = {job.id for picture in pictures for job in self._gone(picture)}
        own = {job.id for job in wanted}
        held = self.desk.ledger.reserve_each(wanted, self.budget, self.desk.clock.now(), past=past, later=later)
        self._expect(pictures, held)
        for asked, got in zip(wanted, held, strict=True):
            if got.run == asked.run and got.id != asked.id:  # its id was taken, so it got another
                self.alternatives[got.id] = self.alternatives.pop(asked.id, [])
                own.add(got.id)
        jobs = iter(held)
        found = []
        for link in links:
            placed = [self._begun(picture, next(jobs), own) for picture in link.pictures]
            found.append((link, placed))
        return found

    def _expect(self, pictures: list[Picture], held: list[Job]) -> None:
        """A forced picture whose run dies is not lost sight of: nothing else tells it from the one before."""
        expected: dict[Path, dict[str, str]] = {}
        for picture, job in zip(pictures, held, strict=True):
            if picture.status in (Status.OK, Status.ALTERED):
                item = picture.asked.item
                expected.setdefault(self._keeper(item.recipe).path, {})[item.id] = job.id
        for path, jobs in expected.items():
            self._keepers[path].expect(jobs)

    def _begun(self, picture: Picture, job: Job, own: set[str]) -> Placed:
        is_new = job.id in own
        if not is_new:
            self.desk.reach(job)
        self.followed.append(job)
        return Placed(picture, job, is_new=is_new)

    def _ordered(self, pictures: list[Picture]) -> list[Job]:
        order = planning.order([picture.drafts for picture in pictures], now=self.desk.clock.now())
        jobs = [replace(job, once=picture.once) for job, picture in zip(order.jobs, pictures, strict=True)]
        for job, picture in zip(jobs, pictures, strict=True):
            self.alternatives[job.id] = [replace(other, once=picture.once) for other in order.alternatives[job.id]]
        return jobs

    def _gone(self, picture: Picture) -> list[Job]:
        """Saved jobs of this very item that do not count: their picture is not there any more, or is wanted anew."""
        saved = [job for job in self.desk.ledger.holders(picture.once) if job.state is JobState.SAVED]
        return [job for job in saved if self.force or not is_there(job)]

    # --- a chain ---------------------------------------------------------------------------------------------------

    async def _chain(self, link: Link, placed: list[Placed]) -> None:
        steps = {one.picture.asked.item.id: one for one in placed}
        # Each to its end, also where one fails or all are stopped: a request that is under way is heard to its own.
        ends = await asyncio.gather(*(self._step(link, one, steps) for one in placed), return_exceptions=True)
        # One that fails lets those that wait for it be cancelled, which is no reason of its own.
        failed = [end for end in ends if isinstance(end, BaseException)]
        if failed:
            raise min(failed, key=lambda end: isinstance(end, asyncio.CancelledError))

    async def _step(self, link: Link, one: Placed, steps: Mapping[str, Placed]) -> None:
        try:
            job = await self._made(link, one, steps)
        except BaseException:
            one.done.cancel()
            raise
        if job.state is JobState.SAVED and job.result is not None:
            self._keep(one.picture.asked, job, job.result)
        if self.patience is not None:
            self.desk.deadline = self.desk.clock.monotonic() + self.patience
        one.done.set_result(job)

    async def _made(self, link: Link, one: Placed, steps: Mapping[str, Placed]) -> Job:
        asked = one.picture.asked
        handed: dict[str, Handed] = {}
        for used in self._used(link, asked):
            before = steps.get(used.item.id)
            upstream = await asyncio.shield(before.done) if before else None
            if upstream is not None and upstream.state is not JobState.SAVED:
                return self._left_out(one.job, used, upstream) if one.is_new else one.job
            try:
                handed[f"{STEP}{used.item.id}"] = self._hand(link, used, upstream)
            except BadReference as error:
                failure = Failure(error.code, error.message, error.hint)
                return self._end(one.job, failure) if one.is_new else one.job
        async with self._room:
            if not one.is_new:
                return await self._taken_over(one, handed)
            if self.desk.left() <= 0:
                return self._late(one.job)
            return await self.engine.make(self._with_pictures(one.job, handed))

    def _used(self, link: Link, asked: Asked) -> list[Asked]:
        by_step = {other.item.step.id: other for other in link.asked if other.item.step}
        return [by_step[step] for step in asked.uses]

    def _with_pictures(self, job: Job, handed: Mapping[str, Handed]) -> Job:
        if not handed:
            return job
        self.alternatives[job.id] = [self._real(other, handed) for other in self.alternatives.get(job.id, [])]
        return self._real(job, handed)

    def _real(self, job: Job, handed: Mapping[str, Handed]) -> Job:
        request = handing.settle(job.request, handed, job.provider, job.base_url)
        return replace(job, request=inputs.fit(request, job.provider, self.desk.provider(job.provider).capabilities))

    def _hand(self, link: Link, used: Asked, job: Job | None) -> Handed:
        """The picture of a step: just made, or from the lock."""
        folder = used.item.recipe.folder
        entry = link.entries.get(used.item.id, {})
        if job is None:
            where = str(entry.get("path"))
            path = where if urls.is_url(where) else str(folder / where)
            job = self._known(str(entry.get("job")))
        else:
            path = job.result.path if job.result else str(folder)
        try:
            near = places.local_copy(path, self.desk.state_dir / "fetched")
        except OSError as error:
            raise BadReference(f"The picture of {used.item.id} cannot be read from {path}: {error}") from error
        file: Reference = self.asker.fresh(folder).source(str(near))
        return handing.hand(file, job, self.desk.clock.now())

    def _known(self, job_id: str) -> Job | None:
        try:
            return self.desk.ledger.get(job_id)
        except UnknownJob:
            return None

    def _left_out(self, job: Job, used: Asked, upstream: Job) -> Job:
        """Its step before was not made. The reason is that step's own."""
        why = upstream.failure
        code = why.code if why and upstream.ended else NeverSent.code
        message = f"{used.item.id} was not made, so this was not sent"
        failure = Failure(code, f"{message}: {why.message}" if why else message, "Run the recipe again.")
        return self._end(job, failure)

    def _late(self, job: Job) -> Job:
        return self._end(
            job, Failure(NeverSent.code, "The time was over before this was sent", "Run the recipe again.")
        )

    def _end(self, job: Job, failure: Failure) -> Job:
        """Close a job that was never sent; one that another process has closed or begun is left as it is."""
        try:
            return self.desk.end(job, JobState.FAILED, failure)
        except TakenOver:
            return self.desk.ledger.get(job.id)

    # --- jobs of other runs ----------------------------------------------------------------------------------------

    async def _taken_over(self, one: Placed, handed: Mapping[str, Handed]) -> Job:
        """A job that a dead run left is collected; one of a living process is waited for. Nothing is bought twice."""
        job = one.job
        while True:
            if job.ended:
                if job.state is JobState.SAVED or job.failure is None or job.failure.code != NeverSent.code:
                    self.desk.emit(job)
                    return job
                return await self._anew(one, handed)
            claimed = self.desk.ledger.claim(job.id, self.desk.clock.now())
            if claimed is not None:
                job = await self.engine.resume(claimed)
                if not job.ended:
                    return job
                continue
            if not await self.desk.pause(LOOK_PAUSE):
                return job
            job = self.desk.ledger.get(job.id)

    async def _anew(self, one: Placed, handed: Mapping[str, Handed]) -> Job:
        """It was planned and never sent, so it is this run's to make."""
        again = self._ordered([one.picture])
        held = self.desk.ledger.reserve_each(again, self.budget, self.desk.clock.now())[0]
        self.hear(held)
        self.followed.append(held)
        if held.run != again[0].run:
            return await self._taken_over(Placed(one.picture, held, is_new=False), handed)
        return await self.engine.make(self._with_pictures(held, handed))

    # --- the lock --------------------------------------------------------------------------------------------------

    def _keep(self, asked: Asked, job: Job, saved: Saved) -> None:
        recipe = asked.item.recipe
        entry = locks.entry(job, saved, asked.fingerprint, recipe.folder, seed=seed_of(job))
        self._keeper(recipe).change(asked.item.id, entry, remade=True)
        if self._keepers[recipe.lock].is_due:
            self._write(recipe.lock)

    def _keeper(self, recipe: Recipe) -> Keeper:
        if recipe.lock not in self._keepers:
            self._keepers[recipe.lock] = keeper(recipe.lock, recipe.name, self.desk.state_dir)
        return self._keepers[recipe.lock]

    def settle(self, recipes: Iterable[Recipe]) -> None:
        """What a run that died had begun to tidy is tidied."""
        for recipe in recipes:
            self._keeper(recipe).settle(lambda job: is_coming(self.desk.ledger, job, may_be_planned=True))

    def past(self, recipe: Recipe) -> list[Past]:
        """What became of the files that this recipe's remade pictures have replaced under another name."""
        return self._keeper(recipe).past

    def _write(self, path: Path) -> None:
        try:
            self._keepers[path].flush()
        except OSError as error:
            raise NotWritten(
                f"The lock {path} could not be written: {error.strerror or error}",
                hint="The ledger knows the pictures: `uni recipes run` writes them into the lock.",
            ) from error


def keeper(path: Path, recipe: str, state_dir: Path) -> Keeper:
    import hashlib

    name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:24]
    return Keeper(path, recipe, state_dir / "locks" / f"{name}.guard")


def is_there(job: Job) -> bool:
    """The picture of a saved job, as it was saved."""
    if job.result is None:
        return False
    if not urls.is_url(job.result.path):
        return file_hash(Path(job.result.path)) == job.result.sha256
    try:
        return places.exists(job.result.path)
    except OSError:  # a store that does not answer has lost nothing
        return True


def is_coming(ledger: Ledger, job_id: str, *, may_be_planned: bool = False) -> bool:
    """Is this a job that was sent, and is its picture there or still to come?"""
    try:
        job = ledger.get(job_id)
    except UnknownJob:
        return False
    if job.state is JobState.SAVED:
        return is_there(job)
    return not job.ended and (may_be_planned or job.state is not JobState.PLANNED)


def take(links: Iterable[Link], most: int) -> list[Link]:
    """Whole chains, until they hold `most` pictures."""
    taken: list[Link] = []
    count = 0
    for link in links:
        taken.append(link)
        count += len(link.pictures)
        if count >= most:
            break
    return taken
