"""The clients of the services read a list to its end, however many pages it has."""

import ast
import inspect
from collections.abc import Iterator
from textwrap import dedent
from types import FunctionType

import httpx2
import pytest
from pydantic import BaseModel

from shared.clients import BookingClient, ProvidersClient
from shared.schemas import booking, people, providers

pytestmark = pytest.mark.anyio
WIRES = {"booking": booking, "people": people, "providers": providers}
METHODS = [
    pytest.param(method, id=f"{client.__name__}.{name}")
    for client in (BookingClient, ProvidersClient)
    for part in client.__bases__
    for name, method in vars(part).items()
    if isinstance(method, FunctionType)
]


def two_pages(request: httpx2.Request) -> httpx2.Response:
    is_first = "after" not in request.url.params
    item = {"code": "first" if is_first else "second", "name": {"fi": "Nimi"}}
    return httpx2.Response(200, json={"items": [item], "next": "first" if is_first else None})


async def test_what_stands_on_the_second_page_is_read() -> None:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(two_pages)) as http:
        topics = await ProvidersClient(http, "http://providers.test").topics()
    assert [topic.code for topic in topics] == ["first", "second"]


def of_a_later_version(_request: httpx2.Request) -> httpx2.Response:
    item = {"code": "first", "name": {"fi": "Nimi"}, "depth": 1}
    return httpx2.Response(200, json={"items": [item], "next": None, "total": 1})


async def test_a_service_of_a_later_version_may_say_more() -> None:
    """Services are brought up to a version one by one."""
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(of_a_later_version)) as http:
        topics = await ProvidersClient(http, "http://providers.test").topics()
    assert [topic.code for topic in topics] == ["first"]


def read_by(method: FunctionType) -> Iterator[type[BaseModel]]:
    """The models as which a method reads an answer by itself."""
    for call in ast.walk(ast.parse(dedent(inspect.getsource(method)))):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "read":
            module, name = ast.unparse(call.args[0]).split(".")
            yield getattr(WIRES[module], name)


@pytest.mark.parametrize("method", METHODS)
def test_whoever_returns_a_list_has_read_all_of_it(method: FunctionType) -> None:
    """A page says by `next` that there are more; who reads one alone returns it as a page."""
    for model in read_by(method):
        assert "next" not in model.model_fields or method.__annotations__["return"] is model
