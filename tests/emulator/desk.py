"""A client in front of a fresh emulator, without a socket, and with a clock that the test moves."""

import asyncio
import io
from typing import Any

import httpx
from PIL import Image
from starlette.applications import Starlette

from uni_cli.emulator import create_app
from uni_cli.emulator.state import Emulator

ORIGIN = "http://emulator.test"
NOON = 1_795_176_000.0
LUMA = {"Authorization": "Bearer luma-api-test"}
BEARER = {"Authorization": "Bearer key-of-the-tests"}
SEGMIND = {"x-api-key": "SG_0123456789abcdef"}
GMI = "/gmicloud/api/v1/ie/requestqueue/apikey"
HISTORY = "/segmind-history/inference-request/request-history"
UUID = "6b0d5b0e-58a4-4a1e-9d1b-0a8f3c1d77e2"


class Desk:
    """One emulator; `latency` passes only when the test lets it."""

    def __init__(self, *faults: str, latency: float = 10.0, **options: Any) -> None:
        options = {"fast": True, "clock": lambda: NOON, **options}
        self.app: Starlette = create_app(latency=latency, faults=faults, **options)
        self.emulator: Emulator = self.app.state.emulator

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request, `path` may be a whole link."""

        async def exchange() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                return await client.request(method, path, **options)

        return asyncio.run(exchange())

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.send("POST", path, **options)

    def luma(self, **body: Any) -> httpx.Response:
        """A submit to Luma."""
        return self.post("/luma/v1/generations", json={"prompt": "a lighthouse", **body}, headers=LUMA)

    def look(self, job_id: str) -> dict[str, Any]:
        """A poll at Luma."""
        return dict(self.get(f"/luma/v1/generations/{job_id}", headers=LUMA).json())

    def runware(self, *tasks: dict[str, Any]) -> httpx.Response:
        return self.post("/runware/v1", json=list(tasks), headers=BEARER)

    def gmi(self, **payload: Any) -> httpx.Response:
        """A submit to GMI Cloud."""
        body = {"model": "luma-uni-1.1", "payload": {"prompt": "a lighthouse", **payload}}
        return self.post(f"{GMI}/requests", json=body, headers=BEARER)

    def segmind(self, **body: Any) -> httpx.Response:
        """A submit to Segmind."""
        return self.post("/segmind/v2/luma-uni-1", json={"prompt": "a lighthouse", **body}, headers=SEGMIND)

    def stats(self, service: str) -> dict[str, Any]:
        return dict(self.get("/_emulator/stats").json()[service])

    def counted(self, service: str) -> tuple[int, int]:
        """Accepted and billed."""
        numbers = self.stats(service)
        return numbers["accepted"], numbers["billed"]

    def wait(self, seconds: float = 10.0) -> None:
        self.post("/_emulator/clock", json={"advance": seconds})


def inference(**fields: Any) -> dict[str, Any]:
    """A task for Runware."""
    task = {"taskType": "imageInference", "taskUUID": UUID, "model": "luma:uni@1", "positivePrompt": "a lighthouse"}
    return {**task, "deliveryMethod": "async", **fields}


def ask(kind: str, **fields: Any) -> dict[str, Any]:
    """A task for Runware about an earlier one."""
    return {"taskType": kind, "taskUUID": UUID, **fields}


def picture(size: tuple[int, int] = (300, 200), form: str = "PNG") -> bytes:
    """A small picture file."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    """Decoded to the last byte."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
