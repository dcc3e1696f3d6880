"""Luma's Files API: ask for a place, put the bytes there without a key, say so, wait until the file is ready."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from uni_cli.models import Failure, Reference, replace
from uni_cli.providers import inputs
from uni_cli.providers.answers import clean, judge_submit, message_of
from uni_cli.providers.base import Refused, Unclear
from uni_cli.providers.parts import is_id
from uni_cli.transport import Answer, Forbidden, Transport, check_file_address, is_loopback

READY_SECONDS = 60.0
UPLOAD_SECONDS = 600.0


def size_of(reference: Reference) -> int:
    return reference.bytes if reference.bytes is not None else len(inputs.read(reference))


class Files:
    """Uploads are free; an interrupted one only leaves a spare file."""

    def __init__(self, transport: Transport, base: str, headers: Mapping[str, str]) -> None:
        self._transport = transport
        self._base = base
        self._headers = headers

    async def upload(self, reference: Reference) -> Reference:
        """The same picture as a file that Luma holds."""
        data = await asyncio.to_thread(inputs.read, reference)
        made = await self._ask("POST", "/files", _description(reference, len(data)))
        name, place = made.get("id"), made.get("upload")
        if not isinstance(name, str) or not is_id(name):
            raise Unclear("Luma's answer to an upload names no file")
        if isinstance(place, Mapping):
            await self._put(place, data)
            made = await self._ask("POST", f"/files/{quote(name, safe='')}/complete")
        await self._wait(name, made, reference)
        return replace(reference, path=None, data=None, remote=f"file:{name}", remote_at="luma")

    async def _put(self, place: Mapping[str, Any], data: bytes) -> None:
        url, headers = str(place.get("url") or ""), place.get("headers")
        try:
            await check_file_address(url, loopback=is_loopback(self._base))
        except Forbidden as error:
            raise Refused(Failure("provider.rejected", f"Luma names no safe place for an upload: {error}")) from error
        given = {str(key): str(value) for key, value in headers.items()} if isinstance(headers, Mapping) else {}
        answer = await self._transport.send("PUT", url, headers=given, content=data, patience=UPLOAD_SECONDS)
        if not 200 <= answer.status < 300:
            raise Unclear(f"The host of Luma's uploads answered {answer.status}")

    async def _wait(self, name: str, said: Mapping[str, Any], reference: Reference) -> None:
        """A file is usually ready at once; this is the one place where a provider waits."""
        deadline, pause = time.monotonic() + READY_SECONDS, 0.1
        while said.get("state") != "ready":
            if said.get("state") in ("failed", "deleted"):
                reason = clean(said.get("failure_reason") or "no reason given")
                raise Refused(Failure("provider.rejected", f"Luma could not use {reference.source}: {reason}"))
            if time.monotonic() > deadline:
                raise Unclear(f"Luma still works on the upload of {reference.source}")
            await asyncio.sleep(pause)
            pause = min(2.0, pause * 2)
            said = await self._ask("GET", f"/files/{quote(name, safe='')}")

    async def _ask(self, method: str, path: str, body: Any = None) -> Mapping[str, Any]:
        answer: Answer = await self._transport.send(
            method, f"{self._base}{path}", headers=self._headers, body=body, patience=60
        )
        judge_submit(answer, "Luma", message_of(answer, "detail"))
        said = answer.json()
        if not isinstance(said, Mapping):
            raise Unclear("Luma's answer about a file cannot be read")
        return said


def _description(reference: Reference, size: int) -> dict[str, Any]:
    described: dict[str, Any] = {"mime_type": reference.media_type or "image/png", "size_bytes": size}
    if reference.path:
        described["filename"] = Path(reference.path).name
    return described
