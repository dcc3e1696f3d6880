"""Luma's own service. It has no list of jobs and no idempotency key, so a lost submit can never be found again.

A picture that Luma holds already is a `remote` reference: `file:UUID` is a file of its Files API, `generation:UUID` or
a bare UUID is an earlier job of the same account. A file goes anywhere, a generation only as the source of an edit.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping
from typing import Any

from uni_cli import pricing
from uni_cli.errors import BadReference
from uni_cli.models import ASPECTS, Asset, Failure, Job, JobState, Operation, Reference, Request, replace
from uni_cli.prompts import compose
from uni_cli.providers import inputs
from uni_cli.providers.answers import MODERATED, clean, delay, judge_poll, judge_submit, message_of
from uni_cli.providers.base import (
    Access,
    CannotKnow,
    Capabilities,
    Health,
    Meter,
    NotFound,
    Price,
    Refused,
    Throttled,
    Unclear,
    Wire,
)
from uni_cli.providers.luma_files import Files, size_of
from uni_cli.providers.parts import Uploads, estimate, is_id, merge, remote_of, tailor
from uni_cli.transport import Answer

CAPABILITIES = Capabilities(
    title="Luma",
    models={"uni-1": "uni-1", "uni-1-max": "uni-1-max"},
    aspects=tuple(ASPECTS),
    formats=("png", "jpeg"),
    default_format="png",
    references=9,
    references_with_source=8,
    remote_source=True,
    inline_limit=4 * 2**20,
    upload=True,
    styles=("auto", "manga"),
    styles_on_edit=("auto", "manga"),
    portrait_styles=("manga",),
    search=True,
    search_on_edit=True,
    concurrency=10,
    rate=30,
    meter=Meter("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
    typical_seconds=30.0,
    # The service fetches up to nine URLs, 18 s each, before it answers, and a lost answer cannot be found again.
    submit_timeout=180.0,
    input_bytes=50 * 2**20,
    input_side=8000,
    notes=(
        "A submit whose answer is lost cannot be found again: the job stays in doubt.",
        "An edit keeps the shape of its source.",
        "The account's balance is shown in its dashboard only.",
    ),
)
OWN = {
    "model": "-m says the model.",
    "type": "`uni edit` makes an edit.",
    "source": "`uni edit IMAGE` names the source.",
    "image_ref": "-r names the references.",
}
NOBODY = "00000000-0000-0000-0000-000000000000"
SLOT_SECONDS = 60.0
SLOWEST_UPLINK = 100_000  # bytes a second
STATES = {"queued": JobState.QUEUED, "processing": JobState.RUNNING}
CODES = {"content_moderated": "provider.moderated", "budget_exhausted": "provider.no_funds"}
MEANINGS = {
    "content_moderated": ("the prompt, an input or the picture was moderated", None),
    "generation_failed": ("the model failed", "Luma refunds this. Running the command again may help."),
    "budget_exhausted": ("the funds ran out during the job", None),
    "output_not_found": ("the result was lost", "Luma refunds this. Running the command again may help."),
    "image_too_large": ("an input picture is too large", "Make the input picture smaller."),
    "unsupported_format": ("an input picture has a foreign format", "Convert the input picture to PNG or JPEG."),
    "corrupt_input": ("an input picture could not be read", "Save the input picture anew."),
    "invalid_request": ("the request could not be used", "--dry-run shows what is sent."),
    "rate_limited": ("too much was asked for at once", "Wait a little, then run the command again."),
}


class Luma:
    name = "luma"
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, access: Access) -> None:
        self._access = access
        self._base = access.base_url.rstrip("/")
        self.capabilities = tailor(CAPABILITIES, access.service)
        self._uploads = Uploads(Files(access.transport, self._base, self._headers()).upload)

    def price(self, request: Request) -> Price:
        return estimate(pricing.LUMA, self._access.service, request)

    def body(self, request: Request, token: str) -> Wire:
        request = inputs.settle(request, self.name, self.capabilities)
        able, edit = self.capabilities, request.operation is Operation.EDIT
        body: dict[str, Any] = {
            "model": able.models[request.model],
            "type": "image_edit" if edit else "image",
            "prompt": compose(request),
            # A format that is not Luma's own is made here, from the best it has.
            "output_format": request.format if request.format in able.formats else able.default_format,
        }
        if request.aspect and not edit:
            body["aspect_ratio"] = request.aspect
        if request.style:
            body["style"] = request.style
        if request.search:
            body["web_search"] = True
        if request.seed is not None and able.seed:
            body["seed"] = request.seed
        if request.source:
            body["source"] = self._picture(request.source, is_source=True)
        if request.references:
            body["image_ref"] = [self._picture(reference) for reference in request.references]
        return Wire("POST", f"{self._base}/generations", merge(body, request.extra, OWN))

    def _picture(self, reference: Reference, *, is_source: bool = False) -> dict[str, str]:
        if reference.remote is not None:
            return _held(reference, is_source)
        if self._must_upload(reference):
            return {"file_id": inputs.placeholder(reference)}
        if inputs.is_local(reference):
            return {"data": inputs.base64_text(reference), "media_type": reference.media_type or "image/png"}
        return {"url": reference.url or ""}

    def _must_upload(self, reference: Reference) -> bool:
        limit = self.capabilities.inline_limit or 0
        return inputs.is_local(reference) and size_of(reference) > limit

    async def prepare(self, request: Request) -> Request:
        request = inputs.settle(request, self.name, self.capabilities)
        return await self._uploads.hand_over(request, self._must_upload)

    async def submit(self, wire: Wire, token: str) -> Answer:
        # The request id is for tracing only; Luma does not use it to recognise a repeat.
        headers = {**self._headers(), "x-request-id": token}
        patience = self.capabilities.submit_timeout + _inline(wire.body) / SLOWEST_UPLINK
        send = self._access.transport.send
        return await send(wire.method, wire.url, headers=headers, body=wire.body, patience=patience)

    def accept(self, job: Job, answer: Answer) -> Job:
        _judge_submit(answer)
        said = answer.json()
        remote = said.get("id") if isinstance(said, Mapping) else None
        if not is_id(remote):
            raise Unclear(f"Luma answered {answer.status} without the id of a job")
        notes = {**job.notes, "handle": f"generation:{remote}"}
        return replace(job, state=JobState.QUEUED, remote_id=remote, notes=notes)

    async def refresh(self, job: Job) -> Job:
        answer = await self._get(f"/generations/{remote_of(job)}")
        if not answer.is_good:
            judge_poll(answer, "Luma", message_of(answer, "detail"))
        said = answer.json()
        if not isinstance(said, Mapping) or said.get("id", job.remote_id) != job.remote_id:
            raise Unclear("Luma's answer does not tell how the job is")
        return _read(job, said)

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        return CannotKnow("Luma has no list of jobs and no idempotency key; its dashboard shows what it billed.")

    async def check(self) -> Health:
        answer = await self._get(f"/generations/{NOBODY}")
        message = message_of(answer, "detail")
        # Any other 404 would come from a base URL that leads somewhere else.
        if answer.status == 404 and "generation" in message.lower():
            return Health(True, "The key works. The balance is shown in Luma's dashboard only.")
        return Health(False, f"Luma answered {answer.status}: {message}")

    def _get(self, path: str) -> Awaitable[Answer]:
        return self._access.transport.send("GET", f"{self._base}{path}", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self._access.secret()}"}


def _held(reference: Reference, is_source: bool) -> dict[str, str]:
    """A picture that Luma holds already."""
    kind, _, name = (reference.remote or "").rpartition(":")
    if reference.remote_at != Luma.name:
        raise BadReference(f"{reference.source} is held by {reference.remote_at}, which Luma cannot read")
    if kind == "file":
        return {"file_id": name}
    if kind not in ("", "generation"):
        raise BadReference(f"{reference.source} is no picture that Luma knows: write file:ID or generation:ID")
    if not is_source:
        raise BadReference(
            f"Luma takes an earlier job only as the source of an edit, not as a reference: {reference.source}",
            hint="Give the saved picture itself. Nothing was sent.",
        )
    return {"generation_id": name}


def _inline(body: Any) -> int:
    """How much of a body is pictures, in bytes: a slow line needs its time."""
    references = body.get("image_ref")
    pictures = [body.get("source"), *(references if isinstance(references, list) else ())]
    return sum(len(str(picture.get("data") or "")) for picture in pictures if isinstance(picture, Mapping))


def _judge_submit(answer: Answer) -> None:
    if answer.is_good:
        return
    message = message_of(answer, "detail")
    if answer.status == 429 and _is_about_slots(answer, message):
        raise Throttled(f"Luma: {message}", after=delay(answer.headers) or SLOT_SECONDS, slot=True)
    if answer.status == 503 and "ingestion" in message.lower():
        raise Throttled(f"Luma: {message}", after=delay(answer.headers))
    if answer.status == 400 and message.startswith("Unknown model"):
        raise Refused(Failure("provider.unavailable", f"Luma: {message}"))
    judge_submit(answer, "Luma", message)


def _is_about_slots(answer: Answer, message: str) -> bool:
    """Too many jobs at once comes without the headers that a full minute has."""
    counted = any(name.lower().startswith("x-ratelimit-") for name in answer.headers)
    return "concurrent" in message.lower() or (not counted and "rate" not in message.lower())


def _read(job: Job, said: Mapping[str, Any]) -> Job:
    state = said.get("state")
    if state == "completed":
        assets = _assets(said.get("output"))
        if not assets:
            raise Unclear("Luma says completed but names no picture yet")
        return replace(job, state=JobState.FINISHED, assets=assets)
    if state == "failed":
        return replace(job, state=JobState.FAILED, failure=_failure(said))
    if not isinstance(state, str) or not state:
        raise Unclear("Luma's answer has no state")
    return replace(job, state=STATES.get(state, JobState.RUNNING))


def _assets(output: Any) -> tuple[Asset, ...]:
    items = output if isinstance(output, list) else []
    urls = [item.get("url") for item in items if isinstance(item, Mapping)]
    return tuple(Asset(url=url) for url in urls if isinstance(url, str) and url)


def _failure(said: Mapping[str, Any]) -> Failure:
    code, reason = clean(said.get("failure_code") or ""), clean(said.get("failure_reason") or "")
    meaning, hint = MEANINGS.get(code, ("the job failed", None))
    kind = CODES.get(code, "provider.failed")
    if not code and MODERATED.search(reason):
        kind = "provider.moderated"
    detail = ": ".join(part for part in (code, reason) if part)
    return Failure(kind, f"Luma: {meaning} ({detail})" if detail else f"Luma: {meaning}", hint)
