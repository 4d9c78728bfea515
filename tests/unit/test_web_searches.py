"""What the page of times asks of booking."""

import asyncio
import datetime as dt
import json
import uuid

import httpx2
import pytest

from services.web.forms.search import Search
from services.web.searches import find_other_times, find_times
from services.web.settings import Settings
from shared.clients import BookingClient
from shared.problems import Unavailable
from shared.schemas import booking as wire
from tests.unit.web_pages import agenda, slot

pytestmark = pytest.mark.anyio
HERE = Search("e-services", "305")
SETTINGS = Settings.model_construct(zone="Europe/Helsinki")
THREE = 3


class Booking(httpx2.AsyncBaseTransport):
    """Booking, that answers a page's questions only when all have been asked."""

    def __init__(self, slots: list[dict[str, object]], questions: int = THREE) -> None:
        self.slots, self.asked = slots, list[httpx2.Request]()
        self.all_asked = asyncio.Barrier(questions)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        await asyncio.wait_for(self.all_asked.wait(), 5)
        found = agenda(*self.slots) if request.url.path.endswith("/agenda") else {"items": self.slots}
        return httpx2.Response(200, content=json.dumps(found, default=str))

    def counted(self) -> list[httpx2.Request]:
        """The questions that booking counts as demand."""
        return [each for each in self.asked if each.headers.get("vuoro-counted") != "?0"]

    def queries(self, end: str) -> list[dict[str, str]]:
        return [dict(request.url.params) for request in self.asked if request.url.path.endswith(end)]


async def test_the_questions_are_asked_at_once_and_one_of_them_is_counted() -> None:
    service = Booking([slot()])
    async with httpx2.AsyncClient(transport=service) as http:
        found = await find_times(BookingClient(http, "http://booking.test"), HERE, SETTINGS, counted=True)
    assert len(service.asked) == THREE
    assert [request.url.path.rpartition("/")[2] for request in service.counted()] == ["agenda"]
    [days] = service.queries("/agenda")
    assert (days["channel"], days["municipality"], "from" in days) == ("on_site", "305", False)
    assert [query["channel"] for query in service.queries("/slots")] == ["phone", "video"]
    assert [day.date for day in found.days] == [dt.date(2126, 3, 4)]
    assert found.later == dt.date(2126, 3, 11)


async def test_who_goes_on_with_what_they_have_sought_is_not_counted_again() -> None:
    service = Booking([slot()])
    wanted = Search("e-services", "305", language="sv", needs=("wheelchair",), date=dt.date(2126, 3, 4))
    async with httpx2.AsyncClient(transport=service) as http:
        await find_times(BookingClient(http, "http://booking.test"), wanted, SETTINGS)
    assert service.counted() == []
    [days] = service.queries("/agenda")
    assert (days["from"], days["language"], days["feature"]) == ("2126-03-04T00:00:00+02:00", "sv", "wheelchair")


async def test_of_one_day_all_times_are_asked_for() -> None:
    service = Booking([slot(), slot("slot-2") | {"start": "2126-03-04T12:00:00+02:00"}], questions=1)
    wanted = Search("e-services", "305", channel="phone", day=dt.date(2126, 3, 4))
    async with httpx2.AsyncClient(transport=service) as http:
        found = await find_times(BookingClient(http, "http://booking.test"), wanted, SETTINGS, counted=True)
    [query] = service.queries("/slots")
    assert (query["from"], query["to"]) == ("2126-03-04T00:00:00+02:00", "2126-03-05T00:00:00+02:00")
    [day] = found.days
    assert [[each.id for each in half] for half in (day.morning, day.afternoon)] == [["slot-1"], ["slot-2"]]
    assert service.counted() == []


async def test_times_that_look_alike_stand_once() -> None:
    """Two organisations help by phone at the same time; a group at a place and a private visit there are two things."""
    by_phone = [slot(f"phone-{each}") | {"channel": "phone", "place": None, "service_point_id": None} for each in "ab"]
    there = slot("alone")
    in_group = {**there, "id": "group", "seats_left": 3}
    service = Booking([*by_phone, there, in_group])
    async with httpx2.AsyncClient(transport=service) as http:
        found = await find_times(BookingClient(http, "http://booking.test"), HERE, SETTINGS)
    assert [each.id for each in found.days[0].morning] == ["phone-a", "alone", "group"]


async def test_where_nothing_is_found_there_are_no_days() -> None:
    service = Booking([])
    async with httpx2.AsyncClient(transport=service) as http:
        found = await find_times(BookingClient(http, "http://booking.test"), HERE, SETTINGS)
    assert (list(found.days), list(found.from_afar), found.later) == ([], [], None)


async def test_a_service_that_is_away_is_told_as_it_is() -> None:
    def away(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(away)) as http:
        with pytest.raises(Unavailable):
            await find_times(BookingClient(http, "http://booking.test"), HERE, SETTINGS)


def appointment(channel: str, point: uuid.UUID | None, tutor: uuid.UUID) -> wire.Appointment:
    ids = {"id": point or tutor, "organisation_id": tutor, "offering_id": tutor, "tutor_id": tutor}
    where = {"service_point_id": point, "place": None, "region": "17", "channel": channel}
    when = {"start": "2026-03-03T09:00+02:00", "end": "2026-03-03T09:30+02:00", "state": "booked", "sequence": 1}
    rest = {"topic": "e-services", "tutor_name": "Åsa", "bring": None}
    return wire.Appointment.model_validate({**ids, **where, **when, **rest})


async def test_other_times_are_here_or_elsewhere_by_the_same_organisation_or_then_by_others() -> None:
    point, tutor = uuid.uuid4(), uuid.uuid4()
    asked = []
    for made in (appointment("on_site", point, tutor), appointment("phone", None, tutor)):
        service = Booking([], questions=1)
        async with httpx2.AsyncClient(transport=service) as http:
            client = BookingClient(http, "http://booking.test")
            await find_other_times(client, made, SETTINGS)
        asked += service.queries("/agenda")
        assert service.counted() == []  # who moves a visit has sought before
    names = ("service_point", "channel", "organisation", "region")
    own = str(tutor)
    anywhere = [{"organisation": own, "region": "17"}, {"region": "17"}]
    assert [{name: query[name] for name in names if query.get(name)} for query in asked] == [
        {"service_point": str(point), "organisation": own},
        *anywhere,
        {"channel": "phone", "organisation": own, "region": "17"},
        *anywhere,
    ]
    assert {query["drop_in"] for query in asked} == {"false"}
