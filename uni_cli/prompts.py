"""The text that goes to the model: the user's prompt, a sentence for each role, and what must stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from uni_cli.models import Request


def compose(request: Request) -> str:
    """Roles and keeps become sentences, in the form that the model's guide asks for."""
    parts = [request.prompt.strip()]
    for number, reference in enumerate(request.references, 1):
        if reference.role and reference.borrow:
            parts.append(f"Use IMAGE{number} as a {reference.role.upper()} reference: take {reference.borrow} from it.")
        elif reference.role:
            parts.append(f"Use IMAGE{number} as a {reference.role.upper()} reference.")
        elif reference.borrow:
            parts.append(f"From IMAGE{number} take {reference.borrow}.")
    if request.keep:
        parts.append(f"Keep {listed(request.keep)} unchanged.")
    return "\n".join(parts) if len(parts) > 1 else parts[0]


def listed(names: Sequence[str]) -> str:
    words = [re.sub(r"^keep\s+", "", name.strip().rstrip("."), flags=re.IGNORECASE) for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
