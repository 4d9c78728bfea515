"""What the page of times asks of booking."""

import asyncio
import datetime as dt
import uuid

import httpx2
import pytest

from services.web.searches import DAYS_SHOWN, find_other_times, find_times
from shared.clients import BookingClient
from shared.problems import Unavailable
from shared.schemas import booking as wire
from tests.unit.test_web_forms import slots

pytestmark = pytest.mark.anyio
TODAY = dt.date(2026, 12, 31)
FIVE = 5


class Booking(httpx2.AsyncBaseTransport):
    """Booking, that answers a page's questions only when all have been asked."""

    def __init__(self, found: wire.Slots, questions: int = FIVE) -> None:
        self.found, self.asked = found.model_dump_json(), list[httpx2.Request]()
        self.all_asked = asyncio.Barrier(questions)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        await asyncio.wait_for(self.all_asked.wait(), 5)
        if request.url.path.endswith("/days"):
            first = dt.date.fromisoformat(f"{request.url.params['month']}-01")
            days = [(first + dt.timedelta(days=n)).isoformat() for n in range(20)]
            return httpx2.Response(200, json={"days": days})
        return httpx2.Response(200, content=self.found)

    def counted(self) -> list[dict[str, str]]:
        """The questions that booking counts as demand."""
        asked = [each for each in self.asked if each.url.path.endswith("/slots")]
        return [dict(each.url.params) for each in asked if each.headers.get("vuoro-counted") != "?0"]

    def queries(self, end: str) -> list[dict[str, str]]:
        return [dict(request.url.params) for request in self.asked if request.url.path.endswith(end)]


async def test_the_five_questions_are_asked_at_once() -> None:
    service = Booking(slots(uuid.uuid4(), "a"))
    async with httpx2.AsyncClient(transport=service) as http:
        client = BookingClient(http, "http://booking.test")
        found = await find_times(client, "e-services", "305", start="2027-01-05T00:00+02:00", after="", today=TODAY)
    assert len(service.asked) == FIVE
    assert [query["month"] for query in service.queries("/days")] == ["2026-12", "2027-01"]
    assert {query["from"] for query in service.queries("/slots")} == {"2027-01-05T00:00+02:00"}
    assert {(query["channel"], query.get("drop_in")) for query in service.queries("/slots")} == {
        ("on_site", "false"),
        ("phone", None),
        ("on_site", "true"),
    }
    assert [day for day, _ in found.on_site] == [dt.date(2026, 3, 3)]
    assert len(found.days) == DAYS_SHOWN
    assert service.counted() == []


async def test_of_the_questions_of_a_search_one_is_counted() -> None:
    service = Booking(slots(uuid.uuid4(), "a"))
    async with httpx2.AsyncClient(transport=service) as http:
        client = BookingClient(http, "http://booking.test")
        await find_times(client, "e-services", "305", start=None, after=None, today=TODAY, counted=True)
    [query] = service.counted()
    assert (query["channel"], query["drop_in"]) == ("on_site", "false")


async def test_where_nothing_is_found_there_are_no_days_to_choose() -> None:
    service = Booking(wire.Slots(items=[]))
    async with httpx2.AsyncClient(transport=service) as http:
        client = BookingClient(http, "http://booking.test")
        found = await find_times(client, "e-services", "305", start=None, after=None, today=TODAY)
    assert (found.on_site, found.days) == ([], [])
    assert all("from" not in query for query in service.queries("/slots"))


async def test_a_service_that_is_away_is_told_as_it_is() -> None:
    def away(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(away)) as http:
        client = BookingClient(http, "http://booking.test")
        with pytest.raises(Unavailable):
            await find_times(client, "e-services", "305", start=None, after=None, today=TODAY)


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
        service = Booking(wire.Slots(items=[]), questions=1)
        async with httpx2.AsyncClient(transport=service) as http:
            client = BookingClient(http, "http://booking.test")
            await find_other_times(client, made, start=None, after="next")
        asked += service.queries("/slots")
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
    assert {query["after"] for query in asked} == {"next"}
