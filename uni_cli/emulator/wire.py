"""One exchange with a client: finding out what it is, letting faults strike, cutting connections."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from uni_cli.emulator.faults import JOB, Fault
from uni_cli.emulator.state import Emulator

PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>gateway</body></html>\n"


class ConnectionCut(Exception):
    """The emulator hung up. Without a socket (httpx.ASGITransport) the client's caller sees this exception itself."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"the emulator cut the connection ({kind})")
        self.kind = kind


class Json(Response):
    """A JSON answer; unlike Starlette's own it keeps non-ASCII text as the services send it."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


class Cut(Response):
    """No answer at all, or one that ends in the middle: `start` bytes of `body` are sent before the end."""

    def __init__(self, kind: str, answer: Response | None = None, start: int = 0) -> None:
        super().__init__()
        self.kind = kind
        self.answer = answer
        self.start = start

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.answer is not None:
            headers = self.answer.raw_headers
            await send({"type": "http.response.start", "status": self.answer.status_code, "headers": headers})
            body = bytes(self.answer.body)[: self.start]
            await send({"type": "http.response.body", "body": body, "more_body": True})
        hang_up = scope.get("state", {}).get("hang_up")
        if hang_up is None:
            raise ConnectionCut(self.kind)
        hang_up(gently=self.answer is not None)
        while (await receive())["type"] != "http.disconnect":
            continue


@dataclass(frozen=True, slots=True)
class Call:
    """A request at one step of one service, with the fault that may strike it."""

    request: Request
    emulator: Emulator
    service: str
    step: str
    fault: Fault | None = None

    @property
    def base(self) -> str:
        """Where the client reached us: the start of every link in the answer."""
        if "host" not in self.request.headers:
            return self.emulator.url.rstrip("/")
        return f"{self.request.url.scheme}://{self.request.url.netloc}"

    @property
    def now(self) -> float:
        return self.emulator.now()

    @property
    def fate(self) -> tuple[str, str]:
        """How the job of this call shall end: a fate and the service's own word for it."""
        if self.fault is None or self.fault.kind not in (*JOB, "partial"):
            return "ok", ""
        return self.fault.kind, self.fault.argument

    def variant(self, name: str) -> str:
        return self.emulator.faults.variant(self.service, name)

    def bearer(self) -> str:
        """The key of an `Authorization: Bearer` header; the scheme's case matters."""
        scheme, _, key = self.request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme != "Bearer" or not key:
            return ""
        self.emulator.keys.add(key)
        return key

    async def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(await self.request.body())


Handler = Callable[[Call], Awaitable[Response]]
Refusal = Callable[[Call, int], Response]


def emulator_of(request: Request) -> Emulator:
    """The state of the app that a request came to."""
    emulator: Emulator = request.app.state.emulator
    return emulator


def endpoint(service: str, step: str, handler: Handler, refusal: Refusal) -> Callable[[Request], Awaitable[Response]]:
    """A route's function: the handler with faults around it."""

    async def answer(request: Request) -> Response:
        return await converse(request, service, step, handler=handler, refusal=refusal)

    return answer


async def converse(request: Request, service: str, step: str, *, handler: Handler, refusal: Refusal) -> Response:
    """Let a fault strike before or after the service itself; `refusal` words a status as the service does."""
    emulator = emulator_of(request)
    emulator.count(service, "requests")
    fault = emulator.faults.take(service, step)
    call = Call(request, emulator, service, step, fault)
    try:
        if fault is None:
            return await handler(call)
        emulator.count(service, "struck")
        return instead(call, refusal) or await afterwards(call, await handler(call), refusal)
    except ClientDisconnect:
        return Cut("client")


def instead(call: Call, refusal: Refusal) -> Response | None:
    """The answer of a fault that strikes before the service does anything."""
    kind = call.fault.kind if call.fault else ""
    if kind in ("refuse", "cut-before"):
        return Cut(kind)
    if kind == "html-502":
        return HTMLResponse(PAGE.format("502 Bad Gateway"), 502)
    return refusal(call, int(kind)) if kind.isdigit() else None


async def afterwards(call: Call, answer: Response, refusal: Refusal) -> Response:
    """The answer of a fault that strikes after the service did its work."""
    fault = call.fault or Fault(call.service, call.step, "")
    if fault.kind == "slow":
        await call.emulator.pause(fault.seconds(30))
    if fault.kind == "cut-after":
        return Cut(fault.kind)
    if fault.kind == "html":
        return HTMLResponse(PAGE.format("Please log in"))
    if fault.kind == "garbage":
        body = bytes(answer.body)
        return Response(body[: len(body) * 2 // 3], 200, media_type="application/json")
    if fault.kind == "empty":
        return Response(b"", 200, media_type="application/json")
    if match := re.fullmatch(r"(\d+)-after", fault.kind):
        return refusal(call, int(match[1]))
    return answer
