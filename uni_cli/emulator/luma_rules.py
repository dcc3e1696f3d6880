"""What Luma accepts: the checks of `POST /generations`, in the order the service makes them."""

from dataclasses import dataclass
from typing import Any

from uni_cli.emulator import inputs
from uni_cli.emulator.inputs import BadImage, Input
from uni_cli.emulator.limits import MAX_PROMPT, PORTRAITS, STYLES, good_prompt
from uni_cli.emulator.pictures import ASPECTS
from uni_cli.emulator.wire import Call

MODELS = {
    "uni-1": ("image", "image_edit", "layering"),
    "uni-1-max": ("image", "image_edit"),
    "ray-3.2": ("video", "video_edit", "video_reframe"),
}
FIELDS = frozenset(
    [
        *("prompt", "type", "model", "aspect_ratio", "style", "output_format", "web_search", "image_ref"),
        *("source", "layering", "user_id", "video"),
    ]
)
FORMS = ("url", "data", "generation_id", "file_id")
WORDS = {
    "base64": "invalid base64 data",
    "unreachable": "failed to fetch URL",
    "missing": "failed to fetch URL (HTTP 404)",
    "not-image": "content-type is not an image",
    "large": "image exceeds 50 MB limit",
}


class Refused(Exception):
    """A synchronous no, with its status and `detail`."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


class Doomed(Exception):
    """Accepted, but the job will fail with this code."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """The images of a request, ready to paint from."""

    source: Input | None
    references: tuple[Input, ...]


def check(call: Call, body: Any) -> dict[str, Any]:
    """The request if its fields are right."""
    if not isinstance(body, dict):
        raise Refused(400, "Request body must be a JSON object")
    if call.variant("extra") == "refused" and (extra := sorted(set(body) - FIELDS)):
        raise Refused(400, f"Unknown field: {extra[0]}")
    model, kind = body.get("model", "uni-1"), body.get("type", "image")
    if model not in tuple(MODELS):
        raise Refused(400, f"Unknown model: {model}")
    if kind not in MODELS[model]:
        raise Refused(400, f"Type '{kind}' is not supported for model '{model}'")
    check_prompt(body, kind)
    check_options(body, kind)
    check_images(body, kind)
    if kind not in ("image", "image_edit"):
        raise Refused(400, f"Type '{kind}' is not made by this emulator")
    return body


def check_prompt(body: dict[str, Any], kind: str) -> None:
    """Length of the prompt and of the user's tag."""
    limit = 500 if kind == "layering" else MAX_PROMPT
    if not good_prompt(body.get("prompt")) or len(body["prompt"]) > limit:
        raise Refused(400, f"prompt must be between 1 and {limit} characters")
    user = body.get("user_id")
    if user is not None and (not isinstance(user, str) or len(user) > 256):
        raise Refused(400, "user_id must be at most 256 characters")


def check_options(body: dict[str, Any], kind: str) -> None:
    """Ratio, style, format and search."""
    aspect, style = body.get("aspect_ratio"), body.get("style", "auto")
    if aspect is not None and aspect not in ASPECTS:
        raise Refused(400, f"Invalid aspect_ratio '{aspect}'. Valid: {', '.join(sorted(ASPECTS))}")
    if style not in STYLES:
        raise Refused(400, f"Invalid style '{style}'. Valid: auto, manga")
    if body.get("output_format") not in (None, "png", "jpeg"):
        raise Refused(400, f"Invalid output_format '{body['output_format']}'. Valid: jpeg, png")
    if not isinstance(body.get("web_search", False), bool):
        raise Refused(400, "web_search must be a boolean")
    if kind == "image" and style == "manga" and aspect not in (None, *PORTRAITS):
        raise Refused(422, "style 'manga' needs a portrait aspect_ratio")
    if body.get("layering") is not None and kind != "layering":
        raise Refused(400, "layering is only valid for type 'layering'")
    if body.get("video") is not None and not kind.startswith("video"):
        raise Refused(400, "video is only valid for video types")


def check_images(body: dict[str, Any], kind: str) -> None:
    """Number and shape of source and references."""
    references = body.get("image_ref") or []
    if not isinstance(references, list):
        raise Refused(400, "image_ref must be an array")
    if kind == "image_edit" and len(references) > 8:
        raise Refused(400, "image_edit takes up to 8 image_ref because the source uses a slot")
    if len(references) > 9:
        raise Refused(400, "image takes up to 9 image_ref")
    source = body.get("source")
    if kind == "image" and source is not None:
        raise Refused(400, "source is only valid for type 'image_edit'")
    if kind in ("image_edit", "layering") and source is None:
        raise Refused(400, f"source is required for type '{kind}'")
    if source is not None:
        check_reference("source", source)
    for index, reference in enumerate(references):
        check_reference(f"image_ref[{index}]", reference)


def check_reference(path: str, reference: Any) -> None:
    """Exactly one way of naming the image."""
    if not isinstance(reference, dict):
        raise Refused(400, f"{path}: must be an object")
    given = [form for form in FORMS if reference.get(form) is not None]
    if len(given) > 1:
        raise Refused(400, f"{path}: provide either 'url' or 'data', not both")
    if not given:
        raise Refused(400, f"{path}: provide either 'url' or 'data', not neither")
    if not isinstance(reference[given[0]], str):
        raise Refused(400, f"{path}: '{given[0]}' must be a string")
    if given == ["data"] and not reference.get("media_type"):
        raise Refused(400, f"{path}: 'media_type' is required with 'data'")


async def ingest(call: Call, body: dict[str, Any], owner: str) -> Ingested:
    """Read every image of a checked request."""
    source = body.get("source")
    main = None if source is None else await read("source", source, call=call, owner=owner)
    references = [
        await read(f"image_ref[{index}]", reference, call=call, owner=owner)
        for index, reference in enumerate(body.get("image_ref") or [])
    ]
    return Ingested(main, tuple(references))


async def read(path: str, reference: dict[str, Any], *, call: Call, owner: str) -> Input:
    """One image, from wherever it is said to be."""
    try:
        if reference.get("url") is not None:
            return await inputs.open_url(call, reference["url"])
        if reference.get("data") is not None:
            if not str(reference["media_type"]).startswith("image/"):
                raise BadImage("not-image")
            return inline(inputs.decode_base64(reference["data"]), path)
        if reference.get("file_id") is not None:
            return inputs.inspect(uploaded(path, reference["file_id"], call=call, owner=owner), path)
        return await earlier(path, reference["generation_id"], call=call, owner=owner)
    except BadImage as problem:
        if problem.reason in ("format", "corrupt"):
            raise Doomed({"format": "unsupported_format", "corrupt": "corrupt_input"}[problem.reason]) from None
        status = 413 if problem.reason == "large" else 422
        raise Refused(status, f"{path}: {WORDS[problem.reason]}") from None


def inline(data: bytes, path: str) -> Input:
    """Inline bytes: what cannot be decoded is found only later."""
    try:
        return inputs.inspect(data, path)
    except BadImage as problem:
        raise BadImage("corrupt" if problem.reason == "not-image" else problem.reason) from None


def uploaded(path: str, file_id: str, *, call: Call, owner: str) -> bytes:
    """The bytes of a ready file."""
    file = call.emulator.shelves["luma"].get(file_id)
    if file is None or file.owner != owner or file.state(call.now) == "deleted":
        raise Refused(404, f"{path}: file not found")
    if file.state(call.now) != "ready" or file.data is None:
        raise Refused(400, f"{path}: file is not ready")
    return bytes(file.data)


async def earlier(path: str, generation_id: str, *, call: Call, owner: str) -> Input:
    """The picture of a finished job."""
    job = call.emulator.jobs.find("luma", generation_id, owner)
    if job is None:
        raise Refused(404, f"{path}: generation not found")
    if job.state(call.now) != "done":
        raise Refused(400, f"{path}: generation is not completed")
    stored = call.emulator.files.stored[job.notes["path"]]
    return inputs.inspect(await stored.read(fast=call.emulator.fast), path)
