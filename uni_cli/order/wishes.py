"""Everything `generate` and `edit` take, in the user's own words. A recipe has the same names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wishes:
    """None means: not said."""

    prompt: str | None = None
    image: str | None = None
    prompt_file: str | None = None
    provider: str | None = None
    model: str | None = None
    aspect: str | None = None
    size: str | None = None
    ref: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    style: str | None = None
    search: bool = False
    seed: int | None = None
    count: int = 1
    format: str | None = None
    quality: int | None = None
    convert: bool = False
    safety: str | None = None
    webhook: str | None = None
    upload_to: str | None = None
    ttl: int | None = None
    set: tuple[str, ...] = ()
    output: str | None = None
    overwrite: bool = False
    no_embed: bool = False
    no_prompt_embed: bool = False
    from_: str | None = None
    strict: bool = False
    max_cost: str | None = None
    once: str | None = None
    no_wait: bool = False
    timeout: float | None = None
    dry_run: bool = False
    save_recipe: str | None = None
    no_advice: bool = False
    preview: bool | None = None
