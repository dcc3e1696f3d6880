"""`uni recipes new`, `save`, `pin` and `merge`, and `--save-recipe`: whatever writes recipes and locks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from uni_cli import codec, providers
from uni_cli.context import Context
from uni_cli.errors import BadOutput, Usage
from uni_cli.folders import expanded
from uni_cli.models import Job, JobState, Request
from uni_cli.order import again, output, planning
from uni_cli.order.references import JOB_ID, References
from uni_cli.order.wishes import Wishes
from uni_cli.recipes import find, saving
from uni_cli.recipes import lock as locks
from uni_cli.recipes.asking import Asker
from uni_cli.recipes.expand import Item, expand
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.load import load as read
from uni_cli.recipes.lock import Entry, Lock
from uni_cli.recipes.saving import Said
from uni_cli.recipes.schema import OF_THE_RUN
from uni_cli.recipes.spots import near
from uni_cli.recipes.status import file_hash
from uni_cli.recipes.work import keeper
from uni_cli.storage import naming, sidecar, urls

# So many items are named where one is not found.
NAMED = 12


def new(context: Context, name: str) -> int:
    path = _place(name)
    saving.write(path, saving.HEAD + saving.START.format(name=saving.scalar(name)))
    _told(context, path, name)
    return 0


def _place(name: str) -> Path:
    path = Path(find.HERE, f"{naming.slug(saving.check_name(name), limit=80)}.yaml")
    saving.check_place(path)
    return path


def _told(context: Context, path: Path, name: str) -> None:
    if context.console.as_json:
        context.console.document({"schema": "uni.saved/1", "recipe": name, "path": path.as_posix()})
    else:
        context.console.line(str(path))
    context.console.note(f"`uni recipes run {path.stem} --dry-run` shows what it would make.")


# --- save ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with what is known of how it was made."""

    request: Request
    provider: str | None
    made: Mapping[str, Any]
    path: Path | None


def save(context: Context, name: str, source: str) -> int:
    if not source:
        raise Usage("`save` needs --from PICTURE, SIDECAR or JOB", hint="Nothing was written.")
    path = _place(name)
    if path.exists():
        raise BadOutput(f"{path} is there already", hint="Choose another name, or remove it first.")
    picture = _picture(context, source)
    references = References(folder=Path.cwd(), find_job=context.ledger.get, handle=None)
    request = again.reload(picture.request, references)
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures = saving.gather(request, path.parent.absolute(), name)
    provider = picture.provider if picture.provider in providers.names() else None
    converted = bool(picture.made.get("converted"))
    image: Mapping[str, Any] = picture.made.get("image", {})
    format = str(image.get("format")) if converted and image.get("format") else request.format
    said = Said(provider=provider, format=format, convert=converted)
    saving.write(path, saving.text(name, request, said, pictures))
    _lock(context, path, picture)
    _told(context, path, name)
    return 0


def _picture(context: Context, source: str) -> Picture:
    earlier = again.find(source, folder=Path.cwd(), find_job=context.ledger.get)
    path = expanded(source)
    if path.suffix == sidecar.SUFFIX and path.is_file():
        path = path.with_name(path.name.removesuffix(sidecar.SUFFIX))
    if path.is_file():
        return Picture(earlier.request, earlier.provider, earlier.made, path.absolute())
    if JOB_ID.fullmatch(source):
        return _of_job(context.ledger.get(source), earlier)
    return Picture(earlier.request, earlier.provider, earlier.made, None)


def _of_job(job: Job, earlier: again.Earlier) -> Picture:
    if job.state is not JobState.SAVED or job.result is None:
        return Picture(earlier.request, earlier.provider, {}, None)
    saved = Path(job.result.path)
    try:
        made: Mapping[str, Any] = sidecar.read(sidecar.path_of(saved))
    except (OSError, ValueError):
        made = {"job": job.id, "remote_id": job.remote_id, "image": codec.plain(job.result)}
    return Picture(earlier.request, earlier.provider, made, saved if saved.is_file() else None)


def _lock(context: Context, path: Path, picture: Picture) -> None:
    """The picture is what the recipe became, so nothing has to be made."""
    if picture.path is None:
        context.console.warn("The picture itself is not there, so the recipe has no lock yet")
        return
    recipe = read(path, find=find.by_name)[0]
    asked = Asker(context.ledger.get).chain(next(iter(expand(recipe))))[0]
    entry = _entry(picture, asked.fingerprint, recipe.folder, context)
    keeping = keeper(recipe.lock, recipe.name, context.state_dir)
    keeping.change(asked.item.id, entry)
    keeping.flush()


def _entry(picture: Picture, print_: str, folder: Path, context: Context) -> Entry:
    made, path = picture.made, picture.path
    image: Mapping[str, Any] = made.get("image", {})
    seed, cost, times = (made.get(name) or {} for name in ("seed", "cost", "times"))
    returned = seed.get("returned")
    if returned is None and seed.get("sent"):
        returned = seed.get("requested")
    return {
        "fingerprint": print_,
        "path": locks.relative(path or folder, folder),
        "sha256": image.get("sha256") or (file_hash(path) if path else None),
        "width": image.get("width"),
        "height": image.get("height"),
        "provider": picture.provider,
        "model": picture.request.model,
        "seed": returned,
        "job": made.get("job"),
        "remote_id": made.get("remote_id"),
        "cost_usd": cost.get("charged_usd"),
        "created": times.get("saved") or codec.moment(context.clock.now()),
    }


def save_asked(context: Context, wishes: Wishes, request: Request, provider: str | None) -> None:
    """`--save-recipe FILE`: what was asked, before anything is sent."""
    path = expanded(str(wishes.save_recipe))
    if path.suffix not in find.SUFFIXES:
        raise Usage(f"--save-recipe {path}: a recipe ends in .yaml", hint="Nothing was sent.")
    saving.check_place(path)
    if path.exists() and wishes.once is None:
        raise BadOutput(f"{path} is there already", hint="Choose another name. Nothing was sent.")
    kept = _relative(wishes.output)
    if wishes.output is not None and kept is None:
        context.console.warn(f"-o {wishes.output} is not taken over: a recipe's pictures stay in its folder")
    left_out = _of_the_run(wishes)
    if left_out:
        context.console.warn("; ".join(left_out))
    cost = planning.money("--max-cost", wishes.max_cost)
    name = naming.slug(path.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures = saving.gather(request, path.parent.absolute(), name)
    said = Said(
        provider=provider,
        output=kept,
        count=wishes.count,
        convert=wishes.convert,
        overwrite=wishes.overwrite,
        no_embed=wishes.no_embed,
        no_prompt_embed=wishes.no_prompt_embed,
        format=wishes.format,
        strict=wishes.strict,
        no_advice=wishes.no_advice,
        preview=wishes.preview,
        max_cost=None if cost is None else f"{cost:f}",
        timeout=wishes.timeout if _can_be_saved(wishes.timeout) else None,
    )
    text = saving.text(name, request, said, pictures)
    if path.exists():
        # A retry with the same --once key has written it before.
        if path.read_text("utf-8") != text:
            raise BadOutput(f"{path} is there already", hint="Choose another name. Nothing was sent.")
        return
    saving.write(path, text)
    context.console.note(f"The recipe is {path}: `uni recipes run {path}` makes it again.")


def _can_be_saved(seconds: float | None) -> bool:
    """A recipe waits for some time, or as long as the settings say."""
    return seconds is not None and 0 < seconds < float("inf")


def _of_the_run(wishes: Wishes) -> list[str]:
    """What was said about this one run. That it was a dry run nobody has to be told."""
    said = {"once": wishes.once is not None, "no-wait": wishes.no_wait}
    found = [f"--{flag} is not taken over: {OF_THE_RUN[flag]}" for flag, is_said in said.items() if is_said]
    if wishes.timeout is not None and not _can_be_saved(wishes.timeout):
        found.append(f"--timeout {wishes.timeout:g} is not taken over: a recipe's `timeout` has an end and is above 0")
    return found


def _relative(template: str | None) -> str | None:
    """A recipe's pictures stay in its folder, so a place elsewhere is not taken over."""
    if template is None or template == output.STDOUT or urls.is_url(template):
        return None
    if Path(template).is_absolute() or template.startswith("~"):
        return None
    return template


# --- pin and merge -------------------------------------------------------------------------------------------------


def pin(context: Context, name: str, item: str) -> int:
    recipes = find.load((name,))
    if len(recipes) != 1:
        raise Usage(f"{name} holds {len(recipes)} recipes", hint="Name one of them.")
    recipe = recipes[0]
    every = [one for chain in expand(recipe) for one in chain]
    chosen = next((one for one in every if item in (one.id, one.chain)), None)
    if chosen is None:
        shown = ", ".join([one.id for one in every[:NAMED]] + (["…"] if len(every) > NAMED else []))
        tip = near(item, [one.id for one in every])
        raise Usage(f"There is no item {item!r} in {recipe.name}{tip}", hint=f"There are {shown}. Nothing was changed.")
    swept = [one for one in every if one.sweep == chosen.sweep]
    if len({one.chain for one in swept}) < 2:
        raise Usage(
            f"{item} is not one of a sweep of seeds, so there is nothing to drop",
            hint="`pin` chooses among the pictures of `seeds`. Nothing was changed.",
        )
    _drop(context, recipe, chosen, swept)
    dropped = sorted(one.id for one in swept if one.chain != chosen.chain)
    if context.console.as_json:
        said = {"schema": "uni.pin/1", "recipe": recipe.name, "item": chosen.chain, "dropped": dropped}
        context.console.document(said)
    context.console.note(f"{chosen.chain} is kept; dropped: {', '.join(dropped)}.")
    return 0


def _drop(context: Context, recipe: Recipe, chosen: Item, swept: list[Item]) -> None:
    keeping = keeper(recipe.lock, recipe.name, context.state_dir)
    lock = locks.read(recipe.lock, recipe.name)
    for one in swept:
        entry = dict(lock.items.get(one.id, {}))
        if one.chain != chosen.chain:
            keeping.change(one.id, {**entry, "dropped": True})
        elif entry:
            entry.pop("dropped", None)
            keeping.change(one.id, entry or None)
    keeping.flush()


def merge(context: Context, texts: tuple[str, ...]) -> int:
    first = Path(texts[0])
    found = [(Path(text), _read_lock(Path(text), may_miss=number == 0)) for number, text in enumerate(texts)]
    known = [lock for _, lock in found if lock is not None]
    if not known:
        raise Usage(f"There is no lock {first}", hint="Nothing was written.")
    whole: Lock = known[0]
    for lock in known[1:]:
        if lock.recipe != whole.recipe:
            raise Usage(
                f"{lock.recipe} and {whole.recipe} are locks of two recipes",
                hint="Merge those of one. Nothing was written.",
            )
        whole = locks.merged(whole, lock)
    try:
        locks.write(first, whole)
    except OSError as error:
        raise BadOutput(f"{first} cannot be written: {error.strerror or error}") from error
    if context.console.as_json:
        said = {"schema": "uni.merge/1", "recipe": whole.recipe, "path": first.as_posix(), "items": len(whole.items)}
        context.console.document(said)
    else:
        context.console.line(str(first))
    context.console.note(f"{len(whole.items)} items of {whole.recipe}")
    return 0


def _read_lock(path: Path, *, may_miss: bool) -> Lock | None:
    if not path.is_file():
        if may_miss:
            return None
        raise Usage(f"There is no lock {path}", hint="Nothing was written.")
    return locks.read(path, path.name.removesuffix(".lock.json"), shown=str(path))
