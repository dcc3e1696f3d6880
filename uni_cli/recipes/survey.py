"""One look over all items of a run: what is to be made, what it costs, what is left alone. In constant memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from uni_cli.errors import Usage
from uni_cli.recipes import lock as locks
from uni_cli.recipes import status as statuses
from uni_cli.recipes.asking import Asked, Asker
from uni_cli.recipes.expand import Chain, expand
from uni_cli.recipes.load import Recipe
from uni_cli.recipes.lock import Entry, Lock
from uni_cli.recipes.plan import Picture, Planner, check_contained
from uni_cli.recipes.spots import near
from uni_cli.recipes.status import Finding, Status

# Up to so many pictures are kept between looking and making; beyond, they are planned anew.
KEPT = 2000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which items of the recipes a run is about. `shard` counts from 1."""

    said: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    force: bool = False
    shard: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A chain with what is to be made of it; the other steps are there already."""

    asked: tuple[Asked, ...]
    pictures: tuple[Picture, ...]
    entries: Mapping[str, Entry]


@dataclass
class Survey:
    """The sum of the first look."""

    count: int = 0
    # So many of them were bought already, and only have to be collected or written into the lock.
    held: int = 0
    fine: int = 0
    dropped: int = 0
    prices: Decimal = Decimal(0)
    unknown: int = 0
    # By the path of a recipe's lock: what its own pictures cost, and None for each whose price is not known.
    costs: dict[str, list[Decimal | None]] = field(default_factory=dict)
    altered: list[Finding] = field(default_factory=list)
    orphans: list[Finding] = field(default_factory=list)
    notices: dict[str, None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    kept: list[Link] | None = field(default_factory=list)
    wanted: dict[str, dict[str, Status]] = field(default_factory=dict)


class Surveyor:
    """`planners` by the path of a recipe's lock."""

    def __init__(
        self,
        recipes: list[Recipe],
        selection: Selection,
        asker: Asker,
        planners: Mapping[str, Planner],
        is_held: Callable[[Picture], bool],
        awaited: Callable[[Recipe], Collection[str]],
    ) -> None:
        """`awaited`: items whose forced picture a run that ended early has bought."""
        self._recipes = recipes
        self._selection = selection
        self._asker = asker
        self._planners = planners
        self._is_held = is_held
        self._awaited = awaited
        self._folders: set[Any] = set()

    def look(self) -> Survey:
        """Everything is checked and priced, so that what follows holds no surprise."""
        survey = Survey()
        seen: set[str] = set()
        position = 0
        for recipe in self._recipes:
            lock = locks.read(recipe.lock, recipe.name)
            left = set(lock.items)
            wanted = survey.wanted.setdefault(str(recipe.lock), {})
            awaited = self._awaited(recipe)
            for chain in expand(recipe, self._selection.said):
                left.difference_update(item.id for item in chain)
                seen |= self._matched(chain)
                position += 1
                if self._is_mine(position) and self._selects(chain):
                    self._consider(chain, lock, survey, wanted, awaited)
            if not self._selection.said:
                survey.orphans += statuses.orphans(recipe.name, lock, left)
        self._check_only(seen)
        return survey

    def links(self, survey: Survey) -> Iterator[Link]:
        """What is to be made, chain by chain."""
        if survey.kept is not None:
            yield from survey.kept
            return
        for recipe in self._recipes:
            lock = locks.read(recipe.lock, recipe.name)
            wanted = survey.wanted[str(recipe.lock)]
            for chain in expand(recipe, self._selection.said):
                if any(item.id in wanted for item in chain):
                    asked = self._asker.chain(chain)
                    yield self._link(asked, lock, {a.item.id: wanted[a.item.id] for a in asked if a.item.id in wanted})

    def _consider(
        self, chain: Chain, lock: Lock, survey: Survey, wanted: dict[str, Status], awaited: Collection[str]
    ) -> None:
        asked = self._asker.chain(chain)
        found = {a.item.id: statuses.of(a, lock.items.get(a.item.id)) for a in asked}
        found |= {item: Status.STALE for item in found if item in awaited}
        chosen = self._chosen(asked, found)
        for a in asked:
            status = found[a.item.id]
            if a.item.id in chosen:
                continue
            survey.fine += status is Status.OK
            survey.dropped += status is Status.DROPPED
            if status is Status.ALTERED and self._is_meant(a):
                path = str(lock.items[a.item.id]["path"])
                survey.altered.append(Finding(a.item.recipe.name, a.item.id, status, path))
        if chosen:
            wanted |= chosen
            self._add(self._link(asked, lock, chosen), survey)

    def _add(self, link: Link, survey: Survey) -> None:
        for picture in link.pictures:
            survey.count += 1
            survey.held += picture.is_held
            survey.prices += picture.price or Decimal(0)
            survey.unknown += picture.price is None
            _add_cost(survey.costs.setdefault(str(picture.asked.item.recipe.lock), [Decimal(0)]), picture.price)
            survey.notices |= dict.fromkeys(picture.notices)
            survey.warnings |= dict.fromkeys(picture.warnings)
            check_contained(picture.asked, self._folders)
        if survey.kept is not None:
            survey.kept.append(link)
            if survey.count > KEPT:
                survey.kept = None

    def _chosen(self, asked: list[Asked], found: Mapping[str, Status]) -> dict[str, Status]:
        """What is to be made; of the steps that it uses also those that are not there."""
        making = {Status.MISSING, Status.STALE}
        forced = making | ({Status.OK, Status.ALTERED} if self._selection.force else set())
        chosen = {a.item.id for a in asked if self._is_meant(a) and found[a.item.id] in forced}
        ids = {a.item.step.id: a.item.id for a in asked if a.item.step}
        for a in reversed(asked):
            if a.item.id in chosen:
                chosen |= {ids[step] for step in a.uses if found[ids[step]] in making}
        return {item: found[item] for item in found if item in chosen}

    def _link(self, asked: list[Asked], lock: Lock, chosen: Mapping[str, Status]) -> Link:
        entries = {a.item.id: lock.items[a.item.id] for a in asked if a.item.id in lock.items}
        planner = self._planners[str(asked[0].item.recipe.lock)]
        planned = (planner.plan(a, chosen[a.item.id], entries.get(a.item.id)) for a in asked if a.item.id in chosen)
        pictures = tuple(replace(picture, is_held=self._is_held(picture)) for picture in planned)
        return Link(tuple(asked), pictures, entries)

    # --- selection -------------------------------------------------------------------------------------------------

    def _is_mine(self, position: int) -> bool:
        shard = self._selection.shard
        return shard is None or position % shard[1] == shard[0] % shard[1]

    def _selects(self, chain: Chain) -> bool:
        return not self._selection.only or bool(self._matched(chain))

    def _is_meant(self, asked: Asked) -> bool:
        return not self._selection.only or any(_names(only, asked.item.id, asked.item.chain)
                                               for only in self._selection.only)  # fmt: skip

    def _matched(self, chain: Chain) -> set[str]:
        return {only for only in self._selection.only for item in chain if _names(only, item.id, item.chain)}

    def _check_only(self, seen: set[str]) -> None:
        for only in self._selection.only:
            if only not in seen:
                known = (item.id for recipe in self._recipes for chain in expand(recipe) for item in chain)
                first = [item for item, _ in zip(known, range(5000), strict=False)]
                raise Usage(f"--only {only}: there is no such item{near(only, first)}", hint="Nothing was sent.")


def _add_cost(costs: list[Decimal | None], price: Decimal | None) -> None:
    """The first is the sum; one None is enough to say that it is not the whole."""
    if price is not None:
        costs[0] = (costs[0] or Decimal(0)) + price
    elif len(costs) == 1:
        costs.append(None)


def _names(only: str, item: str, chain: str) -> bool:
    return only in (item, chain) or (any(c in only for c in "*?[") and fnmatchcase(item, only))
