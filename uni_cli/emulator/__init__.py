"""All four services on one ASGI app, written from their fact sheets: for tests, for CI, for free."""

import time
from collections.abc import Callable, Sequence

from starlette.applications import Starlette

from uni_cli.emulator import chat, control, gmicloud, luma, runware, segmind, segmind_history, storage
from uni_cli.emulator.state import Emulator
from uni_cli.emulator.wire import ConnectionCut

__all__ = ["ConnectionCut", "create_app", "env_lines"]

PARTS = (luma, runware, gmicloud, segmind, segmind_history, storage, chat, control)


def create_app(
    *,
    latency: float = 1.0,
    fast: bool = False,
    limits: bool = True,
    faults: Sequence[str] = (),
    clock: Callable[[], float] = time.time,
    url: str = "http://emulator.test",
    luma_rpm: int = 30,
    luma_jobs: int = 10,
    segmind_rpm: int = 60,
) -> Starlette:
    """The emulator as an ASGI app; `faults` are lines `SERVICE:STEP:KIND[:COUNT]`.

    A client on `httpx.ASGITransport` gets a `ConnectionCut` raised where a socket would be closed.
    """
    app = Starlette(routes=[route for part in PARTS for route in part.routes()])
    app.state.emulator = Emulator(
        latency=latency,
        fast=fast,
        limits=limits,
        faults=faults,
        clock=clock,
        url=url,
        luma_rpm=luma_rpm,
        luma_jobs=luma_jobs,
        segmind_rpm=segmind_rpm,
    )
    return app


def env_lines(base: str) -> list[str]:
    """`NAME=value` lines that point `uni` and the services' own clients at an emulator."""
    base = base.rstrip("/")
    luma_key, key = "luma-api-emulator", "emulator-key"
    return [
        f"UNI_LUMA__BASE_URL={base}/luma/v1",
        f"UNI_LUMA__API_KEY={luma_key}",
        f"UNI_RUNWARE__BASE_URL={base}/runware/v1",
        f"UNI_RUNWARE__API_KEY={key}",
        f"UNI_GMICLOUD__BASE_URL={base}/gmicloud",
        f"UNI_GMICLOUD__API_KEY={key}",
        f"UNI_SEGMIND__BASE_URL={base}/segmind",
        f"UNI_SEGMIND__HISTORY_URL={base}/segmind-history",
        f"UNI_SEGMIND__UPLOAD_URL={base}/segmind-upload",
        f"UNI_SEGMIND__API_KEY={key}",
        f"LUMA_BASE_URL={base}/luma/v1",
        f"LUMA_AGENTS_API_KEY={luma_key}",
        f"RUNWARE_API_KEY={key}",
        f"GMI_BASE_URL={base}/gmicloud",
        f"GMI_API_KEY={key}",
        f"SEGMIND_API_KEY={key}",
        f"UNI_PLAN__BASE_URL={base}{chat.PREFIX}",
        f"UNI_PLAN__API_KEY={key}",
        f"UNI_PLAN__MODEL={chat.MODEL}",
    ]
