"""The painter on this machine, behind the same protocol as a service: no key, no network, no money."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from uni_cli import pricing
from uni_cli.errors import BadReference
from uni_cli.models import ASPECTS, Asset, Failure, Job, JobState, Operation, Reference, Request, replace
from uni_cli.prompts import compose
from uni_cli.providers import inputs
from uni_cli.providers.base import (
    Access,
    CannotKnow,
    Capabilities,
    Health,
    NotFound,
    Price,
    Wire,
)
from uni_cli.transport import Answer

if TYPE_CHECKING:
    from PIL import Image

    from uni_cli.sketch import Lent

CAPABILITIES = Capabilities(
    title="the offline painter",
    models={"uni-1": "sketch", "uni-1-max": "sketch"},
    sizes=tuple(ASPECTS.values()),
    formats=("png", "jpeg", "webp"),
    default_format="png",
    references=9,
    references_with_source=8,
    url_inputs=False,
    styles=("auto", "manga"),
    styles_on_edit=("auto", "manga"),
    seed=True,
    quality=True,
    needs_key=False,
    typical_seconds=1.5,
    notes=("Sketches only: it reads the words of a prompt, it does not understand them.",),
)


class Local:
    """Its limit is this machine's processors, so it is kept in the process: a dead painter holds no place."""

    name = "local"
    capabilities = CAPABILITIES

    def __init__(self, access: Access) -> None:
        self._brushes = asyncio.Semaphore(access.service.concurrency or os.cpu_count() or 2)

    def price(self, request: Request) -> Price:
        return Price(pricing.LOCAL.price(request), pricing.LOCAL.dated)

    def body(self, request: Request, token: str) -> Wire:
        width, height = _size(request)
        edit = request.operation is Operation.EDIT
        body: dict[str, Any] = {
            "operation": request.operation.value,
            "prompt": compose(request),
            "seed": _seed(request, token),
            "style": request.style or "auto",
            "format": request.format or "png",
            **({} if edit else {"width": width, "height": height}),
            **({"quality": request.quality} if request.quality else {}),
            **({"source": _named(request.source)} if request.source else {}),
            **({"references": [_named(r) for r in request.references]} if request.references else {}),
            **dict(request.extra),
        }
        return Wire("PAINT", "local:sketch", body)

    async def prepare(self, request: Request) -> Request:
        return request

    async def submit(self, wire: Wire, token: str) -> Answer:
        return Answer(202, {}, json.dumps({"id": token, "seed": wire.body["seed"]}).encode())

    def accept(self, job: Job, answer: Answer) -> Job:
        said: Mapping[str, Any] = answer.json()
        return replace(job, state=JobState.QUEUED, remote_id=said["id"], seed=said["seed"])

    async def refresh(self, job: Job) -> Job:
        """Paints. A process that died while it painted loses nothing: the same words and seed paint it again."""
        try:
            async with self._brushes:
                data = await asyncio.to_thread(_draw, job.request, _seed(job.request, job.token))
        except BadReference as error:
            failure = Failure("provider.failed", f"The painter could not draw this: {error.message}", error.hint)
            return replace(job, state=JobState.FAILED, failure=failure)
        except Exception as error:  # whatever it is, the same words and seed would meet it again
            failure = Failure("provider.failed", f"The painter could not draw this: {str(error) or repr(error)}")
            return replace(job, state=JobState.FAILED, failure=failure)
        return replace(job, state=JobState.FINISHED, assets=(Asset(data=data),), charged=Decimal(0))

    async def recover(self, job: Job, known: Collection[str]) -> Job | NotFound | CannotKnow:
        return replace(job, state=JobState.QUEUED, remote_id=job.token, seed=_seed(job.request, job.token))

    async def check(self) -> Health:
        return Health(ok=True, detail="always there, and free")


def _size(request: Request) -> tuple[int, int]:
    return request.size or ASPECTS[request.aspect or "16:9"]


def _seed(request: Request, token: str) -> int:
    """The seed that was asked for, else one that belongs to this job alone."""
    if request.seed is not None:
        return request.seed
    return int.from_bytes(hashlib.sha256(token.encode()).digest()[:4], "big") >> 1


def _named(reference: Reference) -> dict[str, Any]:
    role = reference.role.value if reference.role else None
    return {"image": f"sha256:{reference.sha256}", **({"role": role} if role else {})}


def _draw(request: Request, seed: int) -> bytes:
    from uni_cli import sketch

    lent = [_lend(r) for r in request.references]
    if request.source:
        picture = sketch.retouch(_open(request.source), request.prompt, seed, keep=request.keep, references=lent)
    else:
        picture = sketch.paint(request.prompt, seed, _size(request), style=request.style or "auto", references=lent)
    return sketch.encode(picture, request.format or "png", request.quality or 95)


def _lend(reference: Reference) -> Lent:
    from uni_cli.sketch import Lent

    return Lent(_open(reference), reference.role.value if reference.role else None)


def _open(reference: Reference) -> Image.Image:
    from PIL import Image

    picture = Image.open(io.BytesIO(inputs.read(reference)))
    picture.load()
    return picture
