"""Searches for free times, as the pages show them."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from services.web.dates import local_midnight
from services.web.forms.search import Search
from services.web.settings import Settings
from shared.clients import BookingClient
from shared.schemas import booking as wire
from shared.schemas.common import Channel, LocalisedText

OF_HALF_A_DAY, OF_A_DAY, NOON = 4, 100, 12
# "Any" tutor: a citizen chooses a time and a place, and the fairest choice among the tutors is booking's.
ANYBODY = "any"
# Help without a way to it, which is offered beside help on site.
FROM_AFAR: tuple[Channel, ...] = ("phone", "video")
Asked = Mapping[str, object]
Days = list[tuple[dt.date, list[wire.Slot]]]


@dataclass(frozen=True)
class TimesFound:
    """What the page of times shows: days with some of their times, or one with all of them; all days that have room;
    what each kind of help is called; the next times of help from afar; and what there is when there is nothing."""

    days: Sequence[wire.AgendaDay]
    with_room: Sequence[dt.date]
    offerings: dict[UUID, LocalisedText]
    from_afar: Sequence[wire.ExpandedSlot]
    otherwise: wire.Otherwise | None

    @property
    def later(self) -> dt.date | None:
        """From when on the days are that are not shown yet."""
        return later_than(self.days, self.with_room)


def later_than(days: Sequence[wire.AgendaDay], with_room: Sequence[dt.date]) -> dt.date | None:
    """Return the first day that has room and is not shown."""
    return with_room[len(days)] if days and len(days) < len(with_room) else None


async def find_times(client: BookingClient, search: Search, settings: Settings, *, counted: bool = False) -> TimesFound:
    """Return what can be booked. The first page of a search is `counted` as demand, once. Raises Refused and
    Unavailable as a single call does.

    The questions are asked at once, so that the page takes as long as the slowest, not as long as their sum.
    """
    asked = search.query()
    of_day = _one_day(client, asked, settings, search.day) if search.day else None
    # gather and not a TaskGroup: the first failure is raised as it is, and the error pages know it.
    found, from_afar = await asyncio.gather(
        of_day or _days(client, asked, settings, search.date, counted=counted), _from_afar(client, search)
    )
    days = [
        wire.AgendaDay(
            date=day.date,
            morning=_each_look_once(day.morning, found.offerings),
            afternoon=_each_look_once(day.afternoon, found.offerings),
        )
        for day in found.days
    ]
    return TimesFound(days, found.with_room, found.offerings, from_afar, found.otherwise)


def _each_look_once(
    half: Sequence[wire.ExpandedSlot], offerings: Mapping[UUID, LocalisedText]
) -> list[wire.ExpandedSlot]:
    """Return times without those that look like one before them, as two organisations' that help by phone at once do:
    nobody could choose between them."""
    looks: dict[tuple[object, ...], wire.ExpandedSlot] = {}
    for slot in half:
        looks.setdefault(_look(slot, offerings), slot)
    return list(looks.values())


def _look(slot: wire.ExpandedSlot, offerings: Mapping[UUID, LocalisedText]) -> tuple[object, ...]:
    name = offerings.get(slot.offering_id) if slot.offering_id else None
    called = name.model_dump_json() if name else None
    return slot.start, slot.end, slot.channel, slot.service_point_id, slot.drop_in, slot.seats_left, called


async def _days(
    client: BookingClient, asked: Asked, settings: Settings, date: dt.date | None, *, counted: bool = False
) -> wire.Agenda:
    since = {"from": local_midnight(date, settings)} if date else {}
    return await client.agenda(counted=counted, most=OF_HALF_A_DAY, **asked, **since)


async def _one_day(client: BookingClient, asked: Asked, settings: Settings, day: dt.date) -> wire.Agenda:
    """Return all times of one day."""
    within = {"from": local_midnight(day, settings), "to": local_midnight(day + dt.timedelta(days=1), settings)}
    found = await client.slots(**asked, **within, limit=OF_A_DAY, tutors=ANYBODY)
    slots = [slot for slot in found.items if isinstance(slot, wire.ExpandedSlot)]
    halves = [[slot for slot in slots if (slot.start.hour < NOON) == is_morning] for is_morning in (True, False)]
    shown = [wire.AgendaDay(date=day, morning=halves[0], afternoon=halves[1])] if slots else []
    return wire.Agenda(days=shown, with_room=[], offerings={}, otherwise=found.otherwise)


async def _from_afar(client: BookingClient, search: Search) -> list[wire.ExpandedSlot]:
    """Return the next time of each kind of help without a way to it, where help on site is looked for."""
    if search.channel != "on_site":
        return []
    found = await asyncio.gather(*(_next_by(client, search, channel) for channel in FROM_AFAR))
    return [slot for slots in found for slot in slots]


async def _next_by(client: BookingClient, search: Search, channel: Channel) -> list[wire.ExpandedSlot]:
    asked = {"topic": search.topic, "municipality": search.municipality, "language": search.language}
    found = await client.slots(**asked, channel=channel, limit=1, tutors=ANYBODY)
    return [slot for slot in found.items if isinstance(slot, wire.ExpandedSlot)]


async def find_other_times(
    client: BookingClient,
    appointment: wire.Appointment,
    settings: Settings,
    *,
    date: dt.date | None = None,
    day: dt.date | None = None,
) -> wire.Agenda:
    """Return other times for the same trouble, from a date on or on one day: at the same service point or by the same
    channel; when there are none, elsewhere by the same organisation; when it has none at all, others', to which an
    appointment may move only then."""
    point, own = appointment.service_point_id, {"organisation": appointment.organisation_id}
    here = {"service_point": point} if point is not None else {"channel": appointment.channel}
    region = {"region": appointment.region}
    found = wire.Agenda(days=[], with_room=[], offerings={})
    for area in (here | own | ({} if point else region), own | region, region):
        asked = {"topic": appointment.topic, "drop_in": "false", **area}
        found = await (_one_day(client, asked, settings, day) if day else _days(client, asked, settings, date))
        if found.days:
            break
    return found


def by_day(slots: Sequence[wire.Slot]) -> Days:
    """Return slots under their local dates, earliest first."""
    return [(day, list(rows)) for day, rows in groupby(slots, key=lambda slot: slot.start.date())]
