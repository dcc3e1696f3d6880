"""What Runware accepts: the checks of `imageInference`, and its error objects."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from uni_cli.emulator.inputs import BadImage, Input, decode_base64, decode_data_uri, inspect, open_url
from uni_cli.emulator.limits import STYLES, good_prompt
from uni_cli.emulator.pictures import SIZES
from uni_cli.emulator.wire import Call

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MODELS = ("luma:uni@1", "luma:uni@1-max")
DOCS = "https://runware.ai/docs/models/luma-uni-1"
FIELDS = frozenset(
    [
        *("taskType", "taskUUID", "model", "positivePrompt", "width", "height", "inputs", "settings"),
        *("numberResults", "outputType", "outputFormat", "outputQuality", "deliveryMethod", "webhookURL"),
        *("uploadEndpoint", "ttl", "includeCost", "safety"),
    ]
)
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")


class TaskError(Exception):
    """One entry of `errors`, with the HTTP status it deserves."""

    def __init__(self, code: str, message: str, parameter: Any = None, *, http: int = 400, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.http = http
        self.fields: dict[str, Any] = {"code": code, "message": message}
        if parameter is not None:
            self.fields["parameter"] = parameter
        self.fields |= more

    def entry(self, task: dict[str, Any] | None = None) -> dict[str, Any]:
        """The error object, naming the task it is about."""
        names = {name: task[name] for name in ("taskType", "taskUUID") if name in task} if task else {}
        return self.fields | names | {"documentation": DOCS}


@dataclass(frozen=True, slots=True)
class Images:
    """The pictures of a task."""

    seed_image: Input | None
    references: tuple[Input, ...]


def check(call: Call, task: dict[str, Any]) -> None:
    """Every field of an `imageInference` task except its id."""
    if task.get("model") not in MODELS:
        code = "missingModel" if "model" not in task else "modelNotFound"
        raise TaskError(code, "model must name an available model", "model", http=400 if "missing" in code else 404)
    if "positivePrompt" not in task:
        raise TaskError("missingPositivePrompt", "positivePrompt is required", "positivePrompt")
    if not good_prompt(task["positivePrompt"]):
        message = "positivePrompt must have 1 to 6000 characters"
        raise TaskError("invalidPositivePrompt", message, "positivePrompt", min=1, max=6000)
    if call.variant("extra") == "refused" and (extra := sorted(set(task) - FIELDS)):
        raise TaskError("unsupportedParameter", f"{extra[0]} is not supported by this model", extra[0])
    check_size(task)
    check_inputs(call, task)
    check_delivery(task)
    check_safety(task.get("safety"))


def check_size(task: dict[str, Any]) -> None:
    """Width and height come together and make one of the pairs."""
    given = [name for name in ("width", "height") if name in task]
    if len(given) == 1:
        raise TaskError("incompatibleParameters", "width and height go together", ["width", "height"])
    if given and (task["width"], task["height"]) not in SIZES.values():
        pairs = [f"{width}x{height}" for width, height in SIZES.values()]
        message = "width and height must be one of the supported pairs"
        raise TaskError("invalidWidth", message, ["width", "height"], allowedValues=pairs)


def check_inputs(call: Call, task: dict[str, Any]) -> None:
    """Shape of `inputs` and `settings`, and the rules between them."""
    inputs = part(task, "inputs", ("seedImage", "referenceImages"))
    settings = part(task, "settings", ("search", "style"))
    references = inputs.get("referenceImages")
    if "seedImage" in inputs and not isinstance(inputs["seedImage"], str):
        raise TaskError("invalidSeedImage", "seedImage must be text", "inputs.seedImage")
    if references is not None:
        limit = 8 if "seedImage" in inputs else 9
        check_references(references, limit)
    if settings.get("style", "auto") not in STYLES:
        raise TaskError("invalidStyle", "style must be auto or manga", "settings.style", allowedValues=list(STYLES))
    if not isinstance(settings.get("search", False), bool):
        raise TaskError("invalidSearch", "search must be a boolean", "settings.search")
    if "seedImage" in inputs and settings and call.variant("settings") == "strict":
        names = ["inputs.seedImage", *(f"settings.{name}" for name in settings)]
        raise TaskError("incompatibleParameters", "settings cannot be used with seedImage", names)


def check_references(references: Any, limit: int) -> None:
    """A list of 1 to `limit` texts."""
    name = "inputs.referenceImages"
    if not isinstance(references, list) or not all(isinstance(item, str) for item in references):
        raise TaskError("invalidReferenceImages", "referenceImages must be a list of texts", name)
    if not references:
        raise TaskError("arrayTooSmall", "referenceImages needs at least 1 item", name, min=1)
    if len(references) > limit:
        raise TaskError("arrayTooLarge", f"referenceImages takes at most {limit} items here", name, max=limit)


def part(task: dict[str, Any], name: str, known: Sequence[str]) -> dict[str, Any]:
    """A nested object with known members only."""
    value = task.get(name, {})
    if not isinstance(value, dict):
        raise TaskError(f"invalid{name.capitalize()}", f"{name} must be an object", name)
    if extra := sorted(set(value) - set(known)):
        raise TaskError("unsupportedParameter", f"{name}.{extra[0]} is not supported", f"{name}.{extra[0]}")
    return value


def check_delivery(task: dict[str, Any]) -> None:
    """How many, in what form, and how they are handed over."""
    number(task, "numberResults", 1, 20)
    number(task, "outputQuality", 20, 99)
    choice(task, "outputFormat", ("JPG", "PNG", "WEBP"))
    choice(task, "deliveryMethod", ("sync", "async"))
    output_type(task)
    if "ttl" in task:
        number(task, "ttl", 60, 10**9)
        if output_type(task) != "URL":
            raise TaskError("incompatibleParameters", "ttl needs outputType URL", ["ttl", "outputType"])
    if not isinstance(task.get("includeCost", False), bool):
        raise TaskError("invalidIncludeCost", "includeCost must be a boolean", "includeCost")
    for name in ("webhookURL", "uploadEndpoint"):
        value = task.get(name, "https://example.com/")
        if not is_web_address(value):
            raise TaskError(f"invalid{name[0].upper()}{name[1:]}", f"{name} must be a URL", name)


def is_web_address(value: Any) -> bool:
    """Whether a value is an absolute http or https URL."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def check_safety(safety: Any) -> None:
    """`safety.checkContent` and `safety.mode`."""
    if safety is None:
        return
    if not isinstance(safety, dict) or set(safety) - {"checkContent", "mode"}:
        raise TaskError("invalidSafety", "safety takes checkContent and mode", "safety")
    if not isinstance(safety.get("checkContent", False), bool) or safety.get("mode", "none") not in ("none", "fast"):
        raise TaskError("invalidSafety", "safety takes checkContent and mode none or fast", "safety")


def number(task: dict[str, Any], name: str, low: int, high: int) -> None:
    """A whole number in a range, where it is given."""
    value = task.get(name, low)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TaskError(f"invalid{name[0].upper()}{name[1:]}", f"{name} must be an integer", name, type="integer")
    if not low <= value <= high:
        code = "valueTooLarge" if value > high else "valueTooSmall"
        raise TaskError(code, f"{name} must be between {low} and {high}", name, min=low, max=high)


def choice(task: dict[str, Any], name: str, allowed: Sequence[str]) -> None:
    """One word of a list, where it is given."""
    if task.get(name, allowed[0]) not in allowed:
        code = f"invalid{name[0].upper()}{name[1:]}"
        raise TaskError(code, f"{name} must be one of the allowed values", name, allowedValues=list(allowed))


def output_type(task: dict[str, Any]) -> str:
    """`URL`, `base64Data` or `dataURI`; old clients send it in a list."""
    value = task.get("outputType", "URL")
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    allowed = ["URL", "base64Data", "dataURI"]
    if value not in allowed:
        message = "outputType must be one of the allowed values"
        raise TaskError("invalidOutputType", message, "outputType", allowedValues=allowed)
    return str(value)


async def read_images(call: Call, task: dict[str, Any]) -> Images:
    """All pictures of a checked task."""
    inputs = task.get("inputs", {})
    seed_image = None
    if "seedImage" in inputs:
        seed_image = await read_image(call, inputs["seedImage"], "inputs.seedImage")
    references = [await read_image(call, text, "inputs.referenceImages") for text in inputs.get("referenceImages", [])]
    return Images(seed_image, tuple(references))


async def read_image(call: Call, text: str, parameter: str) -> Input:
    """One picture: an id, a URL, a data URI or bare base64."""
    try:
        if UUID.fullmatch(text):
            return await stored_image(call, text, parameter)
        if text.startswith(("http://", "https://")):
            return await open_url(call, text)
        data = decode_data_uri(text) if text.startswith("data:") else decode_base64(text)
        return inspect(data, parameter, formats=FORMATS)
    except BadImage as problem:
        if problem.reason in ("missing", "unreachable"):
            raise TaskError("downloadFailed", f"the image could not be fetched: {text[:200]}", parameter) from None
        name = "SeedImage" if parameter == "inputs.seedImage" else "ReferenceImages"
        raise TaskError(f"invalid{name}", f"not a usable image ({problem.reason})", parameter) from None


async def stored_image(call: Call, image_id: str, parameter: str) -> Input:
    """An upload, or a picture that was made here."""
    shelf = call.emulator.shelves["runware"]
    stored = call.emulator.files.stored.get(shelf.get(image_id.lower(), ""))
    if stored is None:
        raise TaskError("mediaNotFound", f"no media {image_id}", parameter, http=404)
    return inspect(await stored.read(fast=call.emulator.fast), image_id, formats=FORMATS)
