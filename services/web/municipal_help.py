"""The places of a municipality that help, each with its next times, and when somebody helps by phone."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import Request

from services.web.clients import booking, providers
from services.web.language import page_language
from services.web.patience import answer_or_none
from services.web.state import catalogue_of
from shared.schemas.booking import Slot
from shared.schemas.providers import FoundServicePoint

PLACES_SHOWN, AT_ONCE = 20, 500
FAR = dt.datetime.max.replace(tzinfo=dt.UTC)
NextTimes = Mapping[uuid.UUID, Slot]


@dataclass(frozen=True)
class HelpingPlace:
    """A service point, its next time to book, and when anybody may come next."""

    point: FoundServicePoint
    next: Slot | None
    drop_in: Slot | None

    @property
    def soonest(self) -> dt.datetime:
        """When there is help there next; far away when that is not known."""
        return min((slot.start for slot in (self.next, self.drop_in) if slot), default=FAR)


@dataclass(frozen=True)
class Help:
    """The places, the soonest first; the next time by phone; and whether times are known at all."""

    places: list[HelpingPlace]
    phone: Slot | None
    times_known: bool


async def find_help(request: Request, municipality: str) -> Help:
    """Return the help of a municipality; without times while booking is away. Raises Unavailable when not even its
    places are known."""
    points = catalogue_of(request).points_of.get(
        ("municipality", municipality), lambda: providers(request).service_points(municipality)
    )
    heard, times = await asyncio.gather(points, _times(request, municipality))
    to_book, drop_in, phone = times or ({}, {}, None)
    places = [HelpingPlace(point, to_book.get(point.id), drop_in.get(point.id)) for point in heard.value]
    language = page_language(request)
    places.sort(key=lambda place: (place.soonest, place.point.name.best(language)))
    return Help(places[:PLACES_SHOWN], phone, times is not None)


async def _times(request: Request, municipality: str) -> tuple[NextTimes, NextTimes, Slot | None] | None:
    client = booking(request)
    area = {"municipality": municipality}
    answered = await answer_or_none(
        asyncio.gather(
            client.places(**area, drop_in="false", limit=AT_ONCE),
            client.places(**area, drop_in="true", limit=AT_ONCE),
            client.slots(**area, channel="phone", limit=1),
        )
    )
    if answered is None:
        return None
    to_book, drop_in, phone = answered
    return (
        {each.service_point_id: each.slot for each in to_book},
        {each.service_point_id: each.slot for each in drop_in},
        next(iter(phone.items), None),
    )
