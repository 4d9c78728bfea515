"""What the pages keep of the registry while it is away."""

import asyncio
import json

import httpx2
import pytest

from services.web import catalogue
from services.web.catalogue import Catalogue
from services.web.last_known import LastKnown
from shared.clients import ProvidersClient
from shared.problems import Unavailable
from tests.unit.web_pages import registry_lists

pytestmark = pytest.mark.anyio


class Source:
    """Answers with a number that grows, while it is there."""

    def __init__(self) -> None:
        self.asked, self.is_away = 0, False

    async def ask(self) -> int:
        self.asked += 1
        if self.is_away:
            raise Unavailable
        return self.asked


async def test_a_value_is_asked_for_once_and_stays_while_nobody_answers() -> None:
    source = Source()
    kept = LastKnown(source.ask)
    assert [await kept.get(), await kept.get()] == [1, 1]
    assert await kept.refresh() == 2
    source.is_away = True
    with pytest.raises(Unavailable):
        await kept.refresh()
    assert await kept.get() == 2


async def test_a_value_that_was_never_heard_is_not_made_up() -> None:
    source = Source()
    source.is_away = True
    with pytest.raises(Unavailable):
        await LastKnown(source.ask).get()


async def test_topics_and_municipalities_are_found_by_their_codes() -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(registry_lists)) as http:
        lists = Catalogue(ProvidersClient(http, "http://providers.test"))
        topic, municipality = await lists.topic("e-services"), await lists.municipality("305")
        assert topic is not None
        assert topic.name.fi == "Asiointi"
        assert municipality is not None
        assert municipality.name.fi == "Kuusamo"
        assert await lists.topic("none") is None
        assert await lists.municipality("") is None


async def test_lists_are_read_to_their_last_page() -> None:
    """One that is cut off would leave out of the pages what stands beyond, and nobody would be told."""

    def two_pages(request: httpx2.Request) -> httpx2.Response:
        whole = json.loads(registry_lists(request).content)
        is_last = request.url.params.get("after") == "first"
        return httpx2.Response(
            200, json={**whole, "items": whole["items"] if is_last else [], "next": None if is_last else "first"}
        )

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(two_pages)) as http:
        lists = Catalogue(ProvidersClient(http, "http://providers.test"))
        assert await lists.topic("e-services") is not None
        assert await lists.municipality("305") is not None


@pytest.mark.parametrize("is_readable", [True, False], ids=["away", "unreadable"])
async def test_the_lists_are_heard_before_anybody_asks_as_soon_as_the_registry_is_there(
    monkeypatch: pytest.MonkeyPatch, is_readable: bool
) -> None:
    monkeypatch.setattr(catalogue, "RETRY_SECONDS", 0)
    refusals, heard = 3, asyncio.Event()

    def answer(request: httpx2.Request) -> httpx2.Response:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0 and is_readable:
            raise httpx2.ConnectError("refused")
        if refusals >= 0:
            return httpx2.Response(200, json={"items": "of another version"})
        if request.url.path.endswith("identity-providers"):
            heard.set()
        return registry_lists(request)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        lists = Catalogue(ProvidersClient(http, "http://providers.test"))
        refreshing = asyncio.create_task(lists.keep_fresh())
        await asyncio.wait_for(heard.wait(), 5)
        refreshing.cancel()
    assert refusals == -3  # three lists, each once: the next round is a minute away
