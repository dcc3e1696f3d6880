"""From a finished job to a file where it was asked for: fetch, check, mark, name. Free, so it may be repeated."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path, PurePath
from typing import Any

from uni_cli import codec
from uni_cli.engine.desk import Desk
from uni_cli.engine.disk import Disk
from uni_cli.engine.fetching import Broken, Raw, fetch
from uni_cli.engine.patience import step
from uni_cli.engine.shelf import Shelf
from uni_cli.errors import Usage
from uni_cli.models import Failure, Job, JobState, Saved, replace
from uni_cli.providers.base import Verdict
from uni_cli.storage import embed, files, naming, picture, places, sidecar, urls
from uni_cli.storage.picture import Picture
from uni_cli.storage.places import Place
from uni_cli.transport import Forbidden, Lost

ATTEMPTS = 6
# A link that must not be followed, or a file beyond all measure, is worth one more question and no more.
FORBIDDEN_ATTEMPTS = 2


SMALL_BYTES = 1 << 15

# What says something about one download only. An OSError is about the disk.
TROUBLES = (Lost, Forbidden, Verdict, Broken, ValueError)


@dataclass
class Deliverer:
    """With a shelf, small pictures wait on it for the disk, many together; without, each waits by itself."""

    desk: Desk
    disk: Disk = field(default_factory=Disk)
    shelf: Shelf | None = None

    async def deliver(self, job: Job, *, resumed: bool = False) -> Job:
        """The saved job; or the same finished job with the reason why it could not be saved."""
        try:
            found = await asyncio.to_thread(self._already_there, job) if resumed else None
            if found:
                return self._saved(*found)
            raw, seen = await self._raw(job, resumed=resumed)
        except Broken as error:
            message = f"The picture could not be fetched from {job.provider}: {error}"
            return self._unfinished(job, "ledger.pending", message)
        except (OSError, Usage) as error:
            return self._unfinished(job, "output.not_written", f"The picture could not be written: {_why(error)}")
        shelf = self.shelf if _is_short(job, raw) else None
        try:
            job, saved = await self._placed(job, raw, seen, sync=shelf is None)
        except Exception as error:  # whatever it is, it is about this picture, and the others go on
            kept = self._keep(job, raw)
            where = f"The picture is kept as {kept}" if kept else "It is fetched again for free"
            message = f"{_wanted(job)} could not be written: {_why(error)}. {where}"
            return self._unfinished(job, "output.not_written", message)
        return shelf.put(self._done(job, saved)) if shelf else self._saved(job, saved)

    async def _placed(self, job: Job, raw: Raw, seen: Picture, *, sync: bool) -> tuple[Job, Saved]:
        work = partial(self._place_at_all, job, raw, seen, sync=sync)
        return await (self.disk.do(work) if _is_short(job, raw) else asyncio.to_thread(work))

    def _saved(self, job: Job, saved: Saved) -> Job:
        return self.desk.put(self._done(job, saved), durable=True)

    def _done(self, job: Job, saved: Saved) -> Job:
        self.desk.troubles.pop(job.id, None)
        return self.desk.change(job, JobState.SAVED, result=saved, saved=self.desk.clock.now(), failure=None)

    def _unfinished(self, job: Job, code: str, message: str) -> Job:
        return self.desk.put(self.desk.change(job, JobState.FINISHED, failure=Failure(code, message)))

    # --- the bytes ---------------------------------------------------------------------------------------------

    def kept(self, job: Job) -> Path:
        return Path(self.desk.state_dir, "kept", f"{job.id}.picture")

    def _keep(self, job: Job, raw: Raw) -> Path | None:
        """A picture that could not be placed does not have to be fetched again."""
        if isinstance(raw, Path):
            return raw
        try:
            files.write_atomic(self.kept(job), raw)
        except OSError:
            return None
        return self.kept(job)

    async def _raw(self, job: Job, *, resumed: bool) -> tuple[Raw, Picture]:
        """The picture exactly as the service made it, whole and checked."""
        if resumed and (kept := self.kept(job)).exists():
            with suppress(ValueError):
                return kept, await _checked(kept)
        try:
            return await self._fetch(job, partial(self.kept, job))
        except OSError:
            # No room in the state folder, and perhaps some where the picture is to go.
            place = self._at(job)
            folder = place.drafts(place.name(self._fields(job, "png"), "png"))
            return await self._fetch(job, lambda: folder / f".uni-{job.id}.part")

    async def _fetch(self, job: Job, target: Callable[[], Path]) -> tuple[Raw, Picture]:
        """Ask and download until the picture is whole or the patience is over."""
        for attempt in range(ATTEMPTS):
            try:
                return await self._fetch_once(job, target, fresh=attempt > 0)
            except TROUBLES as error:
                why = str(error) or "it did not arrive in time"
                self.desk.troubles[job.id] = why
                limit = FORBIDDEN_ATTEMPTS if isinstance(error, Forbidden) else ATTEMPTS
                pause = step(self.desk.pauses.download, attempt)
                if attempt + 1 >= limit or not await self.desk.pause(pause):
                    raise Broken(why) from error
        raise AssertionError("the loop above returns or raises")

    async def _fetch_once(self, job: Job, target: Callable[[], Path], *, fresh: bool) -> tuple[Raw, Picture]:
        try:
            with self.desk.within_patience():
                job = await self._with_assets(job, fresh=fresh)
                raw = await fetch(self.desk.transport, job, target, pauses=self.desk.pauses)
        except TimeoutError as error:  # is an OSError, and says nothing about the disk
            raise Broken("it did not arrive in time") from error
        return raw, await _checked(raw)

    async def _with_assets(self, job: Job, *, fresh: bool) -> Job:
        """Links die after an hour, and bytes do not survive a process: the service is asked again for both."""
        if job.assets and not fresh:
            return job
        return await self.desk.provider(job.provider).refresh(job)

    # --- the file ----------------------------------------------------------------------------------------------

    def _at(self, job: Job) -> Place:
        target = job.target
        return places.of(target.template, target.folder, prefix=target.prefix, state_dir=self.desk.state_dir)

    def _fields(self, job: Job, format: str) -> dict[str, object]:
        request, target = job.request, job.target
        date, moment = _date_and_time(int(job.created))
        fields: dict[str, object] = {
            "slug": naming.slug(request.prompt),
            "job": job.id,
            "n": target.n,
            "seed": job.seed if job.seed is not None else request.seed,
            "date": date,
            "time": moment,
            "provider": job.provider,
            "model": request.model,
            "aspect": request.aspect or (f"{request.size[0]}x{request.size[1]}" if request.size else "auto"),
            "recipe": "none",
            "item": "none",
        }
        return {**fields, **target.fields, "ext": naming.TRUE_SUFFIX[format]}

    def _place_at_all(self, job: Job, raw: Raw, seen: Picture, *, sync: bool = True) -> tuple[Job, Saved]:
        """A picture that takes no mark, whole as it is, is placed without one."""
        try:
            saved, converted = self._place(job, raw, seen, sync=sync)
        except ValueError:
            if not job.target.embed:
                raise
            job = replace(job, target=replace(job.target, embed=False), notes={**job.notes, "unmarked": True})
            saved, converted = self._place(job, raw, seen, sync=sync)
        if isinstance(raw, Path):
            raw.unlink(missing_ok=True)
        return (replace(job, notes={**job.notes, "converted": True}) if converted else job), saved

    def _place(self, job: Job, raw: Raw, seen: Picture, *, sync: bool) -> tuple[Saved, bool]:
        """Mark, hash and name the picture; sidecar and picture appear together."""
        wanted_format = job.target.convert
        converted = bool(wanted_format) and seen.format != wanted_format
        source = raw
        if wanted_format and converted:
            source = picture.convert(_readable(raw), wanted_format, job.target.quality)
            seen = replace(seen, format=wanted_format)
        place = self._at(job)
        wanted = place.name(self._fields(job, seen.format), seen.format)
        with files.Draft(place.drafts(wanted)) as draft:
            self._embed(job, source, draft)
            draft.finish(sync=sync)

            def facts(name: PurePath) -> Saved:
                shown, beside = sidecar.both(place.shown(name))
                return Saved(
                    path=place.where(name),
                    shown=shown,
                    sidecar=beside,
                    sha256=draft.sha256,
                    bytes=draft.bytes,
                    width=seen.width,
                    height=seen.height,
                    format=seen.format,
                )

            noted = replace(job, notes={**job.notes, "converted": True}) if converted else job
            name = place.publish(
                draft,
                wanted,
                job=job.id,
                beside=lambda name: self._sidecar(noted, facts(name)),
                overwrite=job.target.overwrite or self._may_replace(job, place, wanted),
                taken=self.desk.taken,
                sync=sync,
            )
            return facts(name), converted

    def _embed(self, job: Job, source: Raw, draft: files.Draft) -> None:
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as stream:
            if job.target.embed:
                embed.embed(stream, draft, sidecar.mark(job, with_prompt=job.target.prompt_embed))
                return
            while block := stream.read(1 << 20):
                draft.write(block)

    def _sidecar(self, job: Job, saved: Saved) -> bytes:
        return sidecar.as_bytes(sidecar.contents(job, saved, at=self.desk.clock.now()))

    def _may_replace(self, job: Job, place: Place, name: PurePath) -> bool:
        """A remade picture of a recipe takes its old file's place, if that is still the one that was made."""
        before = job.target.replaces
        if not before:
            return False
        there = place.digest(name)
        return there == before or (there is None and self._left_over(place, name) == before)

    def _left_over(self, place: Place, name: PurePath) -> str | None:
        """The hash that a sidecar without its picture tells: it must not keep the name from the picture's successor."""
        try:
            told = json.loads(place.read(sidecar.path_of(name), sidecar.LIMIT))
            return str(told["image"]["sha256"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    # --- after a sudden death ----------------------------------------------------------------------------------

    async def rediscover(self, job: Job) -> Job:
        """A job in doubt whose picture is in its place after all: the ledger alone could not be written."""
        try:
            found = await asyncio.to_thread(self._already_there, job)
        except (OSError, Usage):
            return job
        return self._saved(*found) if found else job

    def _already_there(self, job: Job) -> tuple[Job, Saved] | None:
        """A picture placed by a process that died before the ledger heard of it, and its job as it was then."""
        place = self._at(job)
        for format in ("png", "jpeg", "webp"):
            first = place.name(self._fields(job, format), format)
            for k in range(1000):
                name = first.with_name(naming.numbered(Path(first), k).name)
                try:
                    said = sidecar.parse(place.read(sidecar.path_of(name), sidecar.LIMIT))
                except FileNotFoundError:
                    break
                except ValueError:
                    continue
                if said.get("job") != job.id:
                    continue
                image: Mapping[str, Any] = said.get("image", {})
                found = place.digest(name)
                if found is None:
                    # It died between the two: the picture is placed anew, under the name that is free again.
                    place.forsake(sidecar.path_of(name))
                    return None
                if found == image.get("sha256"):
                    place.settle(name)
                    facts = {**image, "path": place.where(name), "shown": place.shown(name)}
                    saved = codec.saved_from({**facts, "sidecar": place.shown(sidecar.path_of(name))})
                    return _reminded(job, said), saved
        return None


def _reminded(job: Job, said: Mapping[str, Any]) -> Job:
    """What the sidecar of a picture knows of its job, and the ledger may not."""
    remote, cost, seed = said.get("remote_id"), said.get("cost", {}), said.get("seed", {})
    charged = cost.get("charged_usd") if isinstance(cost, Mapping) else None
    returned = seed.get("returned") if isinstance(seed, Mapping) else None
    return replace(
        job,
        remote_id=job.remote_id or (remote if isinstance(remote, str) else None),
        charged=Decimal(charged) if job.charged is None and isinstance(charged, str) else job.charged,
        seed=returned if job.seed is None and isinstance(returned, int) else job.seed,
    )


def _is_short(job: Job, raw: Raw) -> bool:
    """A large picture takes its time on any disk, and a store on any network."""
    return isinstance(raw, bytes) and not job.target.convert and not urls.is_url(job.target.template)


async def _checked(raw: Raw) -> Picture:
    """What it is. A small one is looked at sooner than a thread has begun."""
    if isinstance(raw, bytes) and len(raw) <= SMALL_BYTES:
        return picture.verify(io.BytesIO(raw), every_pixel=False)
    return await asyncio.to_thread(_verify, raw)


def _verify(raw: Raw) -> Picture:
    """A file that is no whole picture does not stay."""
    try:
        return picture.verify(_readable(raw), every_pixel=False)
    except ValueError:
        if isinstance(raw, Path):
            raw.unlink(missing_ok=True)
        raise


def _readable(raw: Raw) -> Path | io.BytesIO:
    return raw if isinstance(raw, Path) else io.BytesIO(raw)


@lru_cache(maxsize=16)
def _date_and_time(second: int) -> tuple[str, str]:
    """As files are named by them, in the time of this place; all jobs of a run begin in one second."""
    made = time.localtime(second)
    return time.strftime("%Y-%m-%d", made), time.strftime("%H-%M-%S", made)


def _wanted(job: Job) -> str:
    template = job.target.template
    return template if urls.is_url(template) else str(Path(job.target.folder, template))


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or repr(error)
