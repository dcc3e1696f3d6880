"""Luma's Files API: presigned and multipart uploads, listing, soft deletion."""

import base64
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.datastructures import UploadFile
from starlette.responses import Response

from uni_cli.emulator.files import Slot, stamp
from uni_cli.emulator.inputs import BadImage, inspect
from uni_cli.emulator.luma_rules import Refused
from uni_cli.emulator.wire import Call, Json

MAX_FILE = 5 * 1024**3
UPLOAD_SECONDS = 900
PURPOSES = ("input", "reference")
FILE_STATES = ("pending", "ready", "failed", "deleted")


@dataclass(slots=True)
class File:
    """One file of an account; its state follows from the clock."""

    id: str
    owner: str
    created_at: float
    mime_type: str
    size_bytes: int
    purpose: str = "input"
    filename: str | None = None
    user_id: str | None = None
    expires_at: str | None = None
    data: bytes | None = None
    ready_at: float | None = None
    failure: str | None = None
    deleted_at: float | None = None

    def state(self, now: float) -> str:
        """`pending`, `ready`, `failed` or `deleted`."""
        if self.deleted_at is not None:
            return "deleted"
        if self.ready_at is None or now < self.ready_at:
            return "pending"
        return "failed" if self.failure else "ready"

    def settle(self, now: float, delay: float) -> None:
        """Look at the bytes; the verdict shows after a while."""
        self.ready_at = now + delay
        data = self.data or b""
        if len(data) != self.size_bytes:
            self.failure = f"size mismatch: {len(data)} bytes were received"
            return
        try:
            inspect(data, self.id)
        except BadImage:
            self.failure = "the bytes are not a supported image"

    def describe(self, now: float) -> dict[str, Any]:
        """The file object."""
        state = self.state(now)
        return {
            "id": self.id,
            "created_at": stamp(self.created_at),
            "mime_type": self.mime_type,
            "purpose": self.purpose,
            "size_bytes": self.size_bytes,
            "state": state,
            "filename": self.filename,
            "expires_at": self.expires_at,
            "deleted_at": None if self.deleted_at is None else stamp(self.deleted_at),
            "failure_reason": self.failure if state == "failed" else None,
            "user_id": self.user_id,
        }


async def create(call: Call) -> Response:
    """`POST /files`: JSON asks for a link to PUT to, multipart brings the bytes."""
    if call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await create_from_form(call)
    try:
        body = await call.json()
    except ValueError:
        raise Refused(400, "Request body is not valid JSON") from None
    file = from_body(call, body)
    path = f"luma/uploads/{file.id}"
    now = call.now

    def receive(data: bytes) -> None:
        file.data = data

    call.emulator.files.slots[path] = Slot(file.mime_type, now + UPLOAD_SECONDS, receive)
    upload = {
        "url": call.emulator.files.sign(call.base, path, now, UPLOAD_SECONDS),
        "method": "PUT",
        "headers": {"Content-Type": file.mime_type},
        "expires_at": stamp(now + UPLOAD_SECONDS),
    }
    return created(call, file, upload)


def from_body(call: Call, body: Any) -> File:
    """A new file from the JSON form."""
    if not isinstance(body, dict):
        raise Refused(400, "Request body must be a JSON object")
    mime, size = body.get("mime_type"), body.get("size_bytes")
    if not isinstance(mime, str) or "/" not in mime:
        raise Refused(400, "mime_type is required")
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_FILE:
        raise Refused(400, f"size_bytes must be between 1 and {MAX_FILE}")
    purpose = body.get("purpose") or "input"
    if purpose not in PURPOSES:
        raise Refused(400, "purpose must be 'input' or 'reference'")
    texts = {name: body.get(name) for name in ("filename", "user_id", "expires_at")}
    if any(value is not None and not isinstance(value, str) for value in texts.values()):
        raise Refused(400, "filename, user_id and expires_at must be strings")
    return File(str(uuid4()), call.bearer(), call.now, mime, size, purpose, **texts)


async def create_from_form(call: Call) -> Response:
    """The multipart form: part `file` holds the bytes."""
    form = await call.request.form()
    part = form.get("file")
    if not isinstance(part, UploadFile):
        raise Refused(400, "part 'file' is required")
    data = await part.read()
    purpose = str(form.get("purpose") or "input")
    if purpose not in PURPOSES:
        raise Refused(400, "purpose must be 'input' or 'reference'")
    mime = part.content_type or "application/octet-stream"
    file = File(str(uuid4()), call.bearer(), call.now, mime, len(data), purpose, part.filename, data=data)
    await form.close()
    file.settle(call.now, call.emulator.latency / 5)
    return created(call, file, None)


def created(call: Call, file: File, upload: dict[str, Any] | None) -> Response:
    """Keep the file and show it."""
    call.emulator.shelves["luma"][file.id] = file
    record = file.describe(call.now)
    return Json({"id": file.id, "state": record["state"], "file": record, "upload": upload}, 201)


def find(call: Call) -> File:
    """The file of this account that the path names."""
    file = call.emulator.shelves["luma"].get(call.request.path_params["id"])
    if not isinstance(file, File) or file.owner != call.bearer():
        raise Refused(404, "File not found")
    return file


async def show(call: Call) -> Response:
    """`GET /files/{id}`."""
    return Json(find(call).describe(call.now))


async def complete(call: Call) -> Response:
    """`POST /files/{id}/complete`: the bytes are there, look at them."""
    file = find(call)
    if file.data is None:
        raise Refused(400, "The bytes of this file have not been uploaded")
    if file.ready_at is None:
        file.settle(call.now, call.emulator.latency / 5)
    return Json(file.describe(call.now))


async def delete(call: Call) -> Response:
    """`DELETE /files/{id}`: soft."""
    file = find(call)
    file.deleted_at = file.deleted_at or call.now
    return Response(status_code=204)


async def show_all(call: Call) -> Response:
    """`GET /files`: newest first, pages by an opaque cursor."""
    query = call.request.query_params
    limit, purpose, state = query.get("limit", "25"), query.get("purpose"), query.get("state")
    if not limit.isdecimal() or not 1 <= int(limit) <= 100:
        raise Refused(400, "limit must be between 1 and 100")
    if purpose not in (None, *PURPOSES) or state not in (None, *FILE_STATES):
        raise Refused(400, "unknown purpose or state")
    files = [
        file
        for file in reversed(call.emulator.shelves["luma"].values())
        if file.owner == call.bearer()
        and purpose in (None, file.purpose)
        and (file.state(call.now) == state if state else file.deleted_at is None)
    ]
    start = after(files, query.get("cursor"))
    page = files[start : start + int(limit)]
    more = start + len(page) < len(files)
    cursor = base64.urlsafe_b64encode(page[-1].id.encode()).decode() if more else None
    return Json({"data": [file.describe(call.now) for file in page], "has_more": more, "next_cursor": cursor})


def after(files: list[File], cursor: str | None) -> int:
    """The place behind the file that a cursor names."""
    if cursor is None:
        return 0
    try:
        last = base64.urlsafe_b64decode(cursor).decode()
    except ValueError:
        raise Refused(400, "invalid cursor") from None
    return next((index + 1 for index, file in enumerate(files) if file.id == last), len(files))
