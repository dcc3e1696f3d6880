"""Templates and paths that are URLs: what they are made of, and which of them pictures can be put to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from uni_cli.storage import naming

READ_ONLY = frozenset({"blockcache", "filecache", "git", "github", "http", "https", "simplecache", "zip"})

_URL = re.compile(r"([A-Za-z{][A-Za-z0-9+.:{}_-]+)://([^/]*)(?:/(.*))?", re.DOTALL)


def is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def split(url: str) -> tuple[str, str]:
    """`s3://bucket` and what comes after it."""
    found = _URL.fullmatch(url)
    if not found:
        raise ValueError(f"{url} is not a URL")
    return f"{found[1].lower()}://{found[2]}", found[3] or ""


def check_url(template: str) -> None:
    """Raise `TemplateError` unless pictures can be put where this URL says."""
    base, rest = split(template)
    scheme, _, bucket = base.partition("://")
    if "::" in template or scheme in READ_ONLY:
        raise naming.TemplateError(f"Pictures cannot be put to a {scheme}:// URL.")
    if "{" in base or "}" in base:
        raise naming.TemplateError("Scheme and bucket of a URL are literal; fields may follow after them.")
    if ":" in bucket.rpartition("@")[0]:
        raise naming.TemplateError("A password does not belong into a URL: stores read theirs from the environment.")
    if "?" in template or "#" in template:
        raise naming.TemplateError("The URL of a store has no ? and no #.")
    if not bucket and not rest.strip("/"):
        raise naming.TemplateError("The URL names no bucket.")


def as_folder(template: str) -> str:
    """A file:// URL is a path; every other template is itself."""
    if not template.lower().startswith("file://"):
        return template
    from urllib.request import url2pathname  # it brings the whole of http along

    parts = urlsplit(template.replace("?", "%3F").replace("#", "%23"))
    if parts.netloc not in ("", "localhost"):
        raise naming.TemplateError("A file:// URL with the name of another machine cannot be written.")
    return url2pathname(parts.path)
