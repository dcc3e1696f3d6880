"""What Runware's answers mean for a job: at the paid POST, at a poll, and in the archive that recovery reads."""

from __future__ import annotations

import re
from typing import Any

from uni_cli.models import Failure, Job, JobState, replace
from uni_cli.providers.answers import MODERATED, delay, judge_poll, judge_submit, message_of
from uni_cli.providers.base import Gone, Refused, Throttled, Unclear
from uni_cli.providers.runware_answers import Complaint, Family, Reply, Row, asset, cost, number, read
from uni_cli.transport import Answer

_CODES = {
    Family.FUNDS: "provider.no_funds",
    Family.KEY: "key.refused",
    Family.SAFETY: "provider.moderated",
    Family.UNKNOWN_MODEL: "provider.unavailable",
    Family.UNKNOWN_TASK: "provider.unavailable",
}
_BY_STATUS = {401: "key.refused", 402: "provider.no_funds", 403: "key.refused", 404: "provider.unavailable"}
_PROOFLESS = frozenset({Family.SERVER, Family.TIMEOUT})


def accepted(job: Job, answer: Answer) -> Job:
    """The answer to the paid POST. The body decides, the status only where the body says nothing."""
    reply = read(answer.json(), job.token)
    if reply is None:
        if answer.status == 429:
            raise Throttled("Runware is busy", after=delay(answer.headers))
        raise Unclear(f"Runware answered {answer.status}: {message_of(answer)}")
    job_there = replace(job, remote_id=job.token)
    if reply.pictures:
        return finished(job_there, reply.pictures)
    if _has_duplicate(reply):
        return replace(job_there, state=JobState.QUEUED)
    if reply.complaints:
        return _refused(job, reply, answer)
    if reply.rows or (reply.empty and answer.is_good):
        return replace(job_there, state=JobState.QUEUED)
    if not reply.foreign:
        judge_submit(answer, "Runware", message_of(answer, "message"))
    raise Unclear(f"Runware's answer ({answer.status}) does not tell what became of the task")


def _has_duplicate(reply: Reply) -> bool:
    """The UUID is ours alone, so "it is in use" can only mean that an earlier sending arrived."""
    return any(complaint.family is Family.DUPLICATE for complaint in reply.complaints)


def _refused(job: Job, reply: Reply, answer: Answer) -> Job:
    """Nothing was started, unless one of the complaints leaves it open or says that the task itself failed."""
    families = {complaint.family for complaint in reply.complaints}
    first = reply.complaints[0]
    if reply.rows or families & _PROOFLESS:
        raise Unclear(f"Runware answered {answer.status}: {first}")
    if families & {Family.PROVIDER, Family.OTHER} and (answer.status == 408 or answer.status >= 500):
        raise Unclear(f"Runware answered {answer.status}: {first}")
    if Family.UNKNOWN_TASK in families and answer.status != 404:
        raise Unclear(f"Runware answered {answer.status}: {first}")
    if Family.RATE in families:
        raise Throttled(f"Runware: {first}", after=delay(answer.headers))
    if first.family is Family.PROVIDER or first.final:
        return failed(replace(job, remote_id=job.token), first)
    if first.family is Family.OTHER and not first.ours and answer.status < 400:
        raise Unclear(f"Runware answered {answer.status}: {first}")
    otherwise = "provider.rejected" if first.family is Family.INPUT else _BY_STATUS.get(answer.status)
    raise Refused(_failure(first, otherwise or "provider.rejected"))


def looked(job: Job, answer: Answer) -> Job | None:
    """The answer to getResponse; None where it holds nothing at all, which is no verdict."""
    reply = _understood(job, answer)
    if reply.pictures:
        return finished(job, reply.pictures)
    if reply.rows:
        return _unfinished(job, reply)
    if reply.complaints:
        ending = _ending(reply.complaints[0], answer)
        if job.state is JobState.FINISHED:
            raise Unclear(f"Runware finished this task and now says: {ending}")
        return failed(job, ending)
    judge_poll(answer, "Runware", message_of(answer, "message"))
    if not reply.empty:
        raise Unclear("Runware's answer is not about this task")
    return None


def _understood(job: Job, answer: Answer) -> Reply:
    reply = read(answer.json(), job.token)
    if reply is None:
        if answer.status == 429:
            raise Throttled("Runware is busy", after=delay(answer.headers))
        # A 404 that is not JSON is about the address, not about the task.
        raise Unclear(f"Runware answered {answer.status}: {message_of(answer)}")
    return reply


def _unfinished(job: Job, reply: Reply) -> Job:
    """Every word but `success` and `error` means running. A finished job stays finished."""
    if job.state is JobState.FINISHED:
        return job
    done = next((row for row in reply.rows if row.get("status") == "success"), None)
    if done is None:
        told = next((found for row in reply.rows if (found := number(row.get("progress"))) is not None), None)
        progress = job.progress if told is None else min(max(told, 0.0), 100.0) / 100
        return replace(job, state=JobState.RUNNING, progress=progress)
    if done.get("NSFWContent") is not True:
        raise Unclear("Runware says success but names no picture yet")
    why = Failure("provider.moderated", "Runware: the safety check withheld the picture")
    return replace(job, state=JobState.FAILED, charged=cost([done]), failure=why)


def _ending(complaint: Complaint, answer: Answer) -> Complaint:
    """The complaint, if it ends the task; a verdict about the poll where it does not."""
    if complaint.family is Family.RATE:
        raise Throttled(f"Runware: {complaint}", after=delay(answer.headers))
    if complaint.family is Family.UNKNOWN_TASK:
        raise Gone(f"Runware does not know this task: {complaint}")
    if complaint.family in (Family.KEY, Family.SERVER) or not _is_about_the_task(complaint, answer.status):
        raise Unclear(f"Runware answered {answer.status}: {complaint}")
    return complaint


def _is_about_the_task(complaint: Complaint, status: int) -> bool:
    """A poll carries the task's own UUID, so an error that names it may still be about the poll."""
    if complaint.final:
        return True
    if not complaint.ours or status in (401, 402, 403, 408, 429) or status >= 500:
        return False
    if complaint.family is Family.TIMEOUT:
        return "provider" in complaint.code.lower()
    return complaint.family is not Family.FUNDS and not re.search(r"[a-z]Task", complaint.code)


def archived(job: Job, answer: Answer) -> Job | None:
    """The answer to getTaskDetails; None where the archive settles nothing."""
    reply = _understood(job, answer)
    if reply.rows:
        return _from_archive(job, reply.rows[0])
    if reply.complaints:
        _ending(replace(reply.complaints[0], ours=False, final=False), answer)
    judge_poll(answer, "Runware", message_of(answer, "message"))
    if not reply.empty:
        raise Unclear("Runware's archive answers about something else")
    return None


def _from_archive(job: Job, row: Row) -> Job | None:
    """The archive keeps the last answer: after a refused duplicate that is the refusal, which proves acceptance."""
    known = replace(job, remote_id=job.token, state=JobState.QUEUED)
    reply = read(row.get("response"), job.token)
    if reply is None:
        if row.get("request"):
            raise Unclear("Runware knows this task but not yet what became of it")
        return None
    if reply.pictures:
        return finished(known, reply.pictures)
    if _has_duplicate(reply) or reply.rows or not reply.complaints:
        return known
    return _settled(known, reply.complaints[0])


def _settled(job: Job, complaint: Complaint) -> Job | None:
    """A stored refusal of the request itself stands. Any other says nothing: the identical POST settles it."""
    match complaint.family:
        case Family.REQUEST | Family.INPUT | Family.UNKNOWN_MODEL:
            return replace(
                job, state=JobState.REFUSED, remote_id=None, failure=_failure(complaint, "provider.rejected")
            )
        case Family.SAFETY | Family.PROVIDER:
            return failed(job, complaint)
        case _:
            return None


def finished(job: Job, pictures: tuple[Row, ...]) -> Job:
    assets = tuple(found for row in pictures if (found := asset(row)))
    seed = next((row["seed"] for row in pictures if type(row.get("seed")) is int), job.seed)
    charged = cost(pictures)
    notes: dict[str, Any] = {**job.notes, "handle": assets[0].id}
    if any(row.get("NSFWContent") is True for row in pictures):
        notes["nsfw"] = True
    return replace(
        job,
        state=JobState.FINISHED,
        assets=assets,
        seed=seed,
        charged=job.charged if charged is None else charged,
        notes=notes,
    )


def failed(job: Job, complaint: Complaint) -> Job:
    return replace(job, state=JobState.FAILED, failure=_failure(complaint, "provider.failed"))


def _failure(complaint: Complaint, otherwise: str) -> Failure:
    """`otherwise` is the code for a family that has none of its own."""
    code = _CODES.get(complaint.family, otherwise)
    if complaint.family in (Family.PROVIDER, Family.OTHER) and MODERATED.search(complaint.message):
        code = "provider.moderated"
    return Failure(code, f"Runware: {complaint}")
