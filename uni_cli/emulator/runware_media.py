"""Runware's utility tasks: media storage, account, models, ping."""

import io
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from PIL import Image

from uni_cli.emulator.files import Stored
from uni_cli.emulator.pictures import MIMES
from uni_cli.emulator.runware_images import Rows
from uni_cli.emulator.runware_rules import MODELS, TaskError, read_image
from uni_cli.emulator.wire import Call

UPLOAD_SIDE = 2048


async def store(call: Call, task: dict[str, Any], _key: str) -> Rows:
    """`mediaStorage`: upload and delete."""
    operation, media = task.get("operation"), task.get("media")
    if operation not in ("upload", "delete"):
        message = "operation must be upload or delete"
        raise TaskError("invalidOperation", message, "operation", allowedValues=["upload", "delete"])
    if not isinstance(media, str):
        raise TaskError("missingMedia", "media is required", "media")
    answer = {"taskType": "mediaStorage", "taskUUID": task["taskUUID"], "operation": operation}
    if operation == "delete":
        path = call.emulator.shelves["runware"].pop(media.lower(), None)
        if path is None:
            raise TaskError("mediaNotFound", f"no media {media}", "media", http=404)
        call.emulator.files.stored.pop(path, None)
        return [answer | {"mediaUUID": media}], []
    media_id, url = keep(call, (await read_image(call, media, "media")).data)
    return [answer | {"mediaUUID": media_id, "mediaURL": url}], []


async def upload_image(call: Call, task: dict[str, Any], _key: str) -> Rows:
    """`imageUpload`, deprecated: what is stored has at most 2048 pixels a side."""
    if not isinstance(task.get("image"), str):
        raise TaskError("missingImage", "image is required", "image")
    image_id, url = keep(call, scaled((await read_image(call, task["image"], "image")).data))
    return [{"taskType": "imageUpload", "taskUUID": task["taskUUID"], "imageUUID": image_id, "imageURL": url}], []


def keep(call: Call, data: bytes | None) -> tuple[str, str]:
    """Store bytes; a public URL that was never fetched is stored as a small grey picture."""
    image_id, content = str(uuid4()), data or placeholder()
    with Image.open(io.BytesIO(content)) as image:
        name = (image.format or "PNG").lower()
    path = f"runware/media/{image_id}.{'jpg' if name == 'jpeg' else name}"
    call.emulator.files.stored[path] = Stored(MIMES.get(name, f"image/{name}"), content)
    call.emulator.shelves["runware"][image_id] = path
    return image_id, call.emulator.files.link(call.base, path)


def placeholder() -> bytes:
    """Any picture at all."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "grey").save(out, "PNG")
    return out.getvalue()


def scaled(data: bytes | None) -> bytes | None:
    """The same picture, not larger than the store allows."""
    if data is None:
        return None
    with Image.open(io.BytesIO(data)) as image:
        if max(image.size) <= UPLOAD_SIDE:
            return data
        small = image.convert("RGB")
        small.thumbnail((UPLOAD_SIDE, UPLOAD_SIDE))
    out = io.BytesIO()
    small.save(out, "PNG")
    return out.getvalue()


async def account(call: Call, task: dict[str, Any], key: str) -> Rows:
    """`accountManagement`: details with the balance; the usage reports are empty."""
    names = {"taskType": "accountManagement", "taskUUID": task["taskUUID"]}
    operation = task.get("operation")
    if operation in ("getUsageActivity", "getUsagePerformance", "getUsageErrors"):
        return [names | {"operation": operation, "results": []}], []
    if operation != "getDetails":
        raise TaskError("invalidOperation", "operation must be a known operation", "operation")
    amount = 0.0 if "broke" in key else 25.0
    spent = sum(float(job.charged(call.now)) for job in call.emulator.jobs.of("runware", key))
    balance: Any = {"amount": round(amount - spent, 4), "freeBalance": 0, "currency": "USD"}
    used = {"credits": round(spent, 4), "requests": sum(1 for _ in call.emulator.jobs.of("runware", key))}
    return [
        names
        | {
            "operation": operation,
            "organizationUUID": session("organization"),
            "organizationName": "Emulator",
            "balance": balance["amount"] if call.variant("balance") == "number" else balance,
            "team": [],
            "apiKeys": [],
            "usage": dict.fromkeys(("today", "last7Days", "last30Days", "total"), used),
        }
    ], []


async def search_models(_call: Call, task: dict[str, Any], _key: str) -> Rows:
    """`modelSearch`: the two models of this house."""
    names = {"luma:uni@1": "UNI-1", "luma:uni@1-max": "UNI-1 Max"}
    results = [{"air": air, "name": names[air], "version": "1"} for air in MODELS]
    row = {"taskType": "modelSearch", "taskUUID": task["taskUUID"], "totalResults": len(results), "results": results}
    return [row], []


async def ping(_call: Call, _task: dict[str, Any], _key: str) -> Rows:
    """`ping`."""
    return [{"taskType": "ping", "pong": True}], []


def session(name: str) -> str:
    """A steady id for a name."""
    return str(uuid5(NAMESPACE_URL, name))
