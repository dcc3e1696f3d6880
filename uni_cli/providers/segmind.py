"""Segmind's queue (v2). A 200 at the submit proves nothing about the parameters; a bad body fails later, unbilled.

Three hosts see the key: models, uploads and the request history. Result files are on a fourth, public one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from uni_cli import pricing
from uni_cli.errors import BadSettings, Unsupported
from uni_cli.models import ASPECTS, Failure, Job, JobState, Operation, Reference, Request, replace
from uni_cli.prompts import compose
from uni_cli.providers import inputs
from uni_cli.providers.answers import judge_poll, judge_submit, message_of
from uni_cli.providers.base import (
    Access,
    CannotKnow,
    Capabilities,
    Health,
    NotFound,
    Price,
    Refused,
    Unclear,
    Wire,
)
from uni_cli.providers.parts import Uploads, estimate, is_id, merge, remote_of, tailor
from uni_cli.providers.segmind_history import History
from uni_cli.providers.segmind_results import failed, finished, money
from uni_cli.settings import Segmind as SegmindSettings
from uni_cli.settings import variable_of
from uni_cli.transport import Answer, check_base_url, is_loopback

CAPABILITIES = Capabilities(
    title="Segmind",
    models={"uni-1": "luma-uni-1", "uni-1-max": "luma-uni-1-max"},
    aspects=tuple(ASPECTS),
    references=0,
    references_with_source=0,
    upload=True,
    styles=("auto", "manga"),
    styles_on_edit=("auto", "manga"),
    typical_seconds=63.0,
    submit_timeout=90.0,
    # Segmind states no limits for input pictures; these are the model's own.
    input_bytes=50 * 2**20,
    input_side=8000,
    notes=(
        "The service chooses format and size.",
        "One input picture: the source of an edit. What an aspect does to an edit is not documented.",
        "Unset, a new picture is asked for in 16:9, the service's own default.",
        "A local picture becomes a public file of the service.",
    ),
)
DEFAULT_ASPECT = "16:9"
UPLOAD_SECONDS = 600.0
STATES = {"QUEUED": JobState.QUEUED, "PROCESSING": JobState.RUNNING}
OWN = {"image": "`uni edit IMAGE` names the source."}
MONEY_WORDS = ("credit", "balance", "funds", "spending", "payment")


class Segmind:
    name = "segmind"
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, access: Access) -> None:
        self._access = access
        self._base = access.base_url.rstrip("/")
        self.capabilities = tailor(CAPABILITIES, access.service)
        history, self._upload_url = _hosts(access)
        self._history = History(access.transport, history, self._headers())
        self._uploads = Uploads(self._upload)

    def price(self, request: Request) -> Price:
        return estimate(pricing.SEGMIND, self._access.service, request)

    def body(self, request: Request, token: str) -> Wire:
        request = inputs.settle(request, self.name, self.capabilities)
        edit = request.operation is Operation.EDIT
        if request.references:
            raise Unsupported("Segmind takes one picture only, as the source of `uni edit`")
        body: dict[str, Any] = {"prompt": compose(request)}
        if request.source:
            body["image"] = _address(request.source)
        aspect = request.aspect or (None if edit else DEFAULT_ASPECT)
        if aspect:
            body["aspect_ratio"] = aspect
        if request.style:
            body["style"] = request.style
        if request.seed is not None and self.capabilities.seed:
            body["seed"] = request.seed
        return Wire(
            "POST", f"{self._base}/v2/{self.capabilities.models[request.model]}", merge(body, request.extra, OWN)
        )

    async def prepare(self, request: Request) -> Request:
        request = inputs.settle(request, self.name, self.capabilities)
        return await self._uploads.hand_over(request, inputs.is_local)

    async def _upload(self, reference: Reference) -> Reference:
        text = await asyncio.to_thread(inputs.data_uri, reference)
        answer = await self._access.transport.send(
            "POST",
            f"{self._upload_url}/upload-asset",
            headers=self._headers(),
            body={"data_urls": [text]},
            patience=UPLOAD_SECONDS,
        )
        _judge_submit(answer)
        said = answer.json()
        given = (said.get("file_urls") or said.get("urls")) if isinstance(said, Mapping) else None
        if not isinstance(given, list) or len(given) != 1 or not str(given[0]).startswith(("https://", "http://")):
            raise Unclear("Segmind's answer to an upload names no file")
        return replace(reference, path=None, data=None, url=str(given[0]))

    async def submit(self, wire: Wire, token: str) -> Answer:
        send, patience = self._access.transport.send, self.capabilities.submit_timeout
        return await send(wire.method, wire.url, headers=self._headers(), body=wire.body, patience=patience)

    def accept(self, job: Job, answer: Answer) -> Job:
        _judge_submit(answer)
        said = answer.json()
        remote = said.get("request_id") if isinstance(said, Mapping) else None
        if not is_id(remote):
            raise Unclear(f"Segmind answered {answer.status} without the id of a job")
        return replace(job, state=JobState.QUEUED, remote_id=remote)

    async def refresh(self, job: Job) -> Job:
        answer = await self._get(f"/v2/requests/{remote_of(job)}/status")
        if answer.status == 404:
            # The record lives for one hour only; the history knows every job.
            return await self._history.look_up(job)
        said = _spoken(answer)
        state = said.get("status")
        if state == "COMPLETED":
            cost = money(said)
            return await self._fetch(job if cost is None else replace(job, charged=cost))
        if state == "FAILED":
            return failed(job, said.get("error"))
        if not answer.is_good:
            judge_poll(answer, "Segmind", message_of(answer, "error"))
        if not isinstance(state, str) or not state:
            raise Unclear("Segmind's answer does not tell how the job is")
        return replace(job, state=STATES.get(state, JobState.RUNNING))

    async def _fetch(self, job: Job) -> Job:
        answer = await self._get(f"/v2/requests/{remote_of(job)}")
        if answer.status == 404:
            return await self._history.look_up(job)
        said = _spoken(answer)
        if said.get("status") == "FAILED":
            return failed(job, said.get("error"))
        if not answer.is_good:
            judge_poll(answer, "Segmind", message_of(answer, "error"))
        try:
            return finished(job, said)
        except Unclear:
            # The picture is paid for, and the history may name it where the result does not.
            return await self._history.look_up(job)

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        return await self._history.find(job, self.capabilities.models[job.request.model], known)

    async def check(self) -> Health:
        answer = await self._get("/v1/get-user-credits")
        message = message_of(answer, "error")
        said = answer.json()
        balance = money(said, "credits") if isinstance(said, Mapping) else None
        if answer.status == 200 and balance is not None:
            return Health(True, "The key works.", balance)
        if answer.status == 404 and isinstance(said, Mapping) and said.get("error"):
            return Health(True, f"The key works, but the account has no credit record: {message}")
        return Health(False, f"Segmind answered {answer.status}: {message}")

    async def _get(self, path: str) -> Answer:
        return await self._access.transport.send("GET", f"{self._base}{path}", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"x-api-key": self._access.secret()}


def _hosts(access: Access) -> tuple[str, str]:
    """Where history and uploads are. A stand-in on this machine gets those calls too, never the real hosts."""
    service, usual = access.service, SegmindSettings()
    given = service if isinstance(service, SegmindSettings) else usual
    found = []
    for field in ("history_url", "upload_url"):
        url: str = getattr(given, field)
        if url == getattr(usual, field) and is_loopback(access.base_url):
            url = access.base_url
        try:
            check_base_url("segmind", url)
        except BadSettings as error:
            hint = f"Give an https URL in {variable_of('segmind', field)}. Nothing was sent."
            raise BadSettings(error.message, hint=hint) from None
        found.append(url.rstrip("/"))
    return found[0], found[1]


def _address(source: Reference) -> str:
    if source.remote is not None:
        raise Unsupported(f"Segmind takes a file or a URL; {source.source} is an id at {source.remote_at}")
    return inputs.placeholder(source) if inputs.is_local(source) else source.url or ""


def _spoken(answer: Answer) -> Mapping[str, Any]:
    """The JSON object of an answer, whatever its status: the body tells the state even under 422."""
    said = answer.json()
    return said if isinstance(said, Mapping) else {}


def _judge_submit(answer: Answer) -> None:
    """Segmind says many things with 406, and lack of money in two ways."""
    if answer.is_good:
        return
    message = message_of(answer, "error")
    text = f"Segmind: {message}"
    if answer.status == 406 and any(word in message.lower() for word in MONEY_WORDS):
        raise Refused(Failure("provider.no_funds", text))
    if answer.status == 410:
        raise Refused(Failure("provider.unavailable", text))
    judge_submit(answer, "Segmind", message)
