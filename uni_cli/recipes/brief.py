"""A scene in parts becomes the text of a prompt, each part a sentence of its own."""

from __future__ import annotations

from collections.abc import Sequence

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
        lines.append(f"Keep {_listed(brief.keep)} unchanged.")
    return "\n".join(lines)


def _closed(text: str) -> str:
    text = text.strip()
    return text if text[-1:] in (".", "!", "?", '"') else f"{text}."


def _sentence(text: str) -> str:
    text = _closed(text)
    # A template's own first letter is not known yet.
    return text if text.startswith("{") else text[:1].upper() + text[1:]


def _listed(names: Sequence[str]) -> str:
    words = [name.strip().rstrip(".") for name in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
