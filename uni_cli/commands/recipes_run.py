"""`uni recipes run`: makes what is missing or changed, so many at once, and tells what is left."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from uni_cli.commands import dry_run, recipes_dry_run, recipes_tidy, reports, running
from uni_cli.commands.recipes_flags import RunFlags
from uni_cli.commands.recipes_look import advise
from uni_cli.context import Context
from uni_cli.errors import BadOutput, NeverSent, Partial, Usage
from uni_cli.ledger import Budget
from uni_cli.models import Job, JobState
from uni_cli.order import output, planning
from uni_cli.recipes import find, plan, variables
from uni_cli.recipes.asking import Asker
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.plan import Picture, Planner, Shop
from uni_cli.recipes.survey import Link, Selection, Survey, Surveyor
from uni_cli.recipes.work import BLOCK, Placed, Worker, is_coming, is_there, keeper, take
from uni_cli.storage import naming, urls

MOST_JOBS = 200
USUAL_ON_CLUSTER, MOST_ON_CLUSTER = 64, 1000
NAMED = 12


def run(context: Context, flags: RunFlags) -> int:
    recipes = find.load(flags.recipes)
    asker = Asker(context.ledger.get, into=_store(flags), provider=flags.provider)
    selection = Selection(variables.parse(flags.var), flags.only, flags.force, _shard(flags.shard))
    jobs = _at_once(context, flags)
    limit = planning.money("--max-cost", flags.max_cost)
    if flags.on is not None:
        _check_cluster(flags.on)
    planners = _planners(context, flags, recipes)
    surveyor = Surveyor(recipes, selection, asker, planners, _held(context, flags), _awaited(context, flags))
    survey = surveyor.look()
    _announce(context, survey)
    advise(context, asker)
    if flags.dry_run:
        if flags.prune:
            recipes_tidy.announce_prune(context, recipes, survey.orphans)
        with dry_run.told(context):
            _check_cost(context, survey, recipes, limit)
        return recipes_dry_run.show(context, survey, surveyor.links(survey))
    _check_cost(context, survey, recipes, limit)
    for destination in asker.destinations.values():
        if urls.is_url(destination.template):
            output.check_writable(destination, {})
    if not survey.count and not survey.altered:
        context.console.note(f"Nothing to do: {survey.fine} up to date.")
    made = running.Run(context, [])
    worker = _worker(made, flags, recipes, asker, jobs)

    def tidy() -> None:
        worker.settle(recipes)
        if flags.prune:
            recipes_tidy.prune(context, recipes, survey.orphans)
            recipes_tidy.prune_leftovers(context, flags.recipes, recipes)

    _make(made, worker, survey, surveyor.links(survey), tidy, on=flags.on)
    recipes_tidy.tell_replaced(context, [(recipe, past) for recipe in recipes for past in worker.past(recipe)])
    code = _report(made, survey, flags)
    running.preview(context, [job for job in made.jobs if _is_drawn(job, recipes)], wanted=True)
    return code


# --- what was asked ------------------------------------------------------------------------------------------------


def _shard(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise Usage(f"--shard {text!r} is not I/N, for example 1/3", hint="I counts from 1 to N. Nothing was sent.")
    return int(found[1]), int(found[2])


def _at_once(context: Context, flags: RunFlags) -> int:
    usual, most = (USUAL_ON_CLUSTER, MOST_ON_CLUSTER) if flags.on else (context.settings.jobs, MOST_JOBS)
    jobs = flags.jobs if flags.jobs is not None else usual
    if not 1 <= jobs <= most:
        raise Usage(f"--jobs {jobs} is not between 1 and {most}", hint="Nothing was sent.")
    return jobs


def _store(flags: RunFlags) -> str | None:
    """`-o`: everything goes to one store, and the lock beside the recipe says where each picture is."""
    text = flags.output
    if text is None:
        return None
    if not urls.is_url(text):
        raise BadOutput(f"-o {text} is not a URL", hint="`output` in a recipe says where files go. Nothing was sent.")
    if naming.suffix_format(text):
        raise BadOutput(f"-o {text} says a format", hint="The recipe says it: end in .{ext}. Nothing was sent.")
    return f"{text}{{recipe}}/{{item}}.{{ext}}" if text.endswith("/") else text


def _check_cluster(on: str) -> None:
    from uni_cli.cluster import opening

    opening.address(on)


def _planners(context: Context, flags: RunFlags, recipes: list[Recipe]) -> dict[str, Planner]:
    settings = context.settings
    shop = Shop(
        market=context.market,
        capabilities=context.capabilities,
        provider=context.provider,
        base_url=settings.base_url,
        usual=settings.provider,
        wanted=flags.provider,
        strict=flags.strict,
        dry_run=flags.dry_run,
        embed=settings.embed,
        prompt_embed=settings.prompt_embed,
    )
    return {str(recipe.lock): Planner(replace(shop, prefix=recipe.prefix)) for recipe in recipes}


def _held(context: Context, flags: RunFlags) -> Callable[[Picture], bool]:
    """Is the job of this very picture in the ledger already? Then it is taken up, and costs nothing more."""

    def is_held(picture: Picture) -> bool:
        jobs = context.ledger.holders(picture.once) if context.ledger.exists else []
        saved = [job for job in jobs if job.state is JobState.SAVED]
        begun = any(job.state not in (JobState.SAVED, JobState.PLANNED) for job in jobs)
        return begun or (not flags.force and any(is_there(job) for job in saved))

    return is_held


def _awaited(context: Context, flags: RunFlags) -> Callable[[Recipe], Collection[str]]:
    """Items that an earlier --force bought anew and whose picture is not in the lock. Another --force buys again."""

    def awaited(recipe: Recipe) -> Collection[str]:
        jobs = {} if flags.force else keeper(recipe.lock, recipe.name, context.state_dir).awaited()
        return {item for item, job in jobs.items() if is_coming(context.ledger, job)}

    return awaited


def _announce(context: Context, survey: Survey) -> None:
    console = context.console
    for notice in survey.notices:
        console.note(notice)
    for warning in survey.warnings:
        console.warn(warning)
    for finding in survey.altered:
        console.warn(f"{finding.path} was altered by hand, so {finding.item} is left alone (--force makes it anew)")


def _check_cost(context: Context, survey: Survey, recipes: list[Recipe], said: Decimal | None) -> None:
    """The command line's word holds alone; else each recipe's own cap and the setting's, the strictest first."""
    whole = [survey.prices, *([None] if survey.unknown else [])]
    if said is not None:
        planning.check_cost(whole, said)
        return
    capped = [recipe for recipe in recipes if recipe.data.max_cost is not None]
    for recipe in capped:
        own = planning.money("max-cost", recipe.data.max_cost)
        planning.check_cost(survey.costs.get(str(recipe.lock), ()), own, cap=f"`max-cost` of {recipe.name}")
    usual = context.settings.max_cost
    if usual is not None or len(capped) < len(recipes):
        planning.check_cost(whole, usual, cap="UNI_MAX_COST")


# --- a run ---------------------------------------------------------------------------------------------------------


def _worker(made: running.Run, flags: RunFlags, recipes: list[Recipe], asker: Asker, jobs: int) -> Worker:
    context, settings = made.context, made.context.settings
    own = [recipe.data.timeout for recipe in recipes if recipe.data.timeout is not None]
    whole = flags.timeout if flags.timeout is not None else (max(own) if own else None)
    return Worker(
        desk=context.desk(patience=whole if whole is not None else settings.timeout),
        asker=asker,
        budget=Budget(settings.budget_daily, settings.budget_monthly),
        jobs=jobs,
        force=flags.force,
        hear=made.add,
        patience=None if whole is not None else settings.timeout,
    )


def _check_writable(context: Context, block: list[Link]) -> None:
    """Pictures and locks have a place before anything is paid for."""
    plan.check_writable(picture for link in block for picture in link.pictures)
    for recipe in {link.asked[0].item.recipe.lock: link.asked[0].item.recipe for link in block}.values():
        try:
            keeper(recipe.lock, recipe.name, context.state_dir).check()
        except OSError as error:
            raise BadOutput(f"The lock {recipe.lock} cannot be written: {error.strerror or error}") from error


def _make(
    made: running.Run,
    worker: Worker,
    survey: Survey,
    links: Iterator[Link],
    tidy: Callable[[], None],
    *,
    on: str | None = None,
) -> None:
    """The first block is reserved, and with it the budget of all the rest, before anything is sent or removed."""
    block = take(links, BLOCK)
    priced = sum((p.price or Decimal(0) for link in block for p in link.pictures), Decimal(0))
    later = survey.prices - priced
    _check_writable(made.context, block)

    def reserve() -> list[tuple[Link, list[Placed]]]:
        first = worker.reserve(block, later)
        tidy()
        for _, placed in first:
            for one in placed:
                made.add(one.job)
        return first

    async def feed(first: list[tuple[Link, list[Placed]]]) -> None:
        await worker.engine.feed(worker.work(first, links), worker.followed, made.hear)

    if on is not None and block:
        from uni_cli.commands import recipes_on

        recipes_on.make(made, worker, block, on=on, reserve=reserve, feed=feed)
        return
    first = reserve()
    if first:
        made.drive(lambda: feed(first))


def _report(made: running.Run, survey: Survey, flags: RunFlags) -> int:
    _forget_replaced(made)
    lost = [job for job in made.jobs if job.state is not JobState.SAVED]
    if survey.altered and not made.trouble and not reports.exit_code(made.jobs):
        names = ", ".join(finding.item for finding in survey.altered[:NAMED])
        hint = "Nothing of them was touched. --force makes them anew and leaves your own files where they are."
        made.trouble = Partial(f"Altered by hand and left alone: {names}", hint=hint)
    code = running.report(made)
    if lost:
        items = [str(job.target.made.get("item", job.id)) for job in lost]
        more = f" and {len(items) - NAMED} more" if len(items) > NAMED else ""
        again = " ".join([*flags.recipes, *(["--force"] if flags.force else [])])
        made.context.console.note(f"Not made: {', '.join(items[:NAMED])}{more}. `uni recipes run {again}` tries again.")
    return code


def _is_drawn(job: Job, recipes: list[Recipe]) -> bool:
    """Does its recipe say `preview`, and its step nothing else?"""
    said: Mapping[str, Any] = job.target.made
    recipe = next((recipe for recipe in recipes if recipe.name == said.get("recipe")), None)
    step = next((step for step in recipe.steps if step.id == said.get("step")), None) if recipe else None
    own = step.preview if step is not None else None
    return bool(own if own is not None else recipe and recipe.data.preview)


def _forget_replaced(made: running.Run) -> None:
    """A job that a dead run had planned and never sent is of no interest when this run made its picture."""
    keys = {job.once for job in made.jobs if not _never_sent(job)}
    for job in made.jobs:
        if _never_sent(job) and job.once in keys:
            del made.newest[job.id]


def _never_sent(job: Job) -> bool:
    return job.failure is not None and job.failure.code == NeverSent.code and job.ended
