"""Every fault of the emulator at every step of every service: what the user reads, and what was paid for what."""

from __future__ import annotations

import pytest

from tests.engine.cells import GROUPS, SUBMITS, Cell, Story, group_code, submit_code, tell_group, tell_submit
from tests.engine.house import House, jobs

pytestmark = pytest.mark.usefixtures("quick")


@pytest.mark.parametrize("cell", SUBMITS, ids=str)
def test_a_paid_request_that_meets_a_fault_is_never_paid_twice(home: House, cell: Cell) -> None:
    story = tell_submit(home, cell)

    assert story.first.code == submit_code(cell), story.first.err
    _is_square(story)
    if "never" not in cell.kind:
        assert story.after.pending == 0


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: str(group[0]).replace(group[0].service, "every"))
def test_a_paid_picture_that_meets_a_fault_is_delivered_in_the_end(home: House, group: tuple[Cell, ...]) -> None:
    story = tell_group(home, group)

    codes = {cell.service: group_code(cell) for cell in group}
    services = {row["job"]: row["provider"] for row in jobs()}
    left = story.first.json["pending"] + story.first.json["failures"]
    ended = {services[job["job"]]: _code(job) for job in left}
    assert {**dict.fromkeys(codes, 0), **ended} == codes, story.first.err
    _is_square(story)
    if group[0].kind not in ("never", "failed", "moderated"):
        assert (story.after.billed, story.after.delivered) == (len(group), len(group))


def _code(job: dict[str, str]) -> int:
    return {"provider.failed": 1, "provider.moderated": 5}.get(job.get("code", ""), 8)


def _is_square(story: Story) -> None:
    for account in (story.during, story.after):
        assert (account.doubles, account.lost) == (0, 0), account
    assert story.after.billed <= story.after.delivered + story.after.in_doubt + story.after.pending
