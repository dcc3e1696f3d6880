"""A scene in parts becomes the text of a prompt, each part a sentence of its own."""

from __future__ import annotations

from uni_cli.prompts import listed
from uni_cli.recipes.schema import Brief

LABELLED = ("setting", "light", "style", "composition")


def compile(brief: Brief) -> str:
    """Subject first, then what surrounds it, then what changes and what stays."""
    lines = [_sentence(brief.subject)] if brief.subject else []
    for name in LABELLED:
        value = getattr(brief, name)
        if value:
            lines.append(f"{name.capitalize()}: {_closed(value)}")
    if brief.change:
        lines.append(f"Change: {_closed(brief.change)}")
    if brief.keep:
        lines.append(f"Keep {listed(brief.keep)} unchanged.")
    return "\n".join(lines)


def _closed(text: str) -> str:
    text = text.strip()
    return text if text[-1:] in (".", "!", "?", '"') else f"{text}."


def _sentence(text: str) -> str:
    text = _closed(text)
    # A template's own first letter is not known yet.
    return text if text.startswith("{") else text[:1].upper() + text[1:]
