"""The file host: serves results and takes uploads, on a path of its own that wants no key."""

import re
from collections.abc import AsyncIterator
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from uni_cli.emulator.faults import Fault
from uni_cli.emulator.files import PREFIX, Stored
from uni_cli.emulator.pictures import Painting
from uni_cli.emulator.state import Emulator
from uni_cli.emulator.wire import PAGE, Call, Cut, converse

SHORTEST_KEY = 8
# Endless bodies really never end over a socket; without one they must, or the client would never see them.
ENDLESS_CHUNK = b"\0" * 1_048_576
ENDLESS_CHUNKS_IN_PROCESS = 256
DECLARED_BYTES = 8 * 1024**3


def routes() -> list[Route]:
    """GET and HEAD for files, PUT for uploads."""
    return [
        Route(PREFIX + "/{service}/{path:path}", download, methods=["GET"]),
        Route(PREFIX + "/{service}/{path:path}", upload, methods=["PUT"]),
    ]


def complaint(status: int, code: str, message: str) -> Response:
    """An object store's error."""
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', status, media_type="application/xml")


def refuse(_call: Call, status: int) -> Response:
    """What the file host says with an injected status."""
    codes = {403: "AccessDenied", 404: "NoSuchKey", 429: "SlowDown", 500: "InternalError", 503: "SlowDown"}
    return complaint(status, codes.get(status, "Error"), "Injected by the emulator")


async def download(request: Request) -> Response:
    """Hand out a file."""
    return await converse(request, request.path_params["service"], "download", handler=_download, refusal=refuse)


async def upload(request: Request) -> Response:
    """Take the bytes for a slot."""
    return await converse(request, request.path_params["service"], "upload", handler=_upload, refusal=refuse)


def carries_key(request: Request, emulator: Emulator) -> bool:
    """Whether a request shows a key where none belongs."""
    names = ("authorization", "x-api-key", "proxy-authorization")
    if any(name in request.headers for name in names):
        return True
    shown = [unquote(request.url.path), unquote(request.url.query)]
    shown += [value for name, value in request.headers.items() if name not in ("host", "user-agent")]
    return any(shows(text, key) for key in emulator.keys for text in shown)


def shows(text: str, key: str) -> bool:
    """Whether a key stands in a text as a word; very short ones would be found everywhere."""
    return len(key) >= SHORTEST_KEY and re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", text) is not None


def leak(call: Call) -> Response | None:
    """Count and refuse a request that carries a key."""
    if not carries_key(call.request, call.emulator):
        return None
    call.emulator.count(call.service, "leaks")
    return complaint(400, "InvalidArgument", "A key was sent to a host that only serves files")


async def _download(call: Call) -> Response:
    emulator = call.emulator
    path = f"{call.service}/{call.request.path_params['path']}"
    if refused := leak(call):
        return refused
    stored = emulator.files.stored.get(path)
    if stored is None or (stored.gone_at is not None and call.now > stored.gone_at):
        return complaint(404, "NoSuchKey", "The specified key does not exist")
    if stored.signed and (why := emulator.files.expired(path, call.request.url.query, call.now)):
        return complaint(403, "AccessDenied" if "expired" in why else why, why)
    if call.fault is not None and (spoilt := await spoil(call, call.fault, stored)):
        return spoilt
    data = await stored.read(fast=emulator.fast)
    if call.request.method == "GET" and isinstance(stored.content, Painting):
        emulator.count(call.service, "delivered")
    return Response(data, media_type=stored.mime)


async def spoil(call: Call, fault: Fault, stored: Stored) -> Response | None:
    """The answer of a fault that only downloads know."""
    if fault.kind == "expired":
        return complaint(403, "AccessDenied", "Request has expired")
    if fault.kind == "wrong-type":
        return HTMLResponse(PAGE.format("Not a picture"))
    if fault.kind in ("oversized", "oversized-length"):
        headers = {"content-length": str(DECLARED_BYTES)} if fault.kind == "oversized-length" else None
        chunks = int(fault.argument) // len(ENDLESS_CHUNK) if fault.argument else None
        return StreamingResponse(flood(call, chunks), headers=headers, media_type=stored.mime)
    if fault.kind not in ("truncated", "short", "corrupt"):
        return None
    data = await stored.read(fast=call.emulator.fast)
    if fault.kind == "truncated":
        return Cut("truncated", Response(data, media_type=stored.mime), start=len(data) // 2)
    if fault.kind == "short":
        return Response(data[: len(data) // 2], media_type=stored.mime)
    return Response(corrupted(data), media_type=stored.mime)


def corrupted(data: bytes) -> bytes:
    """The same number of bytes with some in the middle flipped."""
    middle, width = len(data) // 2, max(1, min(64, len(data) // 4))
    flipped = bytes(byte ^ 0xFF for byte in data[middle : middle + width])
    return data[:middle] + flipped + data[middle + width :]


async def flood(call: Call, chunks: int | None) -> AsyncIterator[bytes]:
    """A body that does not end, or ends far beyond any picture."""
    on_socket = "hang_up" in call.request.scope.get("state", {})
    limit = chunks if chunks is not None else None if on_socket else ENDLESS_CHUNKS_IN_PROCESS
    sent = 0
    while (limit is None or sent < limit) and not call.emulator.stopping:
        yield ENDLESS_CHUNK
        sent += 1


async def _upload(call: Call) -> Response:
    path = f"{call.service}/{call.request.path_params['path']}"
    if refused := leak(call):
        return refused
    slot = call.emulator.files.slots.get(path)
    if slot is None:
        return complaint(404, "NoSuchKey", "The specified key does not exist")
    sent = call.request.headers.get("content-type")
    if sent is None:
        return complaint(400, "MalformedSecurityHeader", "Your request has a malformed header: content-type")
    if call.emulator.files.expired(path, call.request.url.query, call.now) == "SignatureDoesNotMatch":
        return complaint(403, "SignatureDoesNotMatch", "The request signature does not match")
    if call.now > slot.gone_at:
        return complaint(400, "ExpiredToken", "The provided token has expired")
    if sent != slot.mime:
        return complaint(403, "SignatureDoesNotMatch", "The request signature does not match")
    slot.receive(await call.request.body())
    return Response(b"", 200)
