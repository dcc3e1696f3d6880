"""Runware. The task's UUID is made here, so a task whose answer was lost can be asked for, and sent again unchanged."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any
from uuid import uuid4

from uni_cli import pricing
from uni_cli.errors import BadReference
from uni_cli.models import ASPECTS, Job, JobState, Reference, Request, replace
from uni_cli.prompts import compose
from uni_cli.providers import inputs
from uni_cli.providers.answers import message_of
from uni_cli.providers.base import Access, CannotKnow, Capabilities, Gone, Health, NotFound, Price, Wire
from uni_cli.providers.parts import estimate, merge, tailor
from uni_cli.providers.runware_answers import Row, money, read
from uni_cli.providers.runware_verdicts import accepted, archived, looked
from uni_cli.transport import Answer

CAPABILITIES = Capabilities(
    title="Runware",
    models={"uni-1": "luma:uni@1", "uni-1-max": "luma:uni@1-max"},
    sizes=tuple(ASPECTS.values()),
    formats=("png", "jpeg", "webp"),
    default_format="png",
    references=9,
    references_with_source=8,
    remote_source=True,
    remote_inputs=True,
    styles=("auto", "manga"),
    styles_on_edit=("auto",),
    search=True,
    aspect_on_edit=True,
    quality=True,
    safety=True,
    webhook=True,
    upload_to=True,
    ttl=True,
    may_repost=True,
    notes=(
        "Returns a seed with each picture; takes none.",
        "Luma's models need a paid invoice or at least $5 of credit.",
    ),
)
FORMATS = {"png": "PNG", "jpeg": "JPG", "webp": "WEBP"}
# On some of these hangs the way back to a job (a second picture under one UUID would have none), on others its price.
WAY_BACK = "A job is found again by it."
OWN = {
    "taskType": WAY_BACK,
    "taskUUID": WAY_BACK,
    "numberResults": "-n says how many.",
    "model": "-m says the model.",
    "inputs": "-r names the references, `uni edit IMAGE` the source.",
}


class Runware:
    name = "runware"
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, access: Access) -> None:
        self._access = access
        self.capabilities = tailor(CAPABILITIES, access.service)

    def price(self, request: Request) -> Price:
        return estimate(pricing.RUNWARE, self._access.service, request)

    def body(self, request: Request, token: str) -> Wire:
        request = inputs.settle(request, self.name, self.capabilities)
        task: dict[str, Any] = {
            "taskType": "imageInference",
            "taskUUID": token,
            "model": self.capabilities.models[request.model],
            "positivePrompt": compose(request),
            **_shape(request),
            **_inputs(request),
            **_settings(request),
            **self._seed(request),
            "numberResults": 1,
            "outputType": "URL",
            **_delivery(request),
            "includeCost": True,
            "deliveryMethod": "async",
        }
        return Wire("POST", self._access.base_url, [merge(task, request.extra, OWN)])

    def _seed(self, request: Request) -> dict[str, int]:
        honoured = self.capabilities.seed and request.seed is not None
        return {"seed": request.seed} if honoured and request.seed is not None else {}

    async def prepare(self, request: Request) -> Request:
        """Nothing to do: local pictures travel inside the body."""
        return request

    async def submit(self, wire: Wire, token: str) -> Answer:
        return await self._send(wire.body, self.capabilities.submit_timeout)

    def accept(self, job: Job, answer: Answer) -> Job:
        return accepted(job, answer)

    async def refresh(self, job: Job) -> Job:
        found = looked(job, await self._ask("getResponse", job.token))
        if found is None:
            # A running task may have no row yet; a finished one may have none any more.
            return job if job.state is JobState.FINISHED else replace(job, state=JobState.RUNNING)
        return found

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        """Two exchanges: getResponse, and only where it knows nothing the archive, which may hold a refusal instead."""
        found: Job | None = None
        with suppress(Gone):
            found = looked(replace(job, remote_id=job.token), await self._ask("getResponse", job.token))
        if found is None:
            with suppress(Gone):
                found = archived(job, await self._ask("getTaskDetails", job.token))
        return found or NotFound(may_repost=True)

    async def check(self) -> Health:
        token = str(uuid4())
        answer = await self._ask("accountManagement", token, operation="getDetails")
        reply = read(answer.json(), token)
        if reply and reply.complaints:
            return Health(False, f"Runware answered {answer.status}: {reply.complaints[0]}")
        if reply is None or not reply.rows or not 200 <= answer.status < 300:
            return Health(False, f"Runware answered {answer.status}: {message_of(answer, 'message')}")
        return _health(reply.rows[0])

    async def _ask(self, task: str, token: str, **fields: str) -> Answer:
        return await self._send([{"taskType": task, "taskUUID": token, **fields}], 60.0)

    async def _send(self, body: Any, patience: float) -> Answer:
        headers = {"authorization": f"Bearer {self._access.secret()}"}
        send = self._access.transport.send
        return await send("POST", self._access.base_url, headers=headers, body=body, patience=patience)


def _shape(request: Request) -> dict[str, int]:
    size = request.size or (ASPECTS[request.aspect] if request.aspect else None)
    return {"width": size[0], "height": size[1]} if size else {}


def _inputs(request: Request) -> dict[str, Any]:
    """Always nested: at the top level of the task the service would not see them."""
    given: dict[str, Any] = {}
    if request.source:
        given["seedImage"] = _picture(request.source)
    if request.references:
        given["referenceImages"] = [_picture(reference) for reference in request.references]
    return {"inputs": given} if given else {}


def _picture(reference: Reference) -> str:
    if reference.remote is not None:
        if reference.remote_at != Runware.name:
            raise BadReference(f"{reference.source} is held by {reference.remote_at}, which Runware cannot read")
        return reference.remote
    return inputs.data_uri(reference) if inputs.is_local(reference) else reference.url or ""


def _settings(request: Request) -> dict[str, Any]:
    """Forbidden on edits, even with its defaults."""
    if request.source:
        return {}
    settings: dict[str, Any] = {}
    if request.search:
        settings["search"] = True
    if request.style:
        settings["style"] = request.style
    return {"settings": settings} if settings else {}


def _delivery(request: Request) -> dict[str, Any]:
    wanted: dict[str, Any] = {"outputFormat": FORMATS.get(request.format or "png", "PNG")}
    if request.quality is not None:
        wanted["outputQuality"] = request.quality
    if request.safety:
        checked = request.safety != "none"
        wanted["safety"] = {"checkContent": checked, "mode": request.safety}
    asked = {"webhookURL": request.webhook, "uploadEndpoint": request.upload_to, "ttl": request.ttl}
    return {**wanted, **{name: value for name, value in asked.items() if value is not None}}


def _health(row: Row) -> Health:
    balance = row.get("balance")
    amount = money(balance.get("amount") if isinstance(balance, Mapping) else balance)
    owner = row.get("organizationName")
    return Health(True, f"The key works for {owner}." if isinstance(owner, str) and owner else "The key works.", amount)
