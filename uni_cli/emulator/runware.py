"""Runware: one URL, an array of tasks, rows and errors."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from uni_cli.emulator import runware_images, runware_media
from uni_cli.emulator.runware_rules import UUID, TaskError
from uni_cli.emulator.wire import PAGE, Call, Json, converse

PATH = "/runware/v1"
STEPS = {
    "imageInference": "submit",
    "getResponse": "poll",
    "getTaskDetails": "recover",
    "mediaStorage": "upload",
    "imageUpload": "upload",
}
TASKS = {
    "imageInference": runware_images.infer,
    "getResponse": runware_images.get_response,
    "getTaskDetails": runware_images.get_task_details,
    "mediaStorage": runware_media.store,
    "imageUpload": runware_media.upload_image,
    "accountManagement": runware_media.account,
    "modelSearch": runware_media.search_models,
    "ping": runware_media.ping,
}
CODES = {
    400: ("invalidRequest", "The request is invalid"),
    401: ("invalidApiKey", "The API key is invalid"),
    402: ("insufficientCredits", "Insufficient credits"),
    403: ("forbidden", "This key lacks permission"),
    404: ("taskNotFound", "Not found"),
    408: ("timeout", "The request timed out"),
    429: ("rateLimitExceeded", "The queue of this model is full"),
    500: ("internalServerError", "Internal server error"),
    503: ("serviceUnavailable", "No capacity at the moment"),
    504: ("providerGatewayTimeout", "The provider did not answer in time"),
}


def routes() -> list[Route]:
    """The one URL, with or without a slash at its end."""
    return [Route(path, answer, methods=["POST"]) for path in (PATH, f"{PATH}/")]


async def answer(request: Request) -> Response:
    """Find out what the first real task is, then let faults and tasks happen."""
    try:
        tasks = await request.json()
    except ValueError:
        tasks = None
    kinds = [task.get("taskType") for task in tasks if isinstance(task, dict)] if isinstance(tasks, list) else []
    step = next((STEPS.get(str(kind), "check") for kind in kinds if kind != "authentication"), "check")

    async def handler(call: Call) -> Response:
        try:
            return await work(call, tasks)
        except TaskError as error:
            return Json({"data": [], "errors": [error.entry()]}, error.http)

    return await converse(request, "runware", step, handler=handler, refusal=refuse)


def refuse(call: Call, status: int) -> Response:
    """An injected status: a gateway's page for 502, else an error object."""
    if status not in CODES:
        return HTMLResponse(PAGE.format(f"{status} Bad Gateway"), status)
    code, message = CODES[status]
    code = call.fault.argument if call.fault and call.fault.argument.isalpha() else code
    delay = call.fault.argument if call.fault and call.fault.argument.isdecimal() else ""
    headers = {"Retry-After": delay} if delay else None
    return Json({"data": [], "errors": [TaskError(code, message).entry()]}, status, headers)


async def work(call: Call, tasks: Any) -> Response:
    """Do the tasks one after the other; some may fail while others succeed."""
    if not call.request.headers.get("content-type", "").startswith("application/json"):
        raise TaskError("invalidRequest", "Content-Type must be application/json")
    if not isinstance(tasks, list) or not tasks or not all(isinstance(task, dict) for task in tasks):
        raise TaskError("invalidRequest", "The body must be an array of task objects")
    key, tasks, rows = authenticate(call, tasks)
    errors: list[dict[str, Any]] = []
    statuses = []
    for task in tasks:
        try:
            found, failed = await perform(call, task, key)
            rows += found
            errors += failed
        except TaskError as error:
            errors.append(error.entry(task))
            statuses.append(error.http)
    body: dict[str, Any] = {"data": rows}
    if errors:
        body["errors"] = errors
    return Json(body, statuses[0] if statuses and not rows else 200)


def authenticate(call: Call, tasks: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """The key from the header or the first task; what remains to do, and the rows so far."""
    key, rows = call.bearer(), []
    if tasks[0].get("taskType") == "authentication":
        key = str(tasks[0].get("apiKey") or "")
        if key:
            call.emulator.keys.add(key)
        rows = [{"taskType": "authentication", "connectionSessionUUID": runware_media.session(key)}]
        tasks = tasks[1:]
    if not key or "wrong" in key:
        code = "invalidApiKey" if key else "missingApiKey"
        raise TaskError(code, "The API key is missing or invalid", "apiKey", http=401, taskType="authentication")
    return key, tasks, rows if not tasks else []


async def perform(call: Call, task: dict[str, Any], key: str) -> runware_images.Rows:
    """One task: its rows and its errors."""
    kind = task.get("taskType")
    if not isinstance(kind, str) or kind not in TASKS:
        code = "missingTaskType" if kind is None else "invalidTaskType"
        raise TaskError(code, "taskType must be a known task", "taskType", allowedValues=sorted(TASKS))
    if kind != "ping" and not UUID.fullmatch(str(task.get("taskUUID", ""))):
        code = "invalidTaskUUID" if "taskUUID" in task else "missingTaskUUID"
        raise TaskError(code, "taskUUID must be a UUID v4", "taskUUID")
    return await TASKS[kind](call, task, key)
