"""An item becomes a request, its fingerprint and the place of its picture. Nothing is chosen and nothing is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PureWindowsPath
from typing import Any

from uni_cli import providers
from uni_cli.errors import BadPrompt, BadRecipe, BadReference, Usage
from uni_cli.models import Operation, Reference, Request, Role
from uni_cli.order import again, output
from uni_cli.order.advice import advise
from uni_cli.order.references import JOB_ID, REMOTE_ID, References
from uni_cli.order.request import build
from uni_cli.order.service import AUTO, listed
from uni_cli.order.wishes import Wishes
from uni_cli.recipes import brief, fingerprint, template
from uni_cli.recipes.expand import Chain, Item, place
from uni_cli.recipes.load import Recipe, beside, inside
from uni_cli.recipes.schema import Brief, Ref, Settings
from uni_cli.recipes.spots import Keys, Spot, as_keys, near

DEFAULT_OUTPUT = "out/{recipe}/{item}.{ext}"
STEP = "step:"
# An edit keeps its source's shape, and what was set for the whole recipe is about the pictures it makes anew.
NOT_FOR_EDITS = ("aspect", "size", "search", "references", "source", "from_")
PROMPTS = ("prompt", "prompt_file", "brief")
PLAIN = ("model", "aspect", "size", "style", "format", "quality", "safety", "webhook", "upload_to", "ttl", "seed")
FLAGS = ("search", "convert", "overwrite", "no_embed", "no_prompt_embed", "strict", "no_advice")
MAX_PROMPT_FILE = 1 << 20
# So many items are looked at for advice.
ADVISED = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """`request` has a stand-in for the picture of each step in `uses`."""

    item: Item
    wishes: Wishes
    request: Request
    destination: output.Destination
    fields: Mapping[str, str]
    fingerprint: str
    uses: tuple[str, ...] = ()

    @property
    def provider(self) -> str | None:
        return self.wishes.provider


class Asker:
    """Reads each input picture once, whichever item uses it."""

    def __init__(self, find_job: Any, *, into: str | None = None, provider: str | None = None) -> None:
        """`into` and `provider` are the words of the command line: they hold in place of every recipe's own."""
        self._find_job = find_job
        self.into = into
        self.provider = provider
        self._folders: dict[Path, References] = {}
        self._prompts: dict[Path, str] = {}
        self.destinations: dict[tuple[Any, ...], output.Destination] = {}
        self.hints: dict[str, str] = {}
        self._advised = 0

    def chain(self, chain: Chain) -> list[Asked]:
        """Steps in their order: a step's fingerprint holds those of the steps it uses."""
        done: dict[str, Asked] = {}
        for item in chain:
            asked = _Question(self, item, done).ask()
            done[item.step.id if item.step else ""] = asked
            self._advise(asked)
        return list(done.values())

    def _advise(self, asked: Asked) -> None:
        """Each hint once, with the first item that deserves it; a long table is not read to its end for that."""
        if self._advised < ADVISED and not asked.wishes.no_advice:
            self._advised += 1
            for text in advise(asked.request):
                self.hints.setdefault(text, asked.item.id)

    def references(self, folder: Path) -> References:
        if folder not in self._folders:
            self._folders[folder] = References(folder=folder, find_job=self._find_job, handle=None)
        return self._folders[folder]

    def fresh(self, folder: Path) -> References:
        """Remembers nothing: for pictures that are made meanwhile."""
        return References(folder=folder, find_job=self._find_job, handle=None)

    def earlier(self, text: str, folder: Path) -> again.Earlier:
        return again.find(text, folder=folder, find_job=self._find_job)

    def prompt_file(self, name: str, spot: Spot) -> str:
        path = inside(name, spot.file.parent, spot, what="prompt file")
        if path not in self._prompts:
            try:
                data = path.read_bytes() if path.stat().st_size <= MAX_PROMPT_FILE else None
            except OSError as error:
                raise spot.error(f"{name!r} cannot be read: {error.strerror}") from error
            if data is None:
                raise spot.error(f"{name!r} is larger than any prompt")
            try:
                self._prompts[path] = data.decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                raise beside(spot, name).error("the prompt file is not UTF-8 text") from error
        return self._prompts[path]


class _Question:
    """One item, asked for in the words of its recipe and of its step."""

    def __init__(self, asker: Asker, item: Item, done: Mapping[str, Asked]) -> None:
        self.asker = asker
        self.item = item
        self.recipe: Recipe = item.recipe
        self.step = item.step
        self.done = done
        self.base: Keys = ("steps", self.recipe.steps.index(item.step)) if item.step else ()
        self.uses: list[str] = []

    @property
    def is_edit(self) -> bool:
        return self.step is not None and (self.step.edit is not None or self.step.source is not None)

    def spot(self, name: str, *more: str | int) -> Spot:
        """Where a key stands: in the step, else in the recipe; for a row's own values in the row."""
        if more:
            base = self.base if self.step is not None and getattr(self.step, name, None) is not None else ()
            return self.recipe.spot(*base, name.strip("_").replace("_", "-"), *more)
        return place(self.item, name)

    def value(self, name: str) -> Any:
        """The step's word, else an axis' or a column's, else the recipe's."""
        own = getattr(self.step, name) if self.step is not None else None
        if own is not None:
            return own
        if self.is_edit and name in NOT_FOR_EDITS:
            return None
        if name in ("aspect", "size") and self._other_shape(name):
            return None
        if name in self.item.settings:
            return self.item.settings[name]
        return getattr(self.recipe.data, name)

    def _other_shape(self, name: str) -> bool:
        """A shape said closer by, in the other of the two ways, stands in its place."""
        other = "size" if name == "aspect" else "aspect"
        if self.step is not None and getattr(self.step, other) is not None:
            return True
        return other in self.item.settings and name not in self.item.settings

    def ask(self) -> Asked:
        fields = self._fields()
        base = self._base()
        wishes = self._wishes()
        request = self._built(wishes, base)
        destination = self._destination(wishes, fields)
        provider = wishes.provider if wishes.provider != "auto" else None
        print_ = fingerprint.of(
            replace(request, format=destination.wanted),
            provider=provider,
            number=self.item.number,
            convert=wishes.convert,
        )
        return Asked(self.item, wishes, request, destination, fields, print_, tuple(dict.fromkeys(self.uses)))

    # --- words -----------------------------------------------------------------------------------------------------

    def _render(self, text: str, spot: Spot) -> str:
        try:
            return template.render(text, self.item.vars, spot)
        except BadRecipe as error:
            spot = self.item.spot
            if spot.file != self.recipe.path:
                raise BadRecipe(f"{error.message}, for the row {spot.shown}:{spot.line}", hint=error.hint) from error
            if "include" in (self.recipe.data.matrix or {}):  # its entries need not have the same variables
                raise BadRecipe(f"{error.message}, for the item {self.item.id}", hint=error.hint) from error
            raise

    def _prompt(self) -> str | None:
        owner, base = self._owner()
        if owner.prompt is not None:
            return self._render(owner.prompt, self.recipe.spot(*base, "prompt"))
        if owner.prompt_file is not None:
            spot = self.recipe.spot(*base, "prompt-file")
            return self._render(self.asker.prompt_file(owner.prompt_file, spot), beside(spot, owner.prompt_file))
        if owner.brief is not None:
            return self._brief(owner.brief, (*base, "brief"))
        return None

    def _brief(self, said: Brief, base: Keys) -> str:
        try:
            return self._render(brief.compile(said), self.recipe.spot(*base))
        except BadRecipe:
            # The lines of the whole are not those of the file: which of its parts is it?
            for name in type(said).model_fields:
                value = getattr(said, name)
                for keys, text in [((name, n), t) for n, t in enumerate(value)] if name == "keep" and value else []:
                    self._render(text, self.recipe.spot(*base, *keys))
                if isinstance(value, str):
                    self._render(value, self.recipe.spot(*base, name))
            raise

    def _owner(self) -> tuple[Settings, Keys]:
        """Whoever says the prompt: a step's own stands in place of the recipe's."""
        if self.step is not None and any(getattr(self.step, name) is not None for name in PROMPTS):
            return self.step, self.base
        return self.recipe.data, ()

    def _keep(self) -> tuple[str, ...]:
        if self.step is not None and not self.is_edit and self.step.keep is None:
            return ()
        words = self.value("keep") or ()
        return tuple(self._render(text, self.spot("keep", number)) for number, text in enumerate(words))

    def _wishes(self) -> Wishes:
        said: dict[str, Any] = {name: self.value(name) for name in PLAIN}
        said |= {name: bool(self.value(name)) for name in FLAGS}
        raw: Mapping[str, Any] = self.value("set") or {}
        return Wishes(
            prompt=self._prompt(),
            provider=self._provider(),
            keep=self._keep(),
            set=tuple(f"{key}={json.dumps(value)}" for key, value in raw.items()),
            output=self._output(),
            **said,
        )

    def _provider(self) -> str | None:
        """What no service is called is told here, where a check comes by as well."""
        said: str | None = self.value("provider")
        if said is None or self.asker.provider is not None:
            return said
        try:
            strange = [name for name in listed(said) if name not in (AUTO, *providers.TABLE)]
        except Usage as error:
            raise self.spot("provider").error(as_keys(error.message), hint=as_keys(error.hint or "")) from error
        for name in strange:
            if name not in (known := providers.names()):
                hint = f"There are {', '.join(known)}. Nothing was sent."
                raise self.spot("provider").error(f"there is no provider {name!r}{near(name, known)}", hint=hint)
        return said

    # --- pictures --------------------------------------------------------------------------------------------------

    def _base(self) -> Request | None:
        """Source and references, on top of what `from` names."""
        earlier = self._earlier()
        request = earlier or Request(Operation.GENERATE, "")
        source, references = self._source(), self._references()
        if source is not None:
            request = replace(request, source=source, operation=Operation.EDIT)
        if references:
            request = replace(request, references=references)
        return request if earlier or source is not None or references else None

    def _earlier(self) -> Request | None:
        text = self.value("from_")
        if text is None:
            return None
        spot = self.spot("from_")
        folder = spot.file.parent
        if not JOB_ID.fullmatch(text):
            inside(text, folder, spot, what="picture")
        try:
            return again.reload(self.asker.earlier(text, folder).request, self.asker.references(folder))
        except Usage as error:
            raise spot.error(as_keys(error.message)) from error

    def _source(self) -> Reference | None:
        if self.step is not None and self.step.edit is not None:
            return self._of_step(self.step.edit)
        text = self.value("source")
        return None if text is None else self._picture(text, self.spot("source"))

    def _references(self) -> tuple[Reference, ...]:
        found: list[Ref] = self.value("references") or []
        return tuple(self._reference(ref, number) for number, ref in enumerate(found))

    def _reference(self, ref: Ref, number: int) -> Reference:
        if ref.step is not None:
            picture = self._of_step(ref.step)
        else:
            picture = self._picture(ref.image or "", self.spot("references", number, "image"))
        borrow = self._render(ref.borrow, self.spot("references", number, "borrow")).strip() if ref.borrow else None
        return replace(picture, role=Role(ref.role) if ref.role else None, borrow=borrow)

    def _of_step(self, step: str) -> Reference:
        """A stand-in: the fingerprint of that step in place of the hash of its picture."""
        self.uses.append(step)
        asked = self.done[step]
        return Reference(source=f"{STEP}{asked.item.id}", sha256=f"{STEP}{asked.fingerprint}")

    def _picture(self, text: str, spot: Spot) -> Reference:
        image = self._render(text, spot).strip()
        folder = spot.file.parent
        elsewhere = image.startswith("data:") or "://" in image
        named = JOB_ID.fullmatch(image) or REMOTE_ID.fullmatch(image)
        if not elsewhere and not (named and not (folder / image).exists()):
            inside(image, folder, spot, what="picture")
        try:
            return self.asker.references(folder).source(image)
        except Usage as error:
            raise spot.error(error.message) from error

    # --- the whole -------------------------------------------------------------------------------------------------

    def _built(self, wishes: Wishes, base: Request | None) -> Request:
        folder = self.recipe.path.parent
        if wishes.prompt is None and not (base and base.prompt):
            raise self.recipe.spot(*self.base).error("there is no `prompt` and no `brief`")
        fresh = base or Request(Operation.GENERATE, "")
        wishes = replace(wishes, prompt=wishes.prompt if wishes.prompt is not None else fresh.prompt)
        try:
            return build(wishes, edit=fresh.source is not None, base=base, references=self.asker.references(folder))
        except Usage as error:
            raise self._blamed(error).error(as_keys(error.message)) from error

    def _blamed(self, error: Usage) -> Spot:
        if isinstance(error, BadPrompt):
            owner, base = self._owner()
            name = next((name for name in PROMPTS if getattr(owner, name) is not None), "prompt")
            return self.recipe.spot(*base, name.replace("_", "-"))
        if isinstance(error, BadReference):
            return self.spot("references")
        flag = re.search(r"--([a-z-]+)", error.message)
        return self.spot(flag[1].replace("-", "_")) if flag else self.recipe.spot(*self.base)

    def _output(self) -> str:
        return self.asker.into or self.value("output") or DEFAULT_OUTPUT

    def _fields(self) -> dict[str, str]:
        item = self.item
        words = {name: str(value) for name, value in item.vars.items()}
        return {**words, "recipe": self.recipe.name, "item": item.id, "step": item.step.id if item.step else "none"}

    def _destination(self, wishes: Wishes, fields: Mapping[str, str]) -> output.Destination:
        """The items of a recipe share theirs."""
        key = (self.recipe.lock, wishes.output, wishes.format, wishes.convert, frozenset(fields))
        known = self.asker.destinations
        if key not in known:
            known[key] = self._settled(wishes, fields)
        return known[key]

    def _settled(self, wishes: Wishes, fields: Mapping[str, str]) -> output.Destination:
        if self.asker.into:
            here = Path.cwd()
            return output.settle(wishes, default=None, folder=here, stdout_folder=here, fields=fields)
        spot, text = self.spot("output"), wishes.output or ""
        windows = PureWindowsPath(text)
        if Path(text).is_absolute() or windows.drive or windows.root or text.startswith("~"):
            raise spot.error(f"`output` {text!r} is absolute: it is relative to the recipe's folder")
        if "://" in text:
            raise spot.error(f"`output` {text!r} is a URL: a recipe's pictures lie in its folder")
        folder = self.recipe.folder
        try:
            return output.settle(wishes, default=None, folder=folder, stdout_folder=folder, fields=fields)
        except Usage as error:
            about = re.match(r"--([a-z]+)", error.message)
            raise (self.spot(about[1]) if about else spot).error(as_keys(error.message)) from error
