"""GMI Cloud's request queue: a POST that waits, records, the list, signed uploads."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from uni_cli.emulator.files import Slot, Stored
from uni_cli.emulator.inputs import BadImage, Input, open_url
from uni_cli.emulator.jobs import Job, Shot
from uni_cli.emulator.limits import good_aspect, good_prompt
from uni_cli.emulator.pictures import ASPECTS, SIZES, Painting, seed_of
from uni_cli.emulator.wire import PAGE, Call, Handler, Json, converse

PREFIX = "/gmicloud/api/v1/ie/requestqueue/apikey"
MODEL = "luma-uni-1.1"
PRICE = Decimal("0.0404")
EDIT_PRICE = Decimal("0.0434")
UPLOAD_SECONDS = 899
MIMES = {
    "png": "image/png",
    "jpg": "image/jpg",
    "jpeg": "image/jpeg",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
}
ERRORS = {
    400: "invalid parameter",
    401: "invalid API key",
    402: "Insufficient credits. Please top up your account",
    403: "not allowed",
    404: "not found",
    429: "rate limit exceeded",
    500: "internal server error",
    503: "upstream capacity is exhausted",
}
MODERATED_400 = "The generation was rejected by moderation. Please review the prompt"


class Refused(Exception):
    """A synchronous no."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.error = error


def routes() -> list[Route]:
    """The API below its base URL."""
    return [
        Route(f"{PREFIX}/requests", exchange("submit", submit), methods=["POST"]),
        Route(f"{PREFIX}/requests", exchange("recover", show_all), methods=["GET"]),
        Route(f"{PREFIX}/requests/{{id}}", exchange("poll", show), methods=["GET"]),
        Route(f"{PREFIX}/models", exchange("check", models), methods=["GET"]),
        Route(f"{PREFIX}/models/{{id}}", exchange("check", model), methods=["GET"]),
        Route(f"{PREFIX}/upload-url", exchange("upload", upload_url), methods=["POST"]),
    ]


def exchange(step: str, handler: Handler) -> Any:
    """A route's function: the handler behind the key check, its refusals worded."""

    async def guarded(call: Call) -> Response:
        try:
            key = call.bearer()
            if not key or "wrong" in key:
                raise Refused(401, "missing API key" if not key else ERRORS[401])
            return await handler(call)
        except Refused as refusal:
            return Json({"error": refusal.error}, refusal.status)

    async def answer(request: Request) -> Response:
        return await converse(request, "gmicloud", step, handler=guarded, refusal=refuse)

    return answer


def refuse(call: Call, status: int) -> Response:
    """An injected status: JSON from the service, a page from its gateway."""
    if status not in ERRORS:
        return HTMLResponse(PAGE.format(f"{status} Bad Gateway"), status)
    argument = call.fault.argument if call.fault else ""
    headers = {"Retry-After": argument} if argument.isdecimal() else None
    error = "Backend error (400) invalid parameter" if (status, argument) == (500, "backend") else ERRORS[status]
    return Json({"error": error}, status, headers)


async def submit(call: Call) -> Response:
    """`POST /requests`: normally answers when the job is over."""
    if call.fate == ("moderated", "400"):
        raise Refused(400, MODERATED_400)
    body = await read(call)
    if body.get("model") != MODEL:
        raise Refused(404, f"model {body.get('model')!r} does not exist, or you have no access to it")
    payload = body.get("payload")
    if not isinstance(payload, dict):
        raise Refused(400, "payload must be an object")
    if "broke" in call.bearer():
        raise Refused(402, ERRORS[402])
    source, problem = await examine(call, payload)
    if problem and call.variant("params") != "failed":
        raise Refused(*{"400": (400, problem), "500": (500, f"Backend error (400) {problem}")}[call.variant("params")])
    job = accept(call, payload, source=source, problem=problem)
    return await answer(call, job)


async def read(call: Call) -> dict[str, Any]:
    """The JSON object of a POST."""
    if not call.request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(400, "Content-Type must be application/json")
    try:
        body = await call.json()
    except ValueError:
        raise Refused(400, "the body is not valid JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the body must be an object")
    return body


async def examine(call: Call, payload: dict[str, Any]) -> tuple[Input | None, str]:
    """The source image, and what is wrong with the inputs."""
    if not good_prompt(payload.get("prompt")):
        return None, "prompt is required and takes up to 6000 characters"
    if "aspect_ratio" in payload and not good_aspect(payload["aspect_ratio"]):
        return None, f"aspect_ratio must be one of {', '.join(ASPECTS)}"
    if "image" not in payload:
        return None, ""
    if not isinstance(payload["image"], str) or not payload["image"].startswith(("http://", "https://")):
        return None, "image must be a URL"
    try:
        return await open_url(call, payload["image"]), ""
    except BadImage as problem:
        return None, f"image could not be used ({problem.reason})"


def accept(call: Call, payload: dict[str, Any], *, source: Input | None, problem: str) -> Job:
    """Take the job into the books."""
    job_id, now = str(uuid4()), call.now
    size = SIZES.get(str(payload.get("aspect_ratio", "1:1")), SIZES["1:1"])
    if source is not None:
        size = source.size or SIZES["1:1"]
    painting = Painting(
        str(payload.get("prompt")),
        seed_of(job_id),
        size,
        format=call.variant("format"),
        source=source.data if source else None,
    )
    folder = "gmicloud/gmi-video-assests-prod/user-assets/ORG/USER/gmi-videogen/generated"
    path = f"{folder}/{job_id[:18]}.png"
    call.emulator.files.stored[path] = Stored(painting.mime, painting)
    thumbnail = Painting(painting.prompt, painting.seed, (256, 256), format="jpeg")
    call.emulator.files.stored[f"{folder}/{job_id[:18]}_thumb.jpg"] = Stored(thumbnail.mime, thumbnail)
    shot = Shot(job_id, painting.seed, now if problem else now + call.emulator.latency, painting)
    price = EDIT_PRICE if "image" in payload else PRICE
    notes = {"path": path, "thumbnail": f"{folder}/{job_id[:18]}_thumb.jpg", "echo": payload}
    if "image" in payload and call.variant("echo") == "usual":
        notes["echo"] = {}
    job = call.emulator.jobs.add(Job("gmicloud", job_id, call.bearer(), payload, now, price, [shot], notes))
    fate, reason = call.fate
    if problem or (call.variant("shape") == "D" and fate == "ok"):
        fate, reason = "failed", problem
    job.doom(fate, reason)
    return job


async def answer(call: Call, job: Job) -> Response:
    """One of the four shapes of an answer."""
    if job.shots[0].fate == "never" or call.variant("shape") == "C":
        return Json(minimal(job, "queued" if job.shots[0].fate == "never" else "dispatched"))
    await call.emulator.pause(max(0.0, job.ready_at - call.now))
    job.hurry(call.now)
    if call.variant("shape") == "B" and job.shots[0].fate == "ok":
        return Json(minimal(job, "success"))
    return Json(record(call, job))


def minimal(job: Job, status: str) -> dict[str, Any]:
    """The record as a submit may answer it."""
    moment = int(job.accepted_at)
    names = {"request_id": job.id, "model": MODEL, "status": status}
    return names | {"created_at": moment, "queued_at": moment, "updated_at": moment}


def status_of(job: Job, now: float) -> str:
    """The service's word for a job's state."""
    if job.shots[0].fate == "never":
        return "queued"
    return {"queued": "queued", "running": "processing", "done": "success", "failed": "failed"}[job.state(now)]


def record(call: Call, job: Job) -> dict[str, Any]:
    """The whole record."""
    status = status_of(job, call.now)
    result = minimal(job, status) | {"org_id": "org-emulator", "is_public": False, "payload": job.notes["echo"]}
    if status == "success":
        job.told = True
        result |= {"updated_at": int(job.ready_at), "outcome": outcome(call, job)}
    elif status == "failed":
        result |= {"updated_at": int(job.ready_at)} | complaint(call, job)
    elif call.variant("outcome") != "absent":
        result["outcome"] = None if call.variant("outcome") == "null" else {}
    return result


def outcome(call: Call, job: Job) -> dict[str, Any]:
    """Where the picture is, in one of the forms that have been seen."""
    files, form = call.emulator.files, call.variant("media")
    url = files.link(call.base, job.notes["path"])
    if form in ("image_url", "url"):
        return {form: url}
    media: dict[str, list[Any]] = {"objects": [{"id": "0", "url": url}], "strings": [url], "empty": []}
    return {"media_urls": media[form], "thumbnail_image_url": files.link(call.base, job.notes["thumbnail"])}


def complaint(call: Call, job: Job) -> dict[str, Any]:
    """Why a job failed, where the variant puts it."""
    shot = job.shots[0]
    cause = shot.reason or ("content policy" if shot.fate == "moderated" else "upstream error")
    text = f"Image generation failed: {cause}"
    place = call.variant("reason")
    return {"outcome": {"error": text}} if place == "outcome" else {"outcome": None, place: text}


async def show(call: Call) -> Response:
    """`GET /requests/{id}`."""
    job = call.emulator.jobs.find("gmicloud", call.request.path_params["id"], call.bearer())
    if job is None:
        raise Refused(404, "request not found")
    job.turn(*call.fate)
    return Json(record(call, job))


async def show_all(call: Call) -> Response:
    """`GET /requests?model_id=`; the order is nobody's promise, so the oldest comes first."""
    model_id = call.request.query_params.get("model_id")
    if not model_id:
        raise Refused(400, "model_id is required")
    jobs = [job for job in call.emulator.jobs.of("gmicloud", call.bearer()) if model_id == MODEL]
    if call.variant("list") == "late":
        jobs = [job for job in jobs if job.state(call.now) in ("done", "failed")]
    return Json({"requests": [record(call, job) for job in jobs], "total": len(jobs)})


async def models(call: Call) -> Response:
    """`GET /models`."""
    if call.variant("models") == "objects":
        return Json({"models": [describe_model()]})
    return Json({"model_ids": [MODEL]})


async def model(call: Call) -> Response:
    """`GET /models/{id}`."""
    if call.request.path_params["id"] != MODEL:
        raise Refused(404, "model not found")
    return Json(describe_model())


def describe_model() -> dict[str, Any]:
    """The model's own page."""
    aspect = {"name": "aspect_ratio", "type": "enum", "required": False, "choices": list(ASPECTS), "default": "1:1"}
    return {
        "model": MODEL,
        "org_id": "",
        "model_type": "image",
        "brief_description": "Luma Uni-1.1",
        "parameters": [
            {"name": "prompt", "display_name": "Prompt", "description": "", "type": "string", "required": True},
            aspect | {"display_name": "Aspect ratio", "description": ""},
            {"name": "image", "display_name": "Image", "description": "", "type": "image", "required": False},
        ],
        "price_info": {"price": 1, "pricing_type": "per_request", "unit": "image"},
        "host_type": "external",
        "tags": [],
    }


async def upload_url(call: Call) -> Response:
    """`POST /upload-url`: a signed place for one file."""
    file_type = (await read(call)).get("file_type")
    if not isinstance(file_type, str) or file_type not in MIMES:
        raise Refused(400, f"file_type must be one of {', '.join(MIMES)}")
    files, now = call.emulator.files, call.now
    path = f"gmicloud/gmi-video-assests-prod/user-assets/ORG/USER/uploads/{uuid4().hex}.{file_type}"

    def receive(data: bytes) -> None:
        files.stored[path] = Stored(MIMES[file_type], data)

    files.slots[path] = Slot(MIMES[file_type], now + UPLOAD_SECONDS, receive)
    return Json(
        {"upload_url": files.sign(call.base, path, now, UPLOAD_SECONDS), "public_url": files.link(call.base, path)}
    )
