"""Segmind: v2 jobs, the blocking v1 call, credits."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from uni_cli.emulator.files import Stored
from uni_cli.emulator.inputs import BadImage, Input, decode_data_uri, inspect, open_url
from uni_cli.emulator.jobs import Job, Shot
from uni_cli.emulator.limits import STYLES, good_aspect, good_prompt
from uni_cli.emulator.pictures import SIZES, Painting, seed_of
from uni_cli.emulator.wire import PAGE, Call, Handler, Json, converse

PREFIX = "/segmind"
PRICES = {"luma-uni-1": Decimal("0.0543"), "luma-uni-1-max": Decimal("0.129")}
RECORD_SECONDS = 3600
FILE_SECONDS = 7 * 86_400
CREDITS = Decimal("25")
WORDS = {"queued": "QUEUED", "running": "PROCESSING", "done": "COMPLETED", "failed": "FAILED"}
ERRORS = {
    400: "Bad request",
    401: "Invalid or expired API key",
    402: "Insufficient credits. You have 0 credits.",
    403: "This model is not allowed for your team",
    404: "Request not found",
    406: "Insufficient credits",
    410: "This model has been retired",
    422: "Validation error",
    429: "Rate limit exceeded",
    500: "Internal server error",
}


class Refused(Exception):
    """A synchronous no."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def routes() -> list[Route]:
    """The API below its base URL."""
    return [
        Route(f"{PREFIX}/v1/get-user-credits", exchange("check", show_credits), methods=["GET"]),
        Route(f"{PREFIX}/v2/requests/{{id}}/status", exchange("poll", show_status), methods=["GET"]),
        Route(f"{PREFIX}/v2/requests/{{id}}", exchange("poll", show_result), methods=["GET"]),
        Route(f"{PREFIX}/v2/{{slug}}", exchange("submit", submit), methods=["POST"]),
        Route(f"{PREFIX}/v1/{{slug}}", exchange("submit", run), methods=["POST"]),
    ]


def exchange(step: str, handler: Handler) -> Any:
    """A route's function: the handler behind the key check, its refusals worded."""

    async def guarded(call: Call) -> Response:
        try:
            authenticate(call)
            limited = limit(call) if step in call.variant("limit").split("+") else None
            return limited or await handler(call)
        except Refused as refusal:
            return Json({"error": refusal.error}, refusal.status)

    async def answer(request: Request) -> Response:
        return await converse(request, "segmind", step, handler=guarded, refusal=refuse)

    return answer


def authenticate(call: Call) -> str:
    """The key of `x-api-key`; a Bearer token is no key here."""
    key = key_of(call)
    if not key:
        raise Refused(401, "Missing x-api-key header")
    call.emulator.keys.add(key)
    if "wrong" in key:
        raise Refused(401, ERRORS[401])
    return key


def key_of(call: Call) -> str:
    return call.request.headers.get("x-api-key", "").strip()


def refuse(call: Call, status: int) -> Response:
    """An injected status: JSON from the service, a page from its gateway."""
    if status not in ERRORS:
        return HTMLResponse(PAGE.format(f"{status} Bad Gateway"), status)
    if status == 429:
        return too_many(call.now + (call.fault.seconds(2) if call.fault else 2))
    return Json({"error": ERRORS[status]}, status)


def too_many(reset: float) -> Response:
    """The rate limit: a time, no `Retry-After`."""
    when = datetime.fromtimestamp(reset, UTC).isoformat(timespec="seconds")
    return Json({"error": ERRORS[429]}, 429, {"x-rate-limit-reset-at-utc": when})


def limit(call: Call) -> Response | None:
    """Calls per minute."""
    if not call.emulator.limits:
        return None
    window = call.emulator.windows["segmind"]
    calls = window.calls(key_of(call), call.now)
    if len(calls) >= window.limit:
        return too_many(calls[0] + window.seconds)
    calls.append(call.now)
    return None


async def submit(call: Call) -> Response:
    """`POST /v2/{slug}`: everything that is JSON is queued, right or wrong."""
    job = await accept(call)
    call.emulator.jobs.add(job)
    answer = {"request_id": job.id, "status": "QUEUED"}
    if call.variant("answer") == "full":
        answer["poll_url"] = f"{call.base}{PREFIX}/v1/requests/{job.id}"
        answer |= links(call, job)
    return Json(answer)


async def accept(call: Call) -> Job:
    """A job from a request, not yet in the books."""
    slug, key = call.request.path_params["slug"], key_of(call)
    if slug not in PRICES:
        raise Refused(404, f"Model {slug} not found")
    if not call.request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(406, "Invalid content type")
    try:
        body = await call.json()
    except ValueError:
        raise Refused(400, "Invalid JSON body") from None
    if not isinstance(body, dict):
        raise Refused(400, "The body must be an object")
    if "broke" in key:
        short = call.variant("nocredits") == "402"
        raise Refused(402 if short else 406, ERRORS[402] if short else ERRORS[406])
    source, problem = await examine(call, body)
    if problem and call.variant("params") == "406":
        raise Refused(406, problem)
    return build(call, slug, body, source=source, problem=problem)


async def examine(call: Call, body: dict[str, Any]) -> tuple[Input | None, str]:
    """The source image, and what is wrong with the inputs."""
    if not good_prompt(body.get("prompt")):
        return None, "Prompt is required." if not body.get("prompt") else "Prompt is too long."
    if "aspect_ratio" in body and not good_aspect(body["aspect_ratio"]):
        return None, "Invalid value for aspect_ratio."
    if body.get("style", "auto") not in STYLES:
        return None, "Invalid value for style."
    if "image" not in body:
        return None, ""
    text = body["image"]
    if not isinstance(text, str) or not text.startswith(("http://", "https://", "data:")):
        return None, "Invalid value for image."
    try:
        return (inspect(decode_data_uri(text), "image") if text.startswith("data:") else await open_url(call, text)), ""
    except BadImage as problem:
        return None, f"The image could not be used ({problem.reason})."


def build(call: Call, slug: str, body: dict[str, Any], *, source: Input | None, problem: str) -> Job:
    """The job with its picture to be."""
    job_id = str(uuid4()) if call.variant("id") == "uuid" else uuid4().hex
    size = SIZES["16:9"] if problem else SIZES[body.get("aspect_ratio", "16:9")]
    if source is not None:
        size = source.size or SIZES["1:1"]
    painting = Painting(
        str(body.get("prompt")),
        seed_of(job_id),
        size,
        format=call.variant("format"),
        style=str(body.get("style", "auto")),
        source=source.data if source else None,
    )
    path = f"segmind/generations/{job_id[:18]}-picture.{painting.format}"
    gone_at = call.now + call.emulator.latency + FILE_SECONDS
    call.emulator.files.stored[path] = Stored(painting.mime, painting, gone_at=gone_at)
    shot = Shot(job_id, painting.seed, call.now if problem else call.now + call.emulator.latency, painting)
    notes = {"path": path, "slug": slug}
    job = Job("segmind", job_id, key_of(call), body, call.now, PRICES[slug], [shot], notes)
    job.doom(*(("failed", problem) if problem else call.fate))
    return job


def links(call: Call, job: Job) -> dict[str, str]:
    """Where the job's state and result are."""
    url = f"{call.base}{PREFIX}/v2/requests/{job.id}"
    return {"status_url": f"{url}/status", "response_url": url}


def find(call: Call) -> Job:
    """The job of this account that the path names, for an hour."""
    job_id = call.request.path_params["id"]
    job = call.emulator.jobs.find("segmind", job_id, key_of(call))
    if job is None or call.now > job.accepted_at + RECORD_SECONDS:
        raise Refused(404, f"Request {job_id} not found")
    job.turn(*call.fate)
    return job


def error_of(job: Job) -> str:
    """Why a job failed."""
    shot = job.shots[0]
    blocked = "The content was blocked by responsible AI practices."
    return shot.reason or (blocked if shot.fate == "moderated" else "The model could not make the picture.")


def remaining(call: Call, key: str) -> Decimal:
    """The account's balance."""
    spent = sum((job.charged(call.now) for job in call.emulator.jobs.of("segmind", key)), Decimal(0))
    return Decimal(0) if "broke" in key else CREDITS - spent


def metrics(call: Call, job: Job) -> dict[str, Any]:
    """Times, and for a good end the money."""
    total = round(job.ready_at - job.accepted_at, 4)
    times = {"inference_time": round(total * 0.9, 4), "queue_time": round(total * 0.1, 4), "total_time": total}
    if job.state(call.now) != "done":
        return times
    return times | {"cost": float(job.price), "remaining_credits": float(remaining(call, job.owner))}


async def show_status(call: Call) -> Response:
    """`GET /v2/requests/{id}/status`: a failure comes as 422."""
    job = find(call)
    state = WORDS[job.state(call.now)]
    if state == "FAILED":
        return Json({"status": state, "error": error_of(job), "metrics": metrics(call, job)}, 422)
    if state == "COMPLETED":
        job.told = True
        return Json({"status": state, "request_id": job.id, "metrics": metrics(call, job)})
    return Json({"status": state, "request_id": job.id} | links(call, job) | {"metrics": {}})


async def show_result(call: Call) -> Response:
    """`GET /v2/requests/{id}`."""
    job = find(call)
    if job.state(call.now) != "done":
        return await show_status(call)
    job.told = True
    stored = call.emulator.files.stored[job.notes["path"]]
    url = call.emulator.files.link(call.base, job.notes["path"])
    image = {"url": url, "content_type": stored.mime, "file_name": url.rpartition("/")[2]}
    forms: dict[str, dict[str, Any]] = {
        "text": {"output": url, "images": [image]},
        "list": {"output": [url]},
        "object": {"output": {"url": url}},
        "images": {"images": [image]},
        "missing": {},
    }
    return Json({"status": "COMPLETED"} | forms[call.variant("output")] | {"metrics": metrics(call, job)})


async def run(call: Call) -> Response:
    """`POST /v1/{slug}`: blocks, then sends the picture itself."""
    job = await accept(call)
    if job.shots[0].reason:
        raise Refused(406, job.shots[0].reason)
    call.emulator.jobs.add(job)
    await call.emulator.pause(call.emulator.latency)
    if job.shots[0].fate == "never":
        return refuse(call, 504)
    job.hurry(call.now)
    if job.state(call.now) == "failed":
        raise Refused(406, error_of(job))
    job.told = True
    stored = call.emulator.files.stored[job.notes["path"]]
    headers = {
        "x-request-id": job.id,
        "x-cost": str(job.price),
        "x-remaining-credits": str(remaining(call, job.owner)),
        "x-generation-time": str(metrics(call, job)["total_time"]),
    }
    return Response(await stored.read(fast=call.emulator.fast), media_type=stored.mime, headers=headers)


async def show_credits(call: Call) -> Response:
    """`GET /v1/get-user-credits`."""
    return Json({"credits": float(remaining(call, key_of(call))), "free-credits": 0.0})
