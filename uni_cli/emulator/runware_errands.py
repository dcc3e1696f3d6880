"""Runware's deliveries: webhooks and uploads of finished pictures, to this machine only."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from uni_cli.emulator.inputs import LOOPBACK
from uni_cli.emulator.jobs import Job, Shot
from uni_cli.emulator.wire import Call

TRIES = 6
FIRST_DELAY = 0.25
ANSWER_SECONDS = 5.0

Describe = Callable[[Call, Job, Shot], Awaitable[dict[str, Any]]]


async def deliver(call: Call, job: Job, describe: Describe) -> None:
    """Bring each picture where the task wants it as soon as it is ready."""
    for shot in sorted(job.shots, key=lambda shot: shot.ready_at):
        await call.emulator.reach(shot.ready_at)
        if shot.state(call.now) != "done":
            continue
        if url := job.request.get("uploadEndpoint"):
            stored = call.emulator.files.stored[call.emulator.shelves["runware"][shot.id]]
            await bring("PUT", url, await stored.read(fast=call.emulator.fast), stored.mime)
        if url := job.request.get("webhookURL"):
            body = json.dumps(await describe(call, job, shot)).encode()
            await bring("POST", url, body, "application/json")


async def bring(method: str, url: str, body: bytes, mime: str) -> None:
    """Send until a 2xx comes back; other machines are never called."""
    if urlsplit(url).hostname not in LOOPBACK or urlsplit(url).scheme != "http":
        return
    for attempt in range(TRIES):
        try:
            if 200 <= await asyncio.wait_for(send(method, url, body, mime), ANSWER_SECONDS) < 300:
                return
        except (OSError, ValueError):
            pass
        await asyncio.sleep(FIRST_DELAY * 2**attempt)


async def send(method: str, url: str, body: bytes, mime: str) -> int:
    """One HTTP/1.1 exchange; the status of the answer."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    head = f"{method} {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {mime}\r\n"
    head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
