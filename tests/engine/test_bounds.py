"""One timer for many bounds: each is cut at its own time, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from uni_cli.transport.bounds import Bounds

LONG = 60.0


def run(work: Awaitable[object]) -> None:
    async def story() -> None:
        # A bound that never comes must not stop the tests.
        async with asyncio.timeout(20):
            await work

    asyncio.run(story())


async def wait(bounds: Bounds, seconds: float) -> str:
    try:
        with bounds.within(seconds):
            await asyncio.sleep(LONG)
    except TimeoutError:
        return "cut"
    return "whole"


def test_each_is_cut_at_its_own_time_whichever_came_first() -> None:
    async def story() -> None:
        bounds, order = Bounds(), list[float]()

        async def one(seconds: float) -> None:
            assert await wait(bounds, seconds) == "cut"
            order.append(seconds)

        await asyncio.gather(*(one(seconds) for seconds in (0.3, 0.1, 0.5, 0.0, 0.1)))
        assert order == [0.0, 0.1, 0.1, 0.3, 0.5]

    run(story())


def test_what_ends_in_time_is_left_alone_and_so_is_what_follows() -> None:
    async def story() -> None:
        bounds = Bounds()
        for _ in range(3):
            with bounds.within(0.02):
                await asyncio.sleep(0)
        await asyncio.sleep(0.1)
        # The timer of those before has rung for nobody; there is one for this.
        assert await wait(bounds, 0.01) == "cut"

    run(story())


def test_a_longer_one_is_cut_after_the_timer_of_a_shorter_one_has_rung() -> None:
    async def story() -> None:
        bounds = Bounds()
        longer = asyncio.create_task(wait(bounds, 0.2))
        with bounds.within(0.05):
            await asyncio.sleep(0)
        assert await longer == "cut"

    run(story())


def test_one_that_is_renewed_lasts_from_then_on() -> None:
    async def story() -> None:
        renewed = 0
        try:
            with Bounds().within(0.6) as bound:
                for _ in range(4):
                    await asyncio.sleep(0.2)
                    bound.renew()
                    renewed += 1
                await asyncio.sleep(LONG)
        except TimeoutError:
            assert renewed == 4
        else:
            pytest.fail("it was not cut")

    run(story())


def test_who_is_cancelled_by_somebody_else_is_cancelled() -> None:
    """Even where the time is over at the same moment."""

    async def story() -> None:
        for both in (False, True):
            task = asyncio.create_task(wait(bounds := Bounds(), 0.0 if both else LONG))
            await asyncio.sleep(0)
            if both:
                asyncio.get_running_loop().call_later(0.0, task.cancel)
                await asyncio.sleep(0.01)
            else:
                task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await wait(bounds, 0.0) == "cut"

    run(story())


def test_of_two_around_each_other_the_outer_one_is_told() -> None:
    async def story() -> None:
        bounds, told = Bounds(), list[str]()

        async def inner() -> None:
            told.append(await wait(bounds, 0.01))
            told.append(await wait(bounds, LONG))

        with pytest.raises(TimeoutError), bounds.within(0.2):
            await inner()
        assert told == ["cut"]

    run(story())
