"""An OpenAI-compatible chat endpoint that answers `uni plan` with a brief: always the same for the same words."""

import json
import re
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from uni_cli.emulator.wire import Call, Json, endpoint

PREFIX = "/chat/v1"
MODEL = "emulator-chat"
ROLES = ("character", "lighting", "style", "composition", "palette", "content")
CHANGES = re.compile(r"(make (it|the)|change|turn|remove|replace|add)\b", re.IGNORECASE)
FORMATS = ("text", "json_object", "json_schema")
MESSAGES = {
    400: "Invalid request",
    401: "Incorrect API key provided",
    402: "You exceeded your current quota",
    404: "The model does not exist",
    422: "Unprocessable request",
    429: "Rate limit reached for requests",
    500: "The server had an error while processing your request",
    502: "Bad gateway",
    503: "The engine is currently overloaded",
}


class Refused(Exception):
    """A request that is not in order, with the status it deserves."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind


def routes() -> list[Route]:
    return [Route(f"{PREFIX}/chat/completions", endpoint("chat", "submit", answer, refuse), methods=["POST"])]


def refuse(call: Call, status: int) -> Response:
    """An injected status."""
    return complaint(status, MESSAGES.get(status, "The server had an error"), "server_error")


def complaint(status: int, message: str, kind: str) -> Response:
    return Json({"error": {"message": message, "type": kind, "param": None, "code": None}}, status)


async def answer(call: Call) -> Response:
    try:
        authenticate(call)
        body = check(await body_of(call))
        supported(call, body)
    except Refused as refusal:
        return complaint(refusal.status, str(refusal), refusal.kind)
    brief = brief_of(body)
    if call.fault is not None and call.fault.kind == "invalid":
        brief = {**{name: value for name, value in brief.items() if name != "subject"}, "mood": "quiet"}
    return Json(
        {
            "id": "chatcmpl-emulator",
            "object": "chat.completion",
            "created": int(call.now),
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": json.dumps(brief, ensure_ascii=False)},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200},
        }
    )


# --- the request -----------------------------------------------------------------------------------------------


def authenticate(call: Call) -> None:
    key = call.bearer()
    if not key or "wrong" in key:
        # Endpoints do write the key into their complaint; a client must not pass it on.
        raise Refused(401, f"Incorrect API key provided: {key or 'none'}")
    if "broke" in key:
        raise Refused(402, "You exceeded your current quota", "insufficient_quota")


async def body_of(call: Call) -> Any:
    try:
        return await call.json()
    except ValueError:
        raise Refused(400, "We could not parse the JSON body of your request") from None


def check(body: Any) -> dict[str, Any]:
    """The fields that every such endpoint knows, by type and range."""
    if not isinstance(body, dict) or not isinstance(body.get("model"), str) or not body["model"]:
        raise Refused(400, "you must provide a model parameter")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(map(is_message, messages)):
        raise Refused(400, "Invalid type for 'messages'")
    temperature = body.get("temperature", 1)
    if isinstance(temperature, bool) or not isinstance(temperature, int | float) or not 0 <= temperature <= 2:
        raise Refused(400, "Invalid 'temperature': must be between 0 and 2")
    limit = body.get("max_tokens", 1)
    if isinstance(limit, bool) or not isinstance(limit, int) or limit < 1:
        raise Refused(400, "Invalid 'max_tokens'")
    check_format(body.get("response_format", {"type": "text"}))
    return body


def is_message(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and message.get("role") in ("system", "developer", "user", "assistant")
        and isinstance(message.get("content"), str)
    )


def check_format(wanted: Any) -> None:
    if not isinstance(wanted, dict) or wanted.get("type") not in FORMATS:
        raise Refused(400, "Invalid 'response_format'")
    if wanted["type"] != "json_schema":
        return
    shape = wanted.get("json_schema")
    if not isinstance(shape, dict) or not re.fullmatch(r"[\w-]{1,64}", str(shape.get("name", ""))):
        raise Refused(400, "Missing required parameter: 'response_format.json_schema.name'")
    check_schema(shape.get("schema"))


def check_schema(schema: Any) -> None:
    """Strict mode: every object is closed and requires each of its properties."""
    if not isinstance(schema, dict):
        raise Refused(400, "Invalid schema for response_format")
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False or sorted(schema.get("required", [])) != sorted(properties):
            raise Refused(400, "Invalid schema for response_format: an object must be closed and require all it has")
        for inner in properties.values():
            check_schema(inner)
    if schema.get("type") == "array":
        check_schema(schema.get("items"))


def supported(call: Call, body: dict[str, Any]) -> None:
    """`format=json_object` and `format=text` are endpoints that know less."""
    wanted = body.get("response_format", {"type": "text"})["type"]
    if FORMATS.index(wanted) > FORMATS.index(call.variant("format")):
        raise Refused(400, f"response_format type {wanted!r} is not supported with this model")
    if call.variant("tokens") == "completion" and "max_tokens" in body:
        raise Refused(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")


# --- the brief -------------------------------------------------------------------------------------------------


def brief_of(body: dict[str, Any]) -> dict[str, Any]:
    """From the first thing the user said: JSON with an intent and pictures, or just words."""
    said = next((m["content"] for m in body["messages"] if m["role"] == "user"), "")
    try:
        asked = json.loads(said)
    except ValueError:
        asked = None
    asked = asked if isinstance(asked, dict) else {"intent": said}
    intent = " ".join(str(asked.get("intent", "")).split()) or "nothing in particular"
    pictures = [one for one in asked.get("pictures") or [] if isinstance(one, dict)]
    free = [number for number, one in enumerate(pictures, 1) if not one.get("role")]
    if free and CHANGES.match(intent):
        return edit(intent, pictures, free[0])
    return scene(intent, pictures)


def scene(intent: str, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    head, _, rest = intent.partition(",")
    upright = "portrait" in intent.lower() or "manga" in intent.lower()
    return {
        "subject": head.strip() or intent,
        "setting": rest.strip() or "a quiet place that suits it",
        "light": "soft light from the left, long shadows",
        "style": "a gouache illustration with a limited palette",
        "composition": "eye level, the subject on the left third",
        "change": None,
        "keep": [],
        "aspect": "2:3" if upright else "3:2",
        "manga": "manga" in intent.lower(),
        "source": None,
        "references": borrowed(pictures),
    }


def edit(intent: str, pictures: list[dict[str, Any]], source: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(("subject", "setting", "light", "style", "composition", "aspect")),
        "change": f"{intent}, light and shadows following",
        "keep": ["every subject", "the composition"],
        "manga": False,
        "source": source,
        "references": borrowed([one for number, one in enumerate(pictures, 1) if number != source]),
    }


def borrowed(pictures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    roles = [one.get("role") or ROLES[place % len(ROLES)] for place, one in enumerate(pictures)]
    return [
        {"number": number, "role": role, "borrow": f"what IMAGE{number} is known by"}
        for number, role in enumerate(roles, 1)
    ]
