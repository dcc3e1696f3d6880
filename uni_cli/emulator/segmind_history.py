"""Segmind's other hosts: the request history, and the upload of input images."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from starlette.responses import Response
from starlette.routing import Route

from uni_cli.emulator.files import Stored
from uni_cli.emulator.inputs import BadImage, decode_data_uri
from uni_cli.emulator.jobs import Job
from uni_cli.emulator.segmind import PRICES, Refused, error_of, exchange, key_of
from uni_cli.emulator.wire import Call, Json

HISTORY = "/segmind-history"
UPLOAD = "/segmind-upload"
STATES = {"queued": "PENDING", "running": "PENDING", "done": "COMPLETED", "failed": "FAILED"}
SORTS = ("model_created", "model_name", "credits_deduction")
WINDOW_DAYS = 31


def routes() -> list[Route]:
    """Both hosts, each below its own base URL."""
    inference = f"{HISTORY}/inference-request"
    return [
        Route(f"{inference}/request-history", exchange("recover", show_all), methods=["GET"]),
        Route(f"{inference}/request-history/{{id}}", exchange("recover", show), methods=["GET"]),
        Route(f"{inference}/generations", exchange("recover", show_outputs), methods=["GET"]),
        Route(f"{inference}/recent-generations", exchange("recover", show_outputs), methods=["GET"]),
        Route(f"{HISTORY}/inference-model-information/list", exchange("check", models), methods=["GET"]),
        Route(f"{UPLOAD}/upload-asset", exchange("upload", upload), methods=["POST"]),
    ]


def row(call: Call, job: Job) -> dict[str, Any]:
    """One request as the history tells it."""
    state = STATES[job.state(call.now)]
    done = state == "COMPLETED"
    job.told = job.told or done
    return {
        "request_id": job.id,
        "model_name": job.notes["slug"],
        "model_status": state,
        "model_created": datetime.fromtimestamp(job.accepted_at, UTC).isoformat(),
        "credits_deduction": float(job.price) if done else 0.0,
        "request_body": job.request,
        "generation_url": call.emulator.files.link(call.base, job.notes["path"]) if done else None,
        "latency_ms": None if state == "PENDING" else round((job.ready_at - job.accepted_at) * 1000),
        "error": error_of(job) if state == "FAILED" else None,
    }


async def show_all(call: Call) -> Response:
    """`GET /inference-request/request-history`: pages of own requests, failures included."""
    query = call.request.query_params
    page, per_page = whole(query.get("page", "1"), 1, 10**6), whole(query.get("per_page", "20"), 1, 100)
    first, last = window(call)
    rows = [
        row(call, job)
        for job in call.emulator.jobs.of("segmind", key_of(call))
        if first <= day(job.accepted_at) <= last and query.get("model_name", "") in job.notes["slug"]
    ]
    if status := query.get("status"):
        rows = [entry for entry in rows if entry["model_status"] == status]
    sort_by = query.get("sort_by", SORTS[0])
    if sort_by not in SORTS:
        raise Refused(400, "Invalid value for sort_by.")
    newest_first = query.get("sort_order", "desc") == "desc"
    if newest_first:
        rows.reverse()
    rows.sort(key=lambda entry: entry[sort_by], reverse=newest_first)
    start = (page - 1) * per_page
    paging = {"page": page, "per_page": per_page, "total": len(rows), "total_pages": -(-len(rows) // per_page)}
    return Json({"requests": rows[start : start + per_page]} | paging)


def whole(text: str, low: int, high: int) -> int:
    """A number of a page."""
    if not text.isdecimal() or not low <= int(text) <= high:
        raise Refused(400, f"page and per_page must be numbers, per_page up to 100: {text}")
    return int(text)


def day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def window(call: Call) -> tuple[date, date]:
    """The days asked for, at most 31."""
    query = call.request.query_params
    today = day(call.now)
    try:
        last = date.fromisoformat(query.get("to_date", today.isoformat()))
        first = date.fromisoformat(query.get("from_date", (today - timedelta(days=7)).isoformat()))
    except ValueError:
        raise Refused(400, "Dates are written YYYY-MM-DD.") from None
    if (last - first).days > WINDOW_DAYS:
        raise Refused(400, "The window may span at most 31 days.")
    return first, last


async def show(call: Call) -> Response:
    """`GET /inference-request/request-history/{id}`: of any age."""
    job = call.emulator.jobs.find("segmind", call.request.path_params["id"], key_of(call))
    if job is None:
        raise Refused(404, "Request not found")
    return Json(row(call, job))


async def show_outputs(call: Call) -> Response:
    """`GET /inference-request/generations`: only requests that have an output."""
    query = call.request.query_params
    rows = []
    for job in call.emulator.jobs.of("segmind", key_of(call)):
        entry = row(call, job)
        if entry["generation_url"] and query.get("model_name", "") in job.notes["slug"]:
            extra = {"status": "COMPLETED", "prompt": job.request.get("prompt"), "parameters": job.request}
            kept = ("request_id", "generation_url", "credits_deduction", "latency_ms")
            rows.append({name: entry[name] for name in kept} | extra)
    rows.reverse()
    return Json({"generations": rows, "page": whole(query.get("page", "1"), 1, 10**6), "total": len(rows)})


async def models(_call: Call) -> Response:
    """`GET /inference-model-information/list`."""
    return Json([{"slug": slug, "name": slug} for slug in PRICES])


async def upload(call: Call) -> Response:
    """`POST /upload-asset`: data URLs in, public URLs out, in the same order."""
    if not call.request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(406, "Invalid content type")
    try:
        body = await call.json()
        texts = body["data_urls"]
        blobs = [(text.partition(";")[0].removeprefix("data:"), decode_data_uri(text)) for text in texts]
    except (ValueError, TypeError, KeyError, AttributeError, BadImage):
        raise Refused(400, "data_urls must be a list of base64 data URLs") from None
    urls = [keep(call, mime, data) for mime, data in blobs]
    return Json({call.variant("upload"): urls, "message": "Files uploaded successfully"})


def keep(call: Call, mime: str, data: bytes) -> str:
    """Store one asset for good."""
    path = f"segmind/assets/{uuid4()}.{mime.rpartition('/')[2] or 'bin'}"
    call.emulator.files.stored[path] = Stored(mime, data)
    return call.emulator.files.link(call.base, path)
