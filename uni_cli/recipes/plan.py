"""What a run would make: items, services and prices. Nothing is sent here."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from uni_cli.errors import UniError, Unsupported
from uni_cli.models import Reference, Request
from uni_cli.order import output, planning
from uni_cli.order.service import Choice, Market, choose
from uni_cli.providers.base import Capabilities, Provider
from uni_cli.recipes.asking import Asked
from uni_cli.recipes.expand import place
from uni_cli.recipes.lock import Entry
from uni_cli.recipes.matrix import SETTINGS
from uni_cli.recipes.spots import Spot, as_keys, key_of
from uni_cli.recipes.status import Status
from uni_cli.storage import files, naming, urls

CACHED = 4096
_FIELD = re.compile(r"\{([^{}]*)\}")
_ANYTHING = dict.fromkeys(naming.FIELDS, "x")


@dataclass(frozen=True, slots=True)
class Shop:
    """What planning needs to know of services and settings."""

    market: Market
    capabilities: Callable[[str], Capabilities]
    provider: Callable[[str], Provider]
    base_url: Callable[[str], str]
    usual: str | None = None
    wanted: str | None = None
    strict: bool = False
    dry_run: bool = False
    embed: bool = True
    prompt_embed: bool = True
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture that is to be made, with its drafts at the services that are tried in order."""

    asked: Asked
    status: Status
    drafts: tuple[planning.Draft, ...]
    notices: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    entry: Entry | None = None
    # Its job is in the ledger already: what was bought is taken up, and nothing is bought.
    is_held: bool = False

    @property
    def price(self) -> Decimal | None:
        """The dearest of the list: it is what gets reserved."""
        if self.is_held:
            return Decimal(0)
        known = [draft.price for draft in self.drafts if draft.price is not None]
        return max(known) if known else None

    @property
    def once(self) -> str:
        """At most one open job for one state of one item, whoever runs the recipe."""
        item = self.asked.item
        where = hashlib.sha256(os.fsencode(item.recipe.lock.resolve())).hexdigest()[:16]
        return f"recipe:{where}:{item.id}:{self.asked.fingerprint}"


@dataclass
class Planner:
    shop: Shop
    _choices: dict[Any, Choice] = field(default_factory=dict)

    def plan(self, asked: Asked, status: Status, entry: Entry | None) -> Picture:
        item, wishes = asked.item, asked.wishes
        choice = self._choice(asked)
        drafts, warnings = [], list(choice.warnings)
        intact = entry is not None and status in (Status.OK, Status.STALE, Status.MISSING)
        destination = self._own_destination(asked, entry) if entry is not None and intact else asked.destination
        wishes = replace(
            wishes,
            no_embed=wishes.no_embed or not self.shop.embed,
            no_prompt_embed=wishes.no_prompt_embed or not self.shop.prompt_embed,
        )
        for name in choice.names:
            able = self.shop.capabilities(name)
            request, convert = output.fit_format(asked.request, able, destination, convert=wishes.convert)
            target = output.target(
                destination,
                wishes,
                n=item.place,
                convert=convert,
                fields=_fields(asked),
                made=_made(asked),
                replaces=str(entry["sha256"]) if entry is not None and intact else None,
                prefix=self.shop.prefix,
            )
            try:
                drafts.append(planning.draft(self.shop.provider(name), self.shop.base_url(name), request, target))
            except Unsupported as error:
                if not request.extra:
                    raise
                raise self._located(error, asked, place(item, "set")) from error
        known = self.shop.capabilities
        maybe = (output.format_warning(n, known(n), destination, convert=wishes.convert) for n in choice.names)
        warnings += [warning for warning in maybe if warning]
        return Picture(asked, status, tuple(drafts), choice.notices, tuple(warnings), entry)

    def _choice(self, asked: Asked) -> Choice:
        """Items of one recipe differ in words and seeds mostly, so choices are remembered by all the rest."""
        shop, wishes = self.shop, asked.wishes
        wanted = shop.wanted or asked.provider or shop.usual
        request, by_suffix = replace(asked.request, format=asked.destination.wanted), asked.destination.by_suffix
        strict = shop.strict or wishes.strict
        key = (wanted, wishes.convert, by_suffix, strict, _outline(request))
        if key not in self._choices:
            if len(self._choices) > CACHED:
                self._choices.clear()
            try:
                self._choices[key] = choose(
                    wanted, request, shop.market, convert=wishes.convert, by_suffix=by_suffix, strict=strict,
                    dry_run=shop.dry_run,
                )  # fmt: skip
            except UniError as error:
                raise self._located(error, asked, _blamed(error, asked)) from error
        return self._choices[key]

    def _located(self, error: UniError, asked: Asked, spot: Spot) -> UniError:
        where = f"{spot.shown}:{spot.line}:{spot.column}"
        # Who said -p is told of another -p, who did not of the recipe's own key.
        hint = (error.hint or "").replace("--", "") if self.shop.wanted else as_keys(error.hint or "")
        return type(error)(f"{where}: {asked.item.id}: {as_keys(error.message)}", hint=hint)

    def _own_destination(self, asked: Asked, entry: Entry) -> output.Destination:
        """A remade picture takes the place of its own file, also where that had to be numbered."""
        old = str(entry["path"])
        if urls.is_url(old) or urls.is_url(asked.destination.template):
            return asked.destination
        try:
            path = naming.fill(
                asked.destination.template, {**_fields(asked), "slug": asked.request.prompt, "ext": "png"}
            )
        except naming.TemplateError:
            return asked.destination
        expected = path.with_suffix("").as_posix()
        if re.fullmatch(re.escape(expected) + r"-[0-9]+\.\w+", old):
            return replace(asked.destination, template=old)
        return asked.destination


def _blamed(error: UniError, asked: Asked) -> Spot:
    """The place of the option, or of the first setting, that the message is about."""
    if isinstance(error, Unsupported) and (key := key_of(error.option)):
        return place(asked.item, key.replace("-", "_"))
    words = re.findall(r"[a-z]+", error.message)
    names = (name for word in words for name in (word, word.removesuffix("s")) if name in SETTINGS)
    said = next((name for name in names if getattr(asked.wishes, name) is not None), None)
    return place(asked.item, said) if said else asked.item.spot


def _outline(request: Request) -> tuple[Any, ...]:
    def shape(reference: Reference) -> tuple[Any, ...]:
        r = reference
        return (bool(r.url), r.remote, r.remote_at, r.media_type, r.bytes, r.width, r.height)

    r = request
    return (
        r.operation, r.model, r.aspect, r.size, r.style, r.search, r.seed is None, r.format, r.quality is None,
        r.safety, bool(r.webhook), bool(r.upload_to), r.ttl is None, bool(r.source), tuple(shape(i) for i in r.inputs),
    )  # fmt: skip


def _fields(asked: Asked) -> Mapping[str, str]:
    """Template fields of this item; a seed that is asked for is shown, not the one that a service makes up."""
    seed = asked.request.seed
    return {**asked.fields, **({"seed": str(seed)} if seed is not None else {})}


def _made(asked: Asked) -> Mapping[str, Any]:
    """What the sidecar says of the recipe."""
    item = asked.item
    step = {"step": item.step.id} if item.step else {}
    return {
        "recipe": item.recipe.name,
        "item": item.id,
        "vars": dict(item.vars),
        **step,
        "fingerprint": asked.fingerprint,
    }


def _folder_of(asked: Asked) -> tuple[Any, ...]:
    """The same for two items whose pictures go to the same folder."""
    above = asked.destination.template.rpartition("/")[0]
    fields = _fields(asked)
    return (asked.item.recipe.folder, above, *(fields.get(name) for name in _FIELD.findall(above)))


def check_writable(pictures: Iterable[Picture]) -> None:
    """A folder that takes no picture is found before anything is sent."""
    folders = {_folder_of(picture.asked): picture.asked for picture in pictures}
    for asked in folders.values():
        if not urls.is_url(asked.destination.template):
            output.check_writable(asked.destination, _fields(asked))


def check_contained(asked: Asked, seen: set[Any]) -> None:
    """A link inside of the recipe's folder does not lead its pictures out of it. Each folder is looked at once."""
    folder = asked.item.recipe.folder
    fields = _fields(asked)
    template = asked.destination.template
    if urls.is_url(template) or Path(template).is_absolute():  # the command line's own word
        return
    if (key := _folder_of(asked)) in seen:
        return
    seen.add(key)
    parent = Path(folder, naming.fill(template, {**_ANYTHING, **fields, "ext": "png"})).parent
    if parent.resolve() != folder.resolve() and not files.contained(parent, folder):
        spot = asked.item.recipe.spot("output")
        raise spot.error("`output` leads out of the recipe's folder through a link")
