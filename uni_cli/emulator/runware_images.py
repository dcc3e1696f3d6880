"""Runware's pictures: accepting `imageInference`, and telling what became of it."""

import base64
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from uni_cli.emulator import runware_errands
from uni_cli.emulator.files import Stored
from uni_cli.emulator.jobs import Job, Shot
from uni_cli.emulator.pictures import SIZES, Painting, nearest_size, seed_of
from uni_cli.emulator.runware_rules import UUID4, Images, TaskError, check, output_type, read_images
from uni_cli.emulator.wire import Call

Rows = tuple[list[dict[str, Any]], list[dict[str, Any]]]

PRICES = {"luma:uni@1": Decimal("0.0404"), "luma:uni@1-max": Decimal("0.1000")}
PER_IMAGE = Decimal("0.003")
SYNC_SECONDS = 120.0
LINK_SECONDS = 86_400
MODERATED = "providerContentPolicyViolation"
MESSAGES = {MODERATED: "The provider refused the content", "inferenceError": "The picture could not be made"}


async def infer(call: Call, task: dict[str, Any], key: str) -> Rows:
    """`imageInference`."""
    check_funds(call, key)
    uuid = task["taskUUID"]
    if not UUID4.fullmatch(uuid):
        raise TaskError("invalidTaskUUID", "taskUUID must be a UUID v4", "taskUUID")
    check_duplicate(call, task)
    check(call, task)
    job = accept(call, task, key, images=await read_images(call, task))
    if "webhookURL" in task or "uploadEndpoint" in task:
        call.emulator.begin(runware_errands.deliver(call, job, row))
    if task.get("deliveryMethod", "sync") == "async" or "webhookURL" in task:
        rows = [] if call.variant("ack") == "empty" else [{"taskType": "imageInference", "taskUUID": uuid}]
        job.notes["answer"] = {"data": rows}
        return rows, []
    return await wait(call, job)


def check_funds(call: Call, key: str) -> None:
    """A key of an account without money."""
    if "broke" not in key:
        return
    if call.variant("nofunds") == "402":
        raise TaskError("insufficientCredits", "Insufficient credits", http=402)
    raise TaskError("thirdPartyInsufficientCredits", "Third-party models need a paid invoice or at least 5 USD")


def check_duplicate(call: Call, task: dict[str, Any]) -> None:
    """Refuse a `taskUUID` that is known; the archive keeps the refusal as the last answer."""
    job = call.emulator.jobs.find("runware", task["taskUUID"].lower())
    if job is None:
        return
    running = job.state(call.now) in ("queued", "running")
    if not running and call.variant("duplicates") == "while-running":
        return
    error = TaskError("conflictTaskUUID", "A task with this taskUUID exists already", "taskUUID")
    job.notes["answer"] = {"data": [], "errors": [error.entry(task)]}
    raise error


def accept(call: Call, task: dict[str, Any], key: str, *, images: Images) -> Job:
    """Take the job into the books; its pictures get ready one after the other."""
    uuid, now, total = task["taskUUID"].lower(), call.now, task.get("numberResults", 1)
    nonce = len(call.emulator.jobs.all)
    shots = []
    for index in range(total):
        image_id = str(uuid5(NAMESPACE_URL, f"{uuid}/{nonce}/{index}"))
        painting = plan(task, seed_of(image_id), images)
        ready_at = now + call.emulator.latency * (0.5 + 0.5 * (index + 1) / total)
        shots.append(Shot(image_id, painting.seed, ready_at, painting))
        shelve(call, image_id, painting, ttl=task.get("ttl", LINK_SECONDS))
    count = len(images.references) + (images.seed_image is not None)
    price = PRICES[task["model"]] + PER_IMAGE * count
    job = Job("runware", uuid, key, task, now, price, shots)
    fate, code = call.fate
    if fate == "partial":
        shots[-1].fate, shots[-1].reason = "failed", code
    elif (fate, code) != ("moderated", "nsfw"):
        job.doom(fate, code)
    job.notes["nsfw"] = (fate, code) == ("moderated", "nsfw")
    return call.emulator.jobs.add(job)


def plan(task: dict[str, Any], seed: int, images: Images) -> Painting:
    """The picture to paint; without a size edits get the listed pair nearest to their source."""
    size = SIZES["1:1"]
    if "width" in task:
        size = (task["width"], task["height"])
    elif images.seed_image is not None and images.seed_image.size is not None:
        size = nearest_size(images.seed_image.size)
    return Painting(
        task["positivePrompt"],
        seed,
        size,
        format={"JPG": "jpeg", "PNG": "png", "WEBP": "webp"}[task.get("outputFormat", "JPG")],
        quality=task.get("outputQuality", 95),
        style=task.get("settings", {}).get("style", "auto"),
        source=images.seed_image.data if images.seed_image else None,
        references=tuple(image.data for image in images.references if image.data is not None),
    )


def shelve(call: Call, image_id: str, painting: Painting, *, ttl: int) -> None:
    """Make the picture reachable by its link and by its id."""
    extension = "jpg" if painting.format == "jpeg" else painting.format
    path = f"runware/image/os/a01/ws/4/ii/{image_id}.{extension}"
    gone_at = call.now + call.emulator.latency + ttl
    call.emulator.files.stored[path] = Stored(painting.mime, painting, gone_at=gone_at)
    call.emulator.shelves["runware"][image_id] = path


async def wait(call: Call, job: Job) -> Rows:
    """Hold a synchronous call until the pictures exist; the job goes on when that takes too long."""
    await call.emulator.pause(min(call.emulator.latency, SYNC_SECONDS))
    if call.emulator.latency > SYNC_SECONDS or job.shots[0].fate == "never":
        raise TaskError("providerGatewayTimeout", "The provider did not answer in time", http=504)
    job.hurry(call.now)
    rows, errors = await tell(call, job, polled=False)
    job.notes["answer"] = {"data": rows} | ({"errors": errors} if errors else {})
    return rows, errors


async def tell(call: Call, job: Job, *, polled: bool) -> Rows:
    """Everything known about a job: finished pictures again and again, and errors in one of two forms."""
    rows, errors, now = [], [], call.now
    for shot in job.shots:
        state = shot.state(now)
        if state == "done":
            rows.append(await row(call, job, shot, polled=polled))
        elif state == "failed":
            failed = error_entry(job, shot)
            if call.variant("form") == "B" and polled:
                names = {"taskType": "imageInference", "taskUUID": job.request["taskUUID"], "status": "error"}
                rows.append(names | {"error": failed})
            else:
                errors.append(failed)
        elif call.variant("running") != "empty":
            status = "pending" if call.variant("running") == "pending" else "processing"
            rows.append({"taskType": "imageInference", "taskUUID": job.request["taskUUID"], "status": status})
    return rows, errors


async def row(call: Call, job: Job, shot: Shot, *, polled: bool = False) -> dict[str, Any]:
    """One finished picture."""
    task = job.request
    result: dict[str, Any] = {"taskType": "imageInference", "taskUUID": task["taskUUID"], "imageUUID": shot.id}
    if polled:
        result["status"] = "success"
    result |= await handed_over(call, shot, output_type(task))
    result["seed"] = shot.seed
    if task.get("includeCost") and call.variant("cost") != "missing":
        result["cost"] = 0 if call.variant("cost") == "zero" else float(job.price)
    safety = task.get("safety") or {}
    if safety.get("checkContent") or safety.get("mode") == "fast":
        result["NSFWContent"] = bool(job.notes["nsfw"])
    job.told = True
    return result


async def handed_over(call: Call, shot: Shot, kind: str) -> dict[str, str]:
    """The picture as a link, as base64 or as a data URI."""
    path = call.emulator.shelves["runware"][shot.id]
    if kind == "URL":
        return {"imageURL": call.emulator.files.link(call.base, path)}
    stored = call.emulator.files.stored[path]
    text = base64.b64encode(await stored.read(fast=call.emulator.fast)).decode()
    if kind == "base64Data":
        return {"imageBase64Data": text}
    return {"imageDataURI": f"data:{stored.mime};base64,{text}"}


def error_entry(job: Job, shot: Shot) -> dict[str, Any]:
    """The error object of a picture that could not be made."""
    code = shot.reason or (MODERATED if shot.fate == "moderated" else "inferenceError")
    error = TaskError(code, MESSAGES.get(code, "The task failed"), status="error")
    return error.entry(job.request)


async def get_response(call: Call, task: dict[str, Any], key: str) -> Rows:
    """`getResponse`."""
    job = call.emulator.jobs.find("runware", task["taskUUID"].lower(), key)
    if job is None:
        return unknown(call)
    if call.fate[0] != "partial":
        job.turn(*call.fate)
    return await tell(call, job, polled=True)


async def get_task_details(call: Call, task: dict[str, Any], key: str) -> Rows:
    """`getTaskDetails`: the stored request and the last answer given."""
    job = call.emulator.jobs.find("runware", task["taskUUID"].lower(), key)
    if job is None or call.variant("details") == "none":
        return unknown(call)
    response = job.notes.get("answer", {"data": []})
    bare = "errors" not in response and not any("imageUUID" in entry for entry in response["data"])
    if bare and call.variant("details") == "last" and job.state(call.now) in ("done", "failed"):
        rows, errors = await tell(call, job, polled=False)
        response = {"data": rows} | ({"errors": errors} if errors else {})
    row = {"taskType": "getTaskDetails", "taskUUID": task["taskUUID"], "request": [job.request], "response": response}
    return [row], []


def unknown(call: Call) -> Rows:
    """Nothing, or an error: nobody knows which."""
    if call.variant("unknown") == "error":
        raise TaskError("taskNotFound", "No task with this taskUUID", "taskUUID", http=404)
    return [], []
