"""The ledger itself: short transactions, each of which leaves a file that another process can go on from."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from uni_cli.errors import Forgotten, NeverSent, UnknownJob, Usage
from uni_cli.ledger import doubt, owners, pace, rights, schema, views
from uni_cli.ledger.memory import Memory
from uni_cli.ledger.owners import Living, TakenOver
from uni_cli.ledger.rights import NOTHING, Budget
from uni_cli.ledger.rows import INSERT, job_of, row_of, update_of
from uni_cli.models import Failure, Job, JobState, replace
from uni_cli.process import Owner, this_process

# Whoever asks for one job after the other need not say each time that it lives.
BEAT_SECONDS = 10.0
_UNSENT = " AND state IN ('planned', 'in_doubt')"
# In the words of an index, so that SQLite sees that it will do.
_BY_REMOTE_ID = (
    "SELECT * FROM jobs WHERE provider IN (SELECT DISTINCT provider FROM jobs WHERE remote_id IS NOT NULL) "
    "AND remote_id = ? ORDER BY created DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a run may do: `jobs` are new and planned; `existing` is the job that holds the --once key already."""

    jobs: tuple[Job, ...]
    existing: Job | None = None


class Ledger:
    def __init__(self, folder: Path) -> None:
        self.path = folder / schema.FILE
        self._db: sqlite3.Connection | None = None
        self._owner: Owner | None = None
        self._beaten = 0.0
        self._memory = Memory()
        # Grows with every transaction, so that one may tell whether the disk has heard of all of them.
        self.writes = 0
        # A run that has an event loop puts its own here, and many writes share one wait for the disk.
        self.settle: Callable[[], object] = self.sync

    def after_write(self, what: str) -> None:
        """Does nothing. The tests of sudden death put their kill here: it is called after every committed write."""

    @property
    def db(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = schema.connect(self.path)
        return self._db

    @property
    def exists(self) -> bool:
        return self.path.exists()

    @property
    def owner(self) -> Owner:
        """This process, registered when it first writes."""
        if self._owner is None:
            self._owner = this_process()
        return self._owner

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextmanager
    def _write(self, what: str, *, durable: bool = False, alone: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction, which survives any end of this process. `durable`: it is to survive a power cut as well.

        What was postponed is written with it, unless it is to be `alone`.
        """
        try:
            db = self.db
            db.execute("BEGIN IMMEDIATE")
            try:
                due = [] if alone or not self._memory.due else self._memory.store_due(db, self.owner.id)
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise schema.trouble(error, self.path) from error
        self.writes += 1
        self._memory.due_written(due)
        self.after_write(what)
        if durable:
            self.settle()

    def sync(self) -> None:
        """Wait until all that was written so far is on the disk. May be called in any thread."""
        try:
            schema.sync(self.path)
        except OSError as error:
            raise schema.trouble(sqlite3.OperationalError(f"disk I/O error: {error}"), self.path) from error

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self.db
        except sqlite3.Error as error:
            raise schema.trouble(error, self.path) from error

    # --- writing -----------------------------------------------------------------------------------------------

    def beat(self, now: float) -> None:
        """Tell other machines on this ledger that this process lives."""
        me = self.owner
        with self._write("beat") as db:
            owners.beat(db, me, now)
        self._beaten = now

    def reserve(self, jobs: Sequence[Job], budget: Budget, now: float) -> Reservation:
        """Check the budget and write the jobs down as planned, in one transaction: all of them or none."""
        self.beat(now)
        once = jobs[0].once if jobs else None
        with self._write("planned") as db:
            self._bury(db, now)
            if held := rights.holder(db, once):
                return Reservation((), held)
            rights.check_budget(db, jobs, budget, now)
            placed = tuple(self._insert(db, job) for job in jobs)
        for job in placed:
            self._memory.written(job)
        return Reservation(placed)

    def reserve_each(
        self,
        jobs: Sequence[Job],
        budget: Budget,
        now: float,
        *,
        past: Collection[str] = (),
        later: Decimal = NOTHING,
    ) -> list[Job]:
        """Like `reserve`, for jobs each with a key of its own: for each, itself or the job that holds its key.

        `past` are ids of saved jobs that hold no key any more, because their pictures are gone or not wanted. `later`
        is what the run will ask for afterwards: it has to fit the budget as well.
        """
        self.beat(now)
        with self._write("planned") as db:
            self._bury(db, now)
            held = [rights.holder(db, job.once, past=past) for job in jobs]
            fresh = [job for job, holder in zip(jobs, held, strict=True) if holder is None]
            rights.check_budget(db, fresh, budget, now, later=later)
            placed = [holder or self._insert(db, job) for job, holder in zip(jobs, held, strict=True)]
        for job, holder in zip(placed, held, strict=True):
            if holder is None:
                self._memory.written(job)
        return placed

    def _bury(self, db: sqlite3.Connection, now: float) -> None:
        """Jobs that were only planned when their process died hold neither money nor a key."""
        planned = f"FROM jobs WHERE state = 'planned' AND {schema.OPEN}"
        living = self._living(db, now)
        for (owner,) in db.execute(f"SELECT DISTINCT owner {planned}").fetchall():
            if owner == self.owner.id or living.holds(owner):
                continue
            for row in db.execute(f"SELECT * {planned} AND owner IS ?", (owner,)).fetchall():
                never = Failure(NeverSent.code, "The job was planned and never sent", NeverSent.next_step)
                closed = replace(job_of(row), state=JobState.FAILED, failure=never, updated=now)
                db.execute(*update_of(closed, None))

    def holders(self, once: str) -> list[Job]:
        """The jobs of a key that have not failed, newest first."""
        with self._read() as db:
            return rights.holders(db, once)

    def _insert(self, db: sqlite3.Connection, job: Job) -> Job:
        while db.execute("SELECT 1 FROM jobs WHERE id = ?", (job.id,)).fetchone():
            job = replace(job, id=secrets.token_hex(4))
        db.execute(INSERT, row_of(job, self.owner.id))
        return job

    def save(self, job: Job, *, durable: bool = False) -> None:
        """Store a newer snapshot of a job that this process owns."""
        self._memory.supersede(job)
        with self._write(job.state, durable=durable, alone=True) as db:
            self._store(db, job)
        self._memory.written(job)

    def postpone(self, job: Job) -> None:
        """Store it later, by `write_due`, unless a newer snapshot comes before."""
        self._memory.postpone(job)

    def write_due(self) -> None:
        if self._memory.due:
            with self._write("due", durable=True):
                pass

    def save_all(self, jobs: Sequence[Job]) -> list[Job]:
        """Store how many jobs ended, all at once; those that are not this process's any more."""
        for job in jobs:
            self._memory.supersede(job)
        with self._write("saved", durable=True, alone=True) as db:
            taken = [job for job in jobs if not self._memory.is_stored(db, job, self.owner.id)]
        for job in jobs:
            self._memory.written(job)
        return taken

    def _store(self, db: sqlite3.Connection, job: Job) -> None:
        self._memory.store(db, job, self.owner.id)

    def reopen(self, job: Job, now: float) -> Job:
        """A saved job whose file is gone becomes finished again, so that its picture can be fetched once more."""
        again = replace(job, state=JobState.FINISHED, result=None, saved=None, updated=now)
        with self._write("reopen") as db:
            statement, values = update_of(again, None)
            db.execute(f"{statement} AND state = 'saved'", values)
        return self.get(job.id)

    def begin(self, jobs: Sequence[Job], *, concurrency: int | None, rate: int | None) -> pace.Entry:
        """Write `submitting` down for the first of these, as many as their service has room for.

        Raises TakenOver for the first; of those behind it everyone may find out for itself.
        """
        begun: list[Job] = []
        wait, is_last, place, now = 0.0, False, _place(jobs[0]), jobs[0].updated
        with self._write("submitting", durable=True, alone=True) as db:
            ended = sum(_place(due) == place and due.state is JobState.FINISHED for due in self._memory.due)
            rooms = pace.rooms(db, place, concurrency=concurrency, rate=rate, now=now, ended=ended)
            for job, room in zip(jobs, rooms, strict=False):
                if room.wait is not None:
                    wait = room.wait
                    break
                if not self._memory.is_stored(db, job, self.owner.id, _UNSENT):
                    if begun:
                        break
                    raise TakenOver(job.id)
                begun.append(job)
                is_last = room.is_last
        for job in begun:
            self._memory.written(job)
        return pace.Entry(begun, wait, is_last)

    def slow_down(
        self,
        job: Job,
        *,
        not_before: float | None = None,
        concurrency: int | None = None,
        rate: int | None = None,
    ) -> None:
        """What a service said about its limits holds for every process on this ledger."""
        with self._write("pace") as db:
            pace.slow_down(db, _place(job), not_before=not_before, concurrency=concurrency, rate=rate)

    def is_full(self, job: Job, *, until: float, now: float) -> None:
        """The service has no room for one more job beside those that run there now."""
        with self._write("pace") as db:
            pace.is_full(db, _place(job), until=until, now=now)

    def had_room(self, job: Job, now: float) -> None:
        """A service that was full took one more."""
        with self._write("pace") as db:
            pace.had_room(db, _place(job), now=now)

    def keep_answer(self, job: Job, *, status: int, body: bytes, at: float) -> None:
        """An answer to the paid request as it came, before anybody tries to understand it."""
        with self._write("answer", durable=True, alone=True) as db:
            doubt.keep_answer(db, job, status=status, body=body, at=at)

    def answer(self, job: Job) -> tuple[int, bytes] | None:
        """What the service answered to this very sending, if the process lived long enough to store it."""
        with self._read() as db:
            return doubt.answer(db, job)

    def adopt(self, job: Job) -> bool:
        """Store what a service said about a job in doubt; False if what it found belongs to another job."""
        with self._write(job.state, durable=True) as db:
            if doubt.is_taken(db, job) or self._twin_is_submitting(db, job):
                return False
            self._store(db, job)
        self._memory.written(job)
        return True

    def forget(self, name: str, now: float) -> Job:
        """Close a job that nobody works on; its --once key is free again."""
        job = self.get(name)
        with self._write("forget") as db:
            query = f"SELECT owner FROM jobs WHERE id = ? AND {schema.OPEN}"  # noqa: S608  (our words)
            row = db.execute(query, (job.id,)).fetchone()
            if row is None:
                raise Usage(f"Job {job.id} has ended: it is {job.state.value}", hint="There is nothing to forget.")
            if self._living(db, now).holds(row["owner"]):
                raise Usage(f"A running `uni` works on job {job.id}", hint="Stop that one first.")
            failure = Failure(Forgotten.code, "Closed by the user", Forgotten.next_step)
            closed = replace(job, state=JobState.FAILED, failure=failure, updated=now)
            db.execute(*update_of(closed, None))
        return closed

    def claim(self, job_id: str, now: float) -> Job | None:
        """Take over a job whose process is dead. None: a living process has it, or it ended meanwhile."""
        if not self._beaten <= now < self._beaten + BEAT_SECONDS:
            self.beat(now)
        with self._write("claim") as db:
            query = f"SELECT * FROM jobs WHERE id = ? AND {schema.OPEN}"  # noqa: S608  (our words)
            row = db.execute(query, (job_id,)).fetchone()
            if row is None or self._living(db, now).holds(row["owner"]):
                return None
            db.execute("UPDATE jobs SET owner = ? WHERE id = ?", (self.owner.id, job_id))
        self._memory.forget([job_id])
        return job_of(row)

    def _living(self, db: sqlite3.Connection, now: float) -> Living:
        return Living(db, self.owner, now)

    def release(self, job_ids: Iterable[str]) -> None:
        """Let go of jobs that this living process will not wait for any more."""
        mine = [(job_id, self.owner.id) for job_id in job_ids]
        if mine:
            with self._write("release") as db:
                db.executemany("UPDATE jobs SET owner = NULL WHERE id = ? AND owner = ?", mine)
            self._memory.forget(job_id for job_id, _ in mine)

    # --- reading -----------------------------------------------------------------------------------------------

    def get(self, name: str) -> Job:
        """The job with this id, or else the newest that its service calls so."""
        with self._read() as db:
            row = db.execute("SELECT * FROM jobs WHERE id = ?", (name,)).fetchone()
            row = row or db.execute(_BY_REMOTE_ID, (name,)).fetchone()
        if row is None:
            raise UnknownJob(f"There is no job {name!r} in the ledger {self.path}")
        return job_of(row)

    def open_jobs(self, provider: str | None = None) -> list[Job]:
        """Every job that has not ended, oldest first."""
        with self._read() as db:
            where = f"{schema.OPEN} AND provider = ?" if provider else schema.OPEN
            # The plus keeps SQLite from walking all jobs in the order of their creation.
            query = f"SELECT * FROM jobs WHERE {where} ORDER BY +created, id"  # noqa: S608  (fixed words)
            return [job_of(row) for row in db.execute(query, (provider,) if provider else ())]

    def left_alone(self, job: Job, *, limit: int) -> list[Job]:
        """Jobs accepted where this one is to go, but not of this process; oldest first."""
        with self._read() as db:
            query = (
                f"SELECT * FROM jobs WHERE provider = ? AND base_url = ? "  # noqa: S608  (our words)
                f"AND state IN ('queued', 'running') AND {schema.OPEN} "
                "AND coalesce(owner, '') != ? ORDER BY submitted LIMIT ?"
            )
            return [job_of(row) for row in db.execute(query, (*_place(job), self.owner.id, limit))]

    def known_remote_ids(self, job: Job) -> set[str]:
        """Ids at the same service that belong to other jobs of these days; `adopt` knows those of all."""
        with self._read() as db:
            return doubt.known_remote_ids(db, job)

    def twin_is_submitting(self, job: Job) -> bool:
        """Is an identical request under way from a living process? Its answer must not be taken for this job's."""
        with self._read() as db:
            return self._twin_is_submitting(db, job)

    def _twin_is_submitting(self, db: sqlite3.Connection, job: Job) -> bool:
        living = self._living(db, job.updated)
        return any(owner == self.owner.id or living.holds(owner) for owner in doubt.twin_owners(db, job))

    def history(self, job: Job) -> list[views.Span]:
        """When the latest jobs of this kind were found finished, as far as somebody watched them; the oldest first."""
        with self._read() as db:
            return views.history(db, job)

    def summaries(
        self,
        *,
        ids: Sequence[str] = (),
        states: Sequence[str] = (),
        since: float | None = None,
        limit: int | None = None,
    ) -> list[views.Summary]:
        with self._read() as db:
            return views.summaries(db, ids=ids, states=states, since=since, limit=limit)

    def spending(self, since: float | None = None) -> list[views.Spent]:
        with self._read() as db:
            return views.spending(db, since)


def _place(job: Job) -> pace.Place:
    return job.provider, job.base_url
