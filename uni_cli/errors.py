"""Every way `uni` can fail. The command line's contract, so a change here is a changelog entry.

UniError
├── Usage               2   usage.invalid             nothing was sent
│   ├── BadPrompt       2   usage.prompt
│   ├── BadReference    2   usage.reference
│   ├── BadOutput       2   usage.output
│   ├── Unsupported     2   usage.unsupported_option
│   ├── OnceConflict    2   usage.once_conflict
│   ├── UnknownJob      2   usage.unknown_job
│   ├── MissingExtra    2   usage.missing_extra
│   ├── BadSettings     2   usage.settings
│   └── BadRecipe       2   recipes.invalid
├── KeyMissing          4   key.missing
├── KeyRefused          4   key.refused
├── ServiceFailed       1   provider.failed           the service ended the job
│   └── ServiceRejected 1   provider.rejected         the service refused the request
├── ServiceUnavailable  1   provider.unavailable      no such model or path there
├── Moderated           5   provider.moderated
├── NoFunds             6   provider.no_funds
├── Unreachable         7   provider.unreachable      nothing was accepted
│   └── RateLimited     7   provider.rate_limited
├── OverMaxCost         6   budget.max_cost
│   ├── NeedsMaxCost    6   budget.needs_max_cost
│   └── OverBudget      6   budget.exceeded
├── Pending             8   ledger.pending
│   ├── Elsewhere       8   ledger.elsewhere
│   └── InDoubt         8   ledger.in_doubt
├── NotWritten          9   output.not_written
├── Partial             3   run.partial
├── NeverSent           1   ledger.never_sent
├── Forgotten           1   ledger.forgotten
├── LedgerTrouble       1   ledger.damaged
│   └── LedgerNewer     1   ledger.newer
├── Disagrees           1   inspect.mismatch
├── BadPlan             1   plan.invalid_answer
├── Stale               10  recipes.stale
├── Interrupted         130 interrupted
└── Unforeseen          1   internal.error
"""

from __future__ import annotations

from typing import ClassVar, Self

# The end of many a hint: whoever reads it need not fear that something was bought.
NOTHING_SENT = "Nothing was sent."


class UniError(Exception):
    """A failure a user can read: what happened, a stable code, an exit code and what to do next."""

    code: ClassVar[str]
    exit: int
    next_step: ClassVar[str | None] = None

    def __init__(self, message: str, *, hint: str | None = None, job: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint if hint is not None else self.next_step
        self.job = job


class Usage(UniError):
    code = "usage.invalid"
    exit = 2
    next_step = "See `uni --help`. Nothing was sent."


class BadPrompt(Usage):
    code = "usage.prompt"
    next_step = "A prompt has 1 to 6000 characters. Nothing was sent."


class BadReference(Usage):
    code = "usage.reference"
    next_step = "Give a PNG, JPEG, WebP or still GIF file, an https URL, or a job id. Nothing was sent."


class BadOutput(Usage):
    code = "usage.output"
    next_step = "Choose another place with -o. Nothing was sent."


class Unsupported(Usage):
    """`option` is the flag that it is about."""

    code = "usage.unsupported_option"
    next_step = "`uni providers` shows what each service can do. Nothing was sent."
    option = ""

    def about(self, option: str) -> Self:
        self.option = option
        return self


class OnceConflict(Usage):
    code = "usage.once_conflict"
    next_step = "Use another --once key for another request. Nothing was sent."


class UnknownJob(Usage):
    code = "usage.unknown_job"
    next_step = "`uni status --all` lists the jobs in the ledger."


class MissingExtra(Usage):
    code = "usage.missing_extra"


class BadSettings(Usage):
    code = "usage.settings"
    next_step = "`uni config path` tells which file is read, `uni config show` where each value comes from."


class BadRecipe(Usage):
    code = "recipes.invalid"
    next_step = "`uni recipes schema` prints what a recipe may hold. Nothing was sent."


class KeyMissing(UniError):
    code = "key.missing"
    exit = 4
    next_step = "`uni providers login NAME` stores a key; `uni providers` shows which keys were found."


class KeyRefused(UniError):
    code = "key.refused"
    exit = 4
    next_step = "Check the key with `uni providers check`. Nothing was bought."


class ServiceFailed(UniError):
    code = "provider.failed"
    exit = 1
    next_step = "The service ended this job. Running the command again makes and buys a new one."


class ServiceRejected(ServiceFailed):
    code = "provider.rejected"
    next_step = "The service did not take this request, so nothing was bought. --dry-run shows what is sent."


class ServiceUnavailable(UniError):
    code = "provider.unavailable"
    exit = 1
    next_step = "The model or path is not there for this key. `uni providers check` tells more. Nothing was bought."


class Moderated(UniError):
    code = "provider.moderated"
    exit = 5
    next_step = "Change the prompt or the input pictures and try again."


class NoFunds(UniError):
    code = "provider.no_funds"
    exit = 6
    next_step = "Top up the account, or choose another service with -p. `uni providers check` shows the balance."


class Unreachable(UniError):
    code = "provider.unreachable"
    exit = 7
    next_step = "Nothing was accepted, so running the command again is safe."


class RateLimited(Unreachable):
    code = "provider.rate_limited"
    next_step = "Nothing was accepted. Wait a little, or give more patience with --timeout."


class OverMaxCost(UniError):
    code = "budget.max_cost"
    exit = 6
    next_step = "Raise --max-cost, or ask for fewer pictures. Nothing was sent."


class NeedsMaxCost(OverMaxCost):
    code = "budget.needs_max_cost"
    next_step = "A run above $10 needs a --max-cost (or UNI_MAX_COST) that covers it. Nothing was sent."


class OverBudget(OverMaxCost):
    code = "budget.exceeded"
    next_step = "`uni status --spend` adds up; UNI_BUDGET_DAILY and UNI_BUDGET_MONTHLY set it. Nothing was sent."


class Pending(UniError):
    code = "ledger.pending"
    exit = 8
    next_step = "`uni status --wait` resumes it."


class Elsewhere(Pending):
    code = "ledger.elsewhere"
    next_step = "The job is at another address of the service; its UNI_*__BASE_URL leads there. Nothing was sent."


class InDoubt(Pending):
    code = "ledger.in_doubt"
    next_step = "`uni status --recover` asks the service again; `uni status --forget JOB` closes it."


class NotWritten(UniError):
    code = "output.not_written"
    exit = 9
    next_step = "The picture is safe. `uni status --wait` tries again for free."


class Partial(UniError):
    code = "run.partial"
    exit = 3


class NeverSent(UniError):
    code = "ledger.never_sent"
    exit = 1
    next_step = "Its process died before sending it, so nothing was bought. Run the command again."


class Forgotten(UniError):
    code = "ledger.forgotten"
    exit = 1
    next_step = "It was closed with `uni status --forget`. Run the command again to make a new one."


class LedgerTrouble(UniError):
    code = "ledger.damaged"
    exit = 1
    next_step = "Nothing was changed. Move the file aside or restore a copy; UNI_STATE_DIR names another place."


class LedgerNewer(LedgerTrouble):
    code = "ledger.newer"
    next_step = "Nothing was changed. Install the newer `uni`, or name another place with UNI_STATE_DIR."


class Disagrees(UniError):
    code = "inspect.mismatch"
    exit = 1
    next_step = "The picture or its sidecar was changed after it was saved."


class BadPlan(UniError):
    code = "plan.invalid_answer"
    exit = 1
    next_step = (
        "No picture was asked for. Run it again, or try another UNI_PLAN__MODEL; "
        "without UNI_PLAN__ settings the built-in rules plan."
    )


class Stale(UniError):
    code = "recipes.stale"
    exit = 10
    next_step = "`uni recipes run` makes what is missing or changed."


class Interrupted(UniError):
    code = "interrupted"
    exit = 130
    next_step = "Jobs that were accepted go on at the service. `uni status --wait` collects them."

    def __init__(self, *, by: int = 2, hint: str | None = None) -> None:
        """`by` is the number of the signal: 2 is Ctrl-C, 15 is SIGTERM."""
        super().__init__("Interrupted", hint=hint)
        self.exit = 128 + by


class Unforeseen(UniError):
    code = "internal.error"
    exit = 1
    next_step = "This is a fault of `uni`. `uni status` shows which jobs are open; `--verbose` shows more."


def _classes(root: type[UniError] = UniError) -> list[type[UniError]]:
    return [c for child in root.__subclasses__() for c in (child, *_classes(child))]


REGISTRY: dict[str, type[UniError]] = {cls.code: cls for cls in _classes()}


def exit_of(code: str) -> int:
    return REGISTRY[code].exit
