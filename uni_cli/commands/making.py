"""What `generate` and `edit` do: wishes, an order, then a dry run or a run."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from uni_cli.commands import dry_run
from uni_cli.context import Context
from uni_cli.errors import BadPrompt, OnceConflict, OverMaxCost, Unsupported, Usage
from uni_cli.ledger import Budget
from uni_cli.models import MAX_SEED, Job, JobState, Request
from uni_cli.order import again, output, planning
from uni_cli.order.advice import advise
from uni_cli.order.references import References, handle_of
from uni_cli.order.request import build, is_text, read_prompt
from uni_cli.order.service import Choice, choose
from uni_cli.order.wishes import Wishes
from uni_cli.settings import Settings
from uni_cli.storage import naming, places

TEXTS = (".txt", ".md")


@dataclass(frozen=True, slots=True)
class Prepared:
    order: planning.Order
    choice: Choice
    warnings: tuple[str, ...]
    hints: tuple[str, ...]
    max_cost: Decimal | None
    wanted: str | None


def make(context: Context, wishes: Wishes, *, edit: bool) -> int:
    _check_empty(wishes)
    _check_words(wishes, edit=edit)
    _check_output(context, wishes)
    prepared = _prepare(context, wishes, edit=edit)
    console = context.console
    for notice in prepared.choice.notices:
        console.note(notice)
    for warning in prepared.warnings:
        console.warn(warning)
    for hint in prepared.hints:
        console.hint(hint)
    held = None if wishes.dry_run else _check_cost(context, wishes, prepared)
    if wishes.save_recipe:
        from uni_cli.commands import recipes_write

        recipes_write.save_asked(context, wishes, prepared.order.jobs[0].request, prepared.wanted)
    if wishes.dry_run:
        with dry_run.told(context):
            planning.check_cost(prepared.order.prices, prepared.max_cost, cap=_cap(wishes))
        _tell_held(context, wishes, prepared.order)
        return dry_run.show(context, prepared.order, (*prepared.warnings, *prepared.hints))
    if held is not None:
        return _again(context, wishes, prepared.order, held)
    return _buy(context, wishes, prepared)


def _check_cost(context: Context, wishes: Wishes, prepared: Prepared) -> Job | None:
    """Over the cap: the job that was sent for the --once key, if there is one. To have its picture costs nothing."""
    try:
        planning.check_cost(prepared.order.prices, prepared.max_cost, cap=_cap(wishes))
    except OverMaxCost:
        held = context.ledger.holders(wishes.once) if wishes.once is not None else []
        sent = next((job for job in held if job.state is not JobState.PLANNED), None)
        if sent is None:
            raise
        return sent
    return None


def _tell_held(context: Context, wishes: Wishes, order: planning.Order) -> None:
    """What a dry run shows is not what happens where the --once key is taken."""
    held = context.ledger.holders(wishes.once) if wishes.once is not None and context.ledger.exists else []
    for job in held[:1]:
        if planning.asks_the_same(order, job):
            context.console.note(
                f"--once {wishes.once} has job {job.id} already: a run takes that up and buys nothing."
            )
        else:
            context.console.warn(f"--once {wishes.once} belongs to another request, job {job.id}: a run is refused (2)")


def _cap(wishes: Wishes) -> str:
    """The name of the limit that holds."""
    return "--max-cost" if wishes.max_cost is not None else "UNI_MAX_COST"


def _check_empty(wishes: Wishes) -> None:
    """An unset variable of a script must not mean "as if it were not said"."""
    said = {
        "--provider": wishes.provider,
        "--model": wishes.model,
        "--format": wishes.format,
        "--output": wishes.output,
        "--from": wishes.from_,
        "--save-recipe": wishes.save_recipe,
        "--prompt-file": wishes.prompt_file,
    }
    for flag, value in said.items():
        if value == "":
            raise Usage(f"{flag} is empty", hint="Say something or leave it out. Nothing was sent.")
    texts = {**said, "IMAGE": wishes.image, "--ref": "".join(wishes.ref), "--keep": "".join(wishes.keep)}
    for flag, value in {**texts, "This folder's path": str(Path.cwd())}.items():
        if value is not None and not is_text(value):
            raise Usage(f"{flag} is not UTF-8 text", hint="A name of plain letters works everywhere. Nothing was sent.")


def _check_words(wishes: Wishes, *, edit: bool) -> None:
    """A file's name where words belong would be paid for and drawn."""
    prompt = wishes.prompt
    is_picture = prompt is not None and naming.suffix_format(prompt) is not None
    if prompt is None or not (is_picture or prompt.endswith(TEXTS)) or not _is_file(prompt):
        return
    if not is_picture:
        hint = f"`--prompt-file {prompt}` reads the prompt from it."
    elif edit:
        hint = f"The picture comes first: `uni edit {prompt} WORDS`."
    else:
        hint = f"`uni edit {prompt} WORDS` changes it, `-r {prompt}` makes it a reference."
    raise BadPrompt(f"The prompt {prompt!r} is the name of a file", hint=f"{hint} Nothing was sent.")


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except OSError:  # longer than any name
        return False


def _check_output(context: Context, wishes: Wishes) -> None:
    if wishes.output != output.STDOUT:
        return
    if context.console.as_json:
        raise Usage("-o - and --json both want stdout", hint="Leave one out. Nothing was sent.")
    if wishes.count > 1:
        raise Usage("-o - takes one picture, and --count asks for more", hint="Nothing was sent.")
    if wishes.no_wait:
        raise Usage("-o - wants the picture now, and --no-wait does not wait for it", hint="Nothing was sent.")


def _prepare(context: Context, wishes: Wishes, *, edit: bool) -> Prepared:
    """Everything that can be known before anything is sent."""
    planning.check_once(wishes.once, wishes.count)
    planning.check_patience(wishes.timeout)
    settings = context.settings
    wishes = read_prompt(wishes, sys.stdin)
    max_cost = planning.money("--max-cost", wishes.max_cost if wishes.max_cost is not None else settings.max_cost)
    folder, find_job = Path.cwd(), context.ledger.get
    references = References(folder=folder, find_job=find_job, handle=handle_of)
    earlier = again.find(wishes.from_, folder=folder, find_job=find_job) if wishes.from_ else None
    base = _base(earlier, wishes, references, edit=edit) if earlier else None
    wishes = _with_settings(wishes, settings, from_earlier=earlier is not None)
    request = build(wishes, edit=edit, base=base, references=references)
    destination = _destination(context, wishes, request, from_earlier=earlier is not None)
    wanted = wishes.provider or (earlier.provider if earlier else None)
    choice = choose(
        wanted or settings.provider,
        replace(request, format=destination.wanted),
        context.market,
        convert=wishes.convert,
        by_suffix=destination.by_suffix,
        strict=wishes.strict,
        dry_run=wishes.dry_run,
    )
    if not wishes.dry_run:
        shape = request.aspect or (f"{request.size[0]}x{request.size[1]}" if request.size else "auto")
        for name in choice.names:
            fields = {"slug": request.prompt, "provider": name, "model": request.model, "aspect": shape}
            output.check_writable(destination, fields)
    pictures = [
        _drafts(context, choice, wishes, destination, n, _with_seed(request, n)) for n in range(1, wishes.count + 1)
    ]
    order = planning.order(pictures, now=context.clock.now(), once=wishes.once)
    hints = () if wishes.no_advice or not settings.advice else tuple(advise(request))
    return Prepared(order, choice, _warnings(context, choice, wishes, destination), hints, max_cost, wanted)


def _base(earlier: again.Earlier, wishes: Wishes, references: References, *, edit: bool) -> Request:
    """The request of `--from`, without the inputs that are given anew."""
    kept = again.without_replaced(earlier.request, image=bool(edit and wishes.image), references=bool(wishes.ref))
    return again.reload(kept, references)


def _with_settings(wishes: Wishes, settings: Settings, *, from_earlier: bool) -> Wishes:
    """What no flag says, the settings say; but model and format of an earlier picture stand above them."""
    unsaid_format = None if from_earlier or output.says_format(wishes.output) else settings.format
    return replace(
        wishes,
        model=wishes.model or (None if from_earlier else settings.model),
        format=wishes.format or unsaid_format,
        no_embed=wishes.no_embed or not settings.embed,
        no_prompt_embed=wishes.no_prompt_embed or not settings.prompt_embed,
    )


def _destination(context: Context, wishes: Wishes, request: Request, *, from_earlier: bool) -> output.Destination:
    if from_earlier and wishes.output is None and wishes.format is None:
        wishes = replace(wishes, format=request.format)
    stdout_folder = context.state_dir / "stdout"
    return output.settle(wishes, default=context.settings.output, folder=Path.cwd(), stdout_folder=stdout_folder)


def _with_seed(request: Request, n: int) -> Request:
    """The seed of `--from` may be a large one; those of the next pictures come after the last from the beginning."""
    return request if request.seed is None else replace(request, seed=(request.seed + n - 1) % (MAX_SEED + 1))


def _drafts(
    context: Context, choice: Choice, wishes: Wishes, destination: output.Destination, n: int, request: Request
) -> list[planning.Draft]:
    drafts = []
    for name in choice.names:
        able = context.capabilities(name)
        fitted, convert = output.fit_format(request, able, destination, convert=wishes.convert)
        # Whoever collects it later has no stdout of ours, and has to be told where it is.
        prefix = str(destination.folder) if wishes.output == output.STDOUT else ""
        target = output.target(destination, wishes, n=n, convert=convert, prefix=prefix)
        base_url = context.settings.base_url(name)
        drafts.append(planning.draft(context.provider(name), base_url, fitted, target))
    return drafts


def _warnings(context: Context, choice: Choice, wishes: Wishes, destination: output.Destination) -> tuple[str, ...]:
    able = context.capabilities
    maybe = (output.format_warning(n, able(n), destination, convert=wishes.convert) for n in choice.names)
    said = [warning for warning in maybe if warning]
    if said and wishes.strict:
        raise Unsupported(said[0], hint="Leave the suffix out, or add --convert. Nothing was sent.")
    return (*choice.warnings, *said)


# --- a run -----------------------------------------------------------------------------------------------------


def _buy(context: Context, wishes: Wishes, prepared: Prepared) -> int:
    # A dry run must start fast, and asyncio with the engine is half of what there is to load.
    from uni_cli.commands import running

    settings = context.settings
    budget = Budget(settings.budget_daily, settings.budget_monthly)
    reserved = context.ledger.reserve(prepared.order.jobs, budget, context.clock.now())
    if reserved.existing:
        return _again(context, wishes, prepared.order, reserved.existing)
    patience = wishes.timeout if wishes.timeout is not None else settings.timeout
    # A job whose id was taken got another, and keeps its list of services.
    order = prepared.order
    alternatives = {got.id: order.alternatives[job.id] for job, got in zip(order.jobs, reserved.jobs, strict=True)}
    run = running.make(context, reserved.jobs, alternatives, patience=patience, wait=not wishes.no_wait)
    code = running.report(run, waited=not wishes.no_wait, to_stdout=wishes.output == output.STDOUT)
    running.preview(context, run.jobs, wanted=wishes.preview)
    return code


def _again(context: Context, wishes: Wishes, order: planning.Order, held: Job) -> int:
    """A --once key that is taken: the saved picture, or the job's end."""
    from uni_cli.commands import running

    if not planning.asks_the_same(order, held):
        raise OnceConflict(f"--once {wishes.once} belongs to another request, job {held.id}")
    if held.state is JobState.SAVED and held.result and not places.exists(held.result.path):
        held = context.ledger.reopen(held, context.clock.now())
    patience = wishes.timeout if wishes.timeout is not None else context.settings.timeout
    run = running.Run(context, [held]) if wishes.no_wait else running.collect(context, [held], patience=patience)
    code = running.report(run, waited=not wishes.no_wait, to_stdout=wishes.output == output.STDOUT)
    running.preview(context, run.jobs, wanted=wishes.preview)
    return code
