"""Who asks the same at the same moment shares the answer."""

import asyncio

import pytest

from shared.single_flight import SingleFlight

pytestmark = pytest.mark.anyio


async def test_one_asks_for_all_who_come_meanwhile_and_nobody_later() -> None:
    together, asked = SingleFlight[int](), 0
    may_answer = asyncio.Event()

    async def ask() -> int:
        nonlocal asked
        asked += 1
        await may_answer.wait()
        return asked

    crowd = [asyncio.create_task(together("same", ask)) for _ in range(5)]
    other = asyncio.create_task(together("other", ask))
    await asyncio.sleep(0)
    may_answer.set()
    assert await asyncio.gather(*crowd) == [2] * 5
    assert await other == 2
    assert await together("same", ask) == 3


async def test_one_who_fails_or_goes_away_takes_nobody_along() -> None:
    together = SingleFlight[int]()
    may_go_on = asyncio.Event()

    async def fail() -> int:
        await may_go_on.wait()
        raise KeyError

    async def ask() -> int:
        return 7

    failing = asyncio.create_task(together("same", fail))
    await asyncio.sleep(0)
    waiting, leaving = (asyncio.create_task(together("same", ask)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    may_go_on.set()
    assert await waiting == 7
    with pytest.raises(KeyError):
        await failing
    with pytest.raises(asyncio.CancelledError):
        await leaving
