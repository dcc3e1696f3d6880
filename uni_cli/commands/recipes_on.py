"""`uni recipes run --on dask`: the same run, its sending and collecting done by a cluster's workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from uni_cli.cluster import opening
from uni_cli.cluster.opening import Needs
from uni_cli.cluster.orders import Service
from uni_cli.commands import running
from uni_cli.context import Context
from uni_cli.errors import Usage
from uni_cli.recipes.survey import Link
from uni_cli.recipes.work import Placed, Worker
from uni_cli.storage import urls

First = list[tuple[Link, list[Placed]]]


def needs(context: Context, links: list[Link]) -> Needs:
    """What the workers must have for these pictures."""
    drafts = [draft for link in links for picture in link.pictures for draft in picture.drafts]
    if any(draft.target.overwrite for draft in drafts):
        raise Usage(
            "`overwrite` and --on do not go together: two workers could overwrite each other's pictures",
            hint="Leave one of them out. Nothing was sent.",
        )
    targets = {(draft.target.template, draft.target.folder) for draft in drafts}
    return Needs(
        services=tuple(Service(name, context.settings.base_url(name)) for name in sorted({d.provider for d in drafts})),
        stores=tuple(sorted({template for template, _ in targets if urls.is_url(template)})),
        folders=tuple(sorted({Path(folder) for template, folder in targets if not urls.is_url(template)})),
    )


def make(
    made: running.Run,
    worker: Worker,
    links: list[Link],
    *,
    on: str,
    reserve: Callable[[], First],
    feed: Callable[[First], Awaitable[None]],
) -> None:
    """Nothing is written down before the cluster is there and its workers have what they need for `links`."""
    wanted = needs(made.context, links)
    host, base_url = opening.address(on), made.context.settings.base_url

    async def work() -> None:
        async with opening.opened(host, wanted) as hands:
            engine = hands.engine(worker.desk, base_url=base_url, alternatives=worker.alternatives)
            worker.engine = engine
            try:
                await feed(reserve())
            finally:
                engine.close()

    made.drive(work)
