"""Faults that only downloads know: dead links, broken, endless and foreign bodies."""

import asyncio
from collections.abc import AsyncIterator

from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from uni_cli.emulator.faults import Fault
from uni_cli.emulator.files import Stored
from uni_cli.emulator.wire import PAGE, Call, Cut

# Endless bodies really never end over a socket; without one they must, or the client would never see them.
CHUNK = b"\0" * 1_048_576
CHUNKS_IN_PROCESS = 256
DECLARED_BYTES = 8 * 1024**3
DRIP_SECONDS = 1.0


def complaint(status: int, code: str, message: str) -> Response:
    """An object store's error."""
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}', status, media_type="application/xml")


async def spoil(call: Call, fault: Fault, stored: Stored) -> Response | None:
    """The answer of a fault that only downloads know."""
    if fault.kind == "expired":
        return complaint(403, "AccessDenied", "Request has expired")
    if fault.kind == "wrong-type":
        return HTMLResponse(PAGE.format("Not a picture"))
    if fault.kind in ("redirect", "redirect-loop"):
        return redirect(call, fault)
    if fault.kind in ("oversized", "oversized-length"):
        headers = {"content-length": str(DECLARED_BYTES)} if fault.kind == "oversized-length" else None
        chunks = int(fault.argument) // len(CHUNK) if fault.argument else None
        return StreamingResponse(flood(call, chunks), headers=headers, media_type=stored.mime)
    if fault.kind in ("truncated", "short", "corrupt", "drip"):
        return mutilated(call, fault, await stored.read(fast=call.emulator.fast), stored.mime)
    return None


def mutilated(call: Call, fault: Fault, data: bytes, mime: str) -> Response:
    """The right file with something wrong about its bytes or their arrival."""
    if fault.kind == "truncated":
        return Cut("truncated", Response(data, media_type=mime), start=len(data) // 2)
    if fault.kind == "short":
        return Response(data[: len(data) // 2], media_type=mime)
    if fault.kind == "drip":
        headers = {"content-length": str(len(data))}
        return StreamingResponse(drip(call, data, fault.seconds(DRIP_SECONDS)), headers=headers, media_type=mime)
    middle, width = len(data) // 2, max(1, min(64, len(data) // 4))
    flipped = bytes(byte ^ 0xFF for byte in data[middle : middle + width])
    # With bad luck a JPEG's pixels only change colour; a marker that no JPEG has is seen by everybody.
    flipped = b"\xff\x02" + flipped[2:] if width > 2 else flipped
    return Response(data[:middle] + flipped + data[middle + width :], media_type=mime)


def redirect(call: Call, fault: Fault) -> Response | None:
    """Elsewhere: once to the same file, or round and round."""
    url = call.request.url
    if fault.kind == "redirect" and "hop=" in url.query:
        return None
    return RedirectResponse(f"{call.base}{url.path}?{url.query + '&' if url.query else ''}hop=1", 302)


async def flood(call: Call, chunks: int | None) -> AsyncIterator[bytes]:
    """A body that does not end, or ends far beyond any picture."""
    on_socket = "hang_up" in call.request.scope.get("state", {})
    limit = chunks if chunks is not None else None if on_socket else CHUNKS_IN_PROCESS
    sent = 0
    while (limit is None or sent < limit) and not call.emulator.stopping:
        yield CHUNK
        sent += 1
        # Writing alone never waits once the client is gone, and then nobody could notice that.
        await asyncio.sleep(0)


async def drip(call: Call, data: bytes, seconds: float) -> AsyncIterator[bytes]:
    """Half of the file, then a byte now and then."""
    half = len(data) // 2
    yield data[:half]
    for byte in data[half:]:
        await call.emulator.pause(seconds)
        if call.emulator.stopping:
            return
        yield bytes([byte])
