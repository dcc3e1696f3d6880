"""`/_emulator`: statistics, faults, the clock and a fresh start, for the tests that drive us."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uni_cli.emulator.files import stamp
from uni_cli.emulator.wire import Json, emulator_of

PREFIX = "/_emulator"


def routes() -> list[Route]:
    """Everything that is not part of any service."""
    return [
        Route(f"{PREFIX}/stats", stats, methods=["GET"]),
        Route(f"{PREFIX}/jobs", jobs, methods=["GET"]),
        Route(f"{PREFIX}/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route(f"{PREFIX}/clock", clock, methods=["GET", "POST"]),
        Route(f"{PREFIX}/reset", reset, methods=["POST"]),
    ]


async def stats(request: Request) -> Response:
    """Accepted and billed jobs per service."""
    return Json(emulator_of(request).stats())


async def jobs(request: Request) -> Response:
    """Every accepted job with the request as it came in."""
    emulator = emulator_of(request)
    now = emulator.now()
    rows = [
        {
            "service": job.service,
            "id": job.id,
            "state": job.state(now),
            "accepted_at": stamp(job.accepted_at),
            "usd": str(job.charged(now)),
            "request": job.request,
        }
        for job in emulator.jobs.all
    ]
    return Json(rows)


async def faults(request: Request) -> Response:
    """Show, replace or forget the faults."""
    book = emulator_of(request).faults
    if request.method != "GET":
        lines = await body_of(request) if request.method == "POST" else []
        lines = lines.get("faults") if isinstance(lines, dict) else lines
        if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
            return Json({"error": "send a JSON list of SERVICE:STEP:KIND[:COUNT]"}, 400)
        try:
            book.replace(lines)
        except ValueError as problem:
            return Json({"error": str(problem)}, 400)
    return Json([str(fault) for fault in book.lines])


async def clock(request: Request) -> Response:
    """Tell the time, or move it by `advance` seconds."""
    emulator = emulator_of(request)
    if request.method == "POST":
        body = await body_of(request)
        seconds = body.get("advance") if isinstance(body, dict) else None
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            return Json({"error": 'send {"advance": SECONDS}'}, 400)
        emulator.advance(seconds)
    return Json({"now": emulator.now()})


async def reset(request: Request) -> Response:
    """Forget everything that happened."""
    emulator = emulator_of(request)
    emulator.reset()
    return Json(emulator.stats())


async def body_of(request: Request) -> Any:
    """The JSON body, None where it is none."""
    try:
        return await request.json()
    except ValueError:
        return None
