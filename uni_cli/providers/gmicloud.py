"""GMI Cloud. Its paid POST waits for the picture, and knows no id of ours: a lost one is looked for in the list."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from uni_cli import pricing
from uni_cli.errors import BadReference
from uni_cli.models import Failure, Job, Reference, Request, replace
from uni_cli.prompts import compose
from uni_cli.providers import inputs
from uni_cli.providers.answers import clean, judge_poll, judge_submit
from uni_cli.providers.base import (
    Access,
    CannotKnow,
    Capabilities,
    Gone,
    Health,
    NotFound,
    Price,
    Refused,
    Unclear,
    Wire,
)
from uni_cli.providers.gmicloud_records import accepted, explain, find, polled, refuse_backend
from uni_cli.providers.parts import Uploads, estimate, merge, remote_of, tailor
from uni_cli.transport import Answer, Forbidden, check_file_address, is_loopback

MODEL = "luma-uni-1.1"
PREFIX = "/api/v1/ie/requestqueue/apikey"
UPLOAD_SECONDS = 600.0
# The signature of an upload covers the type. `jpg` would want the type `image/jpg`, which does not exist.
FILE_TYPES = {"image/png": "png", "image/jpeg": "jpeg"}

CAPABILITIES = Capabilities(
    title="GMI Cloud",
    models={"uni-1": MODEL},
    upload=True,
    submit_timeout=600.0,
    waits_in_post=True,
    input_types=tuple(FILE_TYPES),
    notes=(
        "The service decides between PNG and JPEG.",
        "The picture comes with the answer to the request itself, which takes about 30 seconds.",
        "A lost request is looked for in the list of the account; two alike cannot be told apart.",
        "Local pictures are uploaded; whoever has the link can read them.",
        "There is no balance to ask for.",
    ),
)

OWN = {"image": "`uni edit IMAGE` names the source."}


class Gmicloud:
    name = "gmicloud"
    capabilities: Capabilities = CAPABILITIES

    def __init__(self, access: Access) -> None:
        self._access = access
        self._root = f"{access.base_url.rstrip('/')}{PREFIX}"
        self._uploads = Uploads(self._upload)
        self.capabilities = tailor(CAPABILITIES, access.service)

    def price(self, request: Request) -> Price:
        return estimate(pricing.GMICLOUD, self._access.service, request)

    def body(self, request: Request, token: str) -> Wire:
        request = inputs.settle(request, self.name, self.capabilities)
        payload: dict[str, Any] = {"prompt": compose(request)}
        if request.source:
            payload["image"] = _picture(request.source)
        if aspect := _aspect(request):
            payload["aspect_ratio"] = aspect
        if request.seed is not None and self.capabilities.seed:
            payload["seed"] = request.seed
        body = {"model": self.capabilities.models[request.model], "payload": merge(payload, request.extra, OWN)}
        return Wire("POST", f"{self._root}/requests", body)

    async def prepare(self, request: Request) -> Request:
        request = inputs.settle(request, self.name, self.capabilities)
        return await self._uploads.hand_over(request, inputs.is_local)

    async def _upload(self, reference: Reference) -> Reference:
        """Ask for a place, then put the bytes there: with the type that was signed, and without the key."""
        data = await asyncio.to_thread(inputs.read, reference)
        kind = FILE_TYPES[reference.media_type or "image/png"]
        answer = await self._send("POST", "/upload-url", {"file_type": kind})
        judge_submit(answer, "GMI Cloud", explain(answer))
        told = answer.json()
        place, link = (told.get(key) if isinstance(told, Mapping) else None for key in ("upload_url", "public_url"))
        if not isinstance(place, str) or not isinstance(link, str):
            raise Unclear("GMI Cloud's answer names no place for an upload")
        await self._put(place, data, f"image/{kind}")
        return replace(reference, path=None, data=None, url=link)

    async def _put(self, place: str, data: bytes, media_type: str) -> None:
        try:
            await check_file_address(place, loopback=is_loopback(self._root))
        except Forbidden as error:
            message = f"GMI Cloud names a place for an upload that is not safe: {error}"
            raise Refused(Failure("provider.rejected", message)) from error
        headers = {"content-type": media_type}
        send = self._access.transport.send
        answer = await send("PUT", place, headers=headers, content=data, patience=UPLOAD_SECONDS)
        if not answer.is_good:
            code = re.search(r"<Code>([^<]{1,80})", answer.text)
            reason = clean(code[1]) if code else "no explanation"
            raise Unclear(f"The host of GMI Cloud's uploads answered {answer.status}: {reason}")

    async def submit(self, wire: Wire, token: str) -> Answer:
        send, patience = self._access.transport.send, self.capabilities.submit_timeout
        return await send(wire.method, wire.url, headers=self._headers(), body=wire.body, patience=patience)

    def accept(self, job: Job, answer: Answer) -> Job:
        if not answer.is_good:
            message = explain(answer)
            refuse_backend(answer, message)
            judge_submit(answer, "GMI Cloud", message)
        return accepted(job, answer.json())

    async def refresh(self, job: Job) -> Job:
        answer = await self._send("GET", f"/requests/{remote_of(job)}")
        if not answer.is_good:
            judge_poll(answer, "GMI Cloud", explain(answer))
        return polled(job, answer.json())

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        """One look into the list. It has no order and no pages that are documented, so absence proves nothing."""
        answer = await self._send("GET", f"/requests?{urlencode({'model_id': MODEL})}")
        try:
            judge_poll(answer, "GMI Cloud", explain(answer))
        except Gone as error:
            raise Unclear("GMI Cloud's list is not there") from error
        listed = answer.json()
        records = listed.get("requests") if isinstance(listed, Mapping) else None
        if not isinstance(records, list):
            raise Unclear("GMI Cloud's list cannot be read")
        return find(job, records, known, self._sent(job)) or NotFound()

    def _sent(self, job: Job) -> Mapping[str, Any]:
        """The payload of the lost POST; its upload's link stands only in what was sent."""
        payload = job.sent.get("payload") if isinstance(job.sent, Mapping) else None
        if isinstance(payload, Mapping):
            return payload
        built: Mapping[str, Any] = self.body(job.request, job.token).body["payload"]
        return built

    async def check(self) -> Health:
        answer = await self._send("GET", "/models")
        if not answer.is_good:
            return Health(False, f"GMI Cloud answered {answer.status}: {explain(answer)}")
        listed = answer.json()
        if not isinstance(listed, Mapping):
            return Health(False, "GMI Cloud's list of models cannot be read")
        items = [*_listed(listed.get("model_ids")), *_listed(listed.get("models"))]
        if not any(item == MODEL or (isinstance(item, Mapping) and item.get("model") == MODEL) for item in items):
            return Health(False, f"The key works, but {MODEL} is not enabled for it.")
        return Health(True, f"The key works and has {MODEL}. The balance is shown in the console only.")

    async def _send(self, method: str, path: str, body: Any = None) -> Answer:
        return await self._access.transport.send(method, f"{self._root}{path}", headers=self._headers(), body=body)

    def _headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self._access.secret()}"}
        organization = getattr(self._access.service, "organization", None)
        return {**headers, "x-organization-id": organization} if organization else headers


def _aspect(request: Request) -> str | None:
    """Its own default is 1:1, unlike everybody else's. What it does to an edit is not known, so only when asked."""
    return request.aspect or (None if request.source else "16:9")


def _picture(reference: Reference) -> str:
    if reference.remote is not None:
        raise BadReference(f"{reference.source} is held by {reference.remote_at}, which GMI Cloud cannot read")
    return inputs.placeholder(reference) if inputs.is_local(reference) else reference.url or ""


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
