"""Luma Agents: submit, poll, and the headers that go with them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uni_cli.emulator import luma_files
from uni_cli.emulator.files import Stored, stamp
from uni_cli.emulator.jobs import Job, Shot
from uni_cli.emulator.luma_rules import Doomed, Ingested, Refused, check, ingest
from uni_cli.emulator.pictures import SIZES, Painting, seed_of
from uni_cli.emulator.wire import Call, Handler, Json, converse

PREFIX = "/luma/v1"
PRICES = {"uni-1": Decimal("0.0404"), "uni-1-max": Decimal("0.1000")}
PER_IMAGE = Decimal("0.0030")
SLOT_SECONDS = 3600.0
STATES = {"queued": "queued", "running": "processing", "done": "completed", "failed": "failed"}
REASONS = {
    "content_moderated": "The prompt, an input or the output was flagged by moderation",
    "generation_failed": "The model failed to make the picture",
}
DETAILS = {
    400: "Invalid request",
    401: "Invalid API key",
    402: "Insufficient balance",
    403: "API client is suspended",
    404: "Generation not found",
    413: "image exceeds 50 MB limit",
    422: "source: failed to fetch URL",
    429: "Rate limit exceeded",
    500: "Internal server error",
    502: "Upstream service unavailable",
    503: "Image URL ingestion unavailable",
}


def routes() -> list[Route]:
    """The API below its base URL."""
    return [
        Route(f"{PREFIX}/generations", exchange("submit", submit), methods=["POST"]),
        Route(f"{PREFIX}/generations/{{id}}", look, methods=["GET"]),
        Route(f"{PREFIX}/files", exchange("upload", luma_files.create), methods=["POST"]),
        Route(f"{PREFIX}/files", exchange("check", luma_files.show_all), methods=["GET"]),
        Route(f"{PREFIX}/files/{{id}}", exchange("upload", luma_files.show), methods=["GET"]),
        Route(f"{PREFIX}/files/{{id}}", exchange("upload", luma_files.delete), methods=["DELETE"]),
        Route(f"{PREFIX}/files/{{id}}/complete", exchange("upload", luma_files.complete), methods=["POST"]),
    ]


def exchange(step: str, handler: Handler) -> Any:
    """A route's function: every answer carries the request's id and the API's version."""

    async def answer(request: Request) -> Response:
        response = await converse(request, "luma", step, handler=guarded(handler), refusal=refuse)
        response.headers["X-Request-Id"] = request.headers.get("x-request-id") or str(uuid4())
        response.headers["X-API-Version"] = "2026-04-01"
        return response

    return answer


async def look(request: Request) -> Response:
    """A poll; the id of zeros is how clients try a key."""
    zeros = request.path_params["id"].strip("0-") == ""
    response: Response = await exchange("check" if zeros else "poll", poll)(request)
    return response


def guarded(handler: Handler) -> Handler:
    """The handler behind the key check, its refusals worded."""

    async def answer(call: Call) -> Response:
        try:
            authenticate(call)
            return await handler(call)
        except Refused as refusal:
            return Json({"detail": refusal.detail}, refusal.status)

    return answer


def authenticate(call: Call) -> None:
    """The four ways a key is refused, told by words inside it."""
    key = call.bearer()
    if not key.startswith("luma-api-"):
        raise Refused(401, "Missing or invalid API key")
    if "wrong" in key:
        raise Refused(401, "Invalid API key")
    if "revoked" in key or "expired" in key:
        raise Refused(401, "API key has been revoked" if "revoked" in key else "API key has expired")
    if "suspended" in key or "deactivated" in key:
        raise Refused(403, f"API client is {'suspended' if 'suspended' in key else 'deactivated'}")


def refuse(call: Call, status: int) -> Response:
    """An injected status with its documented body and headers."""
    headers: dict[str, str] = {}
    if status == 429:
        delay = max(1, round(call.fault.seconds(2) if call.fault else 2))
        reset = str(int(call.now) + delay)
        limit = str(call.emulator.windows["luma"].limit)
        headers = {"Retry-After": str(delay), "X-RateLimit-Limit": limit}
        headers |= {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    return Json({"detail": DETAILS.get(status, "Internal server error")}, status, headers)


def too_many_jobs(delay: float = 60) -> Response:
    """The 429 of the concurrency limit: no rate headers."""
    return Json({"detail": "Too many concurrent jobs"}, 429, {"Retry-After": str(round(delay))})


async def submit(call: Call) -> Response:
    """`POST /generations`."""
    if call.fault is not None and call.fault.kind == "concurrency":
        return too_many_jobs(call.fault.seconds(60))
    try:
        body = await call.json()
    except ValueError:
        raise Refused(400, "Request body is not valid JSON") from None
    body, key = check(call, body), call.bearer()
    if limited := limit(call, key):
        return limited
    if "broke" in key:
        raise Refused(402, "Insufficient balance")
    try:
        images, doom = await ingest(call, body, key), ""
    except Doomed as problem:
        images, doom = Ingested(None, ()), str(problem)
    job = accept(call, body, key, images=images)
    fate, code = ("failed", doom) if doom else call.fate
    job.doom(fate, code)
    window = call.emulator.windows["luma"]
    calls = window.calls(key, call.now)
    calls.append(call.now)
    headers = {
        "X-RateLimit-Limit": str(window.limit),
        "X-RateLimit-Remaining": str(max(0, window.limit - len(calls))),
        "X-RateLimit-Reset": str(int(call.now) + 60),
    }
    return Json(describe(call, job, "queued"), 201, headers)


def limit(call: Call, key: str) -> Response | None:
    """Calls per minute first, then jobs at once."""
    if not call.emulator.limits:
        return None
    window, now = call.emulator.windows["luma"], call.now
    calls = window.calls(key, now)
    if len(calls) >= window.limit:
        reset = calls[0] + window.seconds
        headers = {"X-RateLimit-Limit": str(window.limit), "X-RateLimit-Remaining": "0"}
        headers |= {"X-RateLimit-Reset": str(int(reset)), "Retry-After": str(max(1, -int(now - reset)))}
        return Json({"detail": "Rate limit exceeded"}, 429, headers)
    busy = [
        job
        for job in call.emulator.jobs.of("luma", key)
        if job.state(now) in ("queued", "running") and now - job.accepted_at < SLOT_SECONDS
    ]
    return too_many_jobs() if len(busy) >= call.emulator.luma_jobs else None


def accept(call: Call, body: dict[str, Any], key: str, *, images: Ingested) -> Job:
    """Take the job into the books."""
    job_id, now = str(uuid4()), call.now
    painting = plan(body, job_id, images)
    extension = "jpg" if painting.format == "jpeg" else painting.format
    path = f"luma/{job_id}/output.{extension}"
    call.emulator.files.stored[path] = Stored(painting.mime, painting, signed=True)
    inputs = len(body.get("image_ref") or []) + (body.get("source") is not None)
    shot = Shot(job_id, painting.seed, now + call.emulator.latency, painting)
    price = PRICES[body.get("model", "uni-1")] + PER_IMAGE * inputs
    return call.emulator.jobs.add(Job("luma", job_id, key, body, now, price, [shot], {"path": path}))


def plan(body: dict[str, Any], job_id: str, images: Ingested) -> Painting:
    """The picture to paint: edits keep the source's size, otherwise the ratio decides."""
    painting = Painting(
        body["prompt"],
        seed_of(job_id),
        SIZES[body.get("aspect_ratio") or "1:1"],
        format=body.get("output_format") or "png",
        style=body.get("style", "auto"),
        references=tuple(image.data for image in images.references if image.data is not None),
    )
    if images.source is None:
        return painting if body.get("source") is None else replace(painting, size=SIZES["1:1"])
    return replace(painting, size=images.source.size or SIZES["1:1"], source=images.source.data)


async def poll(call: Call) -> Response:
    """`GET /generations/{id}`, with a fresh link each time."""
    job = call.emulator.jobs.find("luma", call.request.path_params["id"], call.bearer())
    if job is None:
        raise Refused(404, "Generation not found")
    job.turn(*call.fate)
    return Json(describe(call, job, STATES[job.state(call.now)]))


def describe(call: Call, job: Job, state: str) -> dict[str, Any]:
    """The generation object."""
    output = []
    if state == "completed":
        job.told = True
        link = call.emulator.files.sign(call.base, job.notes["path"], call.now)
        output = [{"type": "image", "url": link}]
    shot = job.shots[0]
    code = shot.reason or {"moderated": "content_moderated"}.get(shot.fate, "generation_failed")
    failed = state == "failed"
    return {
        "id": job.id,
        "type": job.request.get("type", "image"),
        "state": state,
        "model": job.request.get("model", "uni-1"),
        "created_at": stamp(job.accepted_at),
        "output": output,
        "failure_reason": REASONS.get(code, f"The job ended: {code}") if failed else None,
        "failure_code": code if failed else None,
    }
