"""The file host: serves results and takes uploads, on a path of its own that wants no key."""

import re
from hashlib import sha256
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from uni_cli.emulator.faults import SERVICES
from uni_cli.emulator.files import PREFIX
from uni_cli.emulator.pictures import Painting
from uni_cli.emulator.spoil import complaint, spoil
from uni_cli.emulator.state import Emulator
from uni_cli.emulator.wire import Call, Handler, converse

SHORTEST_KEY = 8


def routes() -> list[Route]:
    """GET and HEAD for files, PUT for uploads."""
    return [
        Route(PREFIX + "/{service}/{path:path}", download, methods=["GET"]),
        Route(PREFIX + "/{service}/{path:path}", upload, methods=["PUT"]),
    ]


def refuse(_call: Call, status: int) -> Response:
    """What the file host says with an injected status."""
    codes = {403: "AccessDenied", 404: "NoSuchKey", 429: "SlowDown", 500: "InternalError", 503: "SlowDown"}
    return complaint(status, codes.get(status, "Error"), "Injected by the emulator")


async def download(request: Request) -> Response:
    """Hand out a file."""
    return await exchange(request, "download", _download)


async def upload(request: Request) -> Response:
    """Take the bytes for a slot."""
    return await exchange(request, "upload", _upload)


async def exchange(request: Request, step: str, handler: Handler) -> Response:
    """The first part of a path says whose file it is."""
    service = request.path_params["service"]
    if service not in SERVICES:
        return complaint(404, "NoSuchBucket", "The specified bucket does not exist")
    return await converse(request, service, step, handler=handler, refusal=refuse)


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
    answer = portion(data, stored.mime, call.request.headers.get("range", ""))
    if call.request.method == "GET" and answer.status_code < 300 and isinstance(stored.content, Painting):
        emulator.count(call.service, "delivered")
    return answer


def portion(data: bytes, mime: str, wanted: str) -> Response:
    """The whole file, or the part a `Range: bytes=N-[M]` asks for."""
    headers = {"accept-ranges": "bytes", "etag": f'"{sha256(data).hexdigest()[:32]}"'}
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if match is None:
        return Response(data, headers=headers, media_type=mime)
    first, last = int(match[1]), min(int(match[2] or len(data) - 1), len(data) - 1)
    if first > last:
        headers["content-range"] = f"bytes */{len(data)}"
        return Response(b"", 416, headers, media_type=mime)
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], 206, headers, media_type=mime)


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
