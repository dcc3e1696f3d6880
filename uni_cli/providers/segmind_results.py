"""What Segmind says about an ended job: its picture, its price, its seed, or why it failed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from uni_cli.models import Asset, Failure, Job, JobState, replace
from uni_cli.providers.answers import MODERATED, clean
from uni_cli.providers.base import Unclear


def finished(job: Job, said: Mapping[str, Any]) -> Job:
    """The job with its picture; asking again is right where none is named."""
    asset = next((asset for asset in map(_asset, _addresses(said)) if asset), None)
    if asset is None:
        raise Unclear("Segmind says completed but names no picture yet")
    cost, seed = money(said), said.get("seed")
    return replace(
        job,
        state=JobState.FINISHED,
        assets=(asset,),
        charged=job.charged if cost is None else cost,
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else job.seed,
    )


def failed(job: Job, error: object) -> Job:
    reason = clean(error or "no reason given")
    code = "provider.moderated" if MODERATED.search(reason) else "provider.failed"
    failure = Failure(code, f"Segmind: the job failed ({reason})")
    return replace(job, state=JobState.FAILED, failure=failure)


def money(said: Mapping[str, Any], field: str | None = None) -> Decimal | None:
    """US dollars: the cost among the metrics, or another field of the answer."""
    metrics = said.get("metrics")
    value = said.get(field) if field else metrics.get("cost") if isinstance(metrics, Mapping) else None
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _addresses(said: Mapping[str, Any]) -> Iterator[str]:
    for field in ("output", "images"):
        found = said.get(field)
        for item in found if isinstance(found, list) else [found]:
            value = item.get("url") if isinstance(item, Mapping) else item
            if isinstance(value, str):
                yield value


def _asset(address: str) -> Asset | None:
    if address.startswith(("https://", "http://")):
        return Asset(url=address)
    head, comma, text = address.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Asset(data=data, media_type=head.removeprefix("data:").partition(";")[0] or None)
