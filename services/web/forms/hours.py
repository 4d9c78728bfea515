"""The forms of a tutor's time: weekly hours, and time on one occasion."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form
from pydantic import TypeAdapter

from services.web.dates import read_date
from shared.schemas import booking as wire

STANDING: TypeAdapter[wire.Standing | None] = TypeAdapter(wire.Standing | None)
BY_PHONE = "phone"  # what the field of places sends when it is no place


def where_and_how(place: str) -> dict[str, object]:
    """Return what the field of places says, as booking asks it."""
    return {"channels": [BY_PHONE]} if place == BY_PHONE else {"service_point_id": place}


@dataclass
class HoursForm:
    """Weekly hours as they are sent. `municipality` is the one whose places were shown; `version` and `standing` are of
    a change: which version it is of, and what becomes of what is booked."""

    weekdays: Annotated[Sequence[str], Form(alias="weekday")] = ()
    opens: Annotated[str, Form(alias="from")] = "10:00"
    closes: Annotated[str, Form(alias="to")] = "14:00"
    place: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    every: Annotated[str, Form()] = "1"
    since: Annotated[str, Form()] = ""
    until: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""
    version: Annotated[str, Form()] = ""
    standing: Annotated[str, Form()] = ""

    def each_wanted(self) -> Iterator[wire.AvailabilityInput]:
        """Return the hours that are wished for, those of each weekday; raises ValueError."""
        if not self.weekdays:
            raise ValueError("no weekday")
        for weekday in self.weekdays:
            yield self._wanted(weekday)

    def _wanted(self, weekday: str) -> wire.AvailabilityInput:
        when = {"weekday": weekday, "from": self.opens, "to": self.closes, "every_weeks": self.every}
        within = {"valid_from": _date_or_none(self.since), "valid_until": _date_or_none(self.until)}
        wanted = wire.AvailabilityInput.model_validate({**where_and_how(self.place), **when, **within})
        if wanted.closes < wanted.opens:  # past midnight is for the API; here it is a slip
            raise ValueError("the hours end before they start")
        return wanted

    @classmethod
    def of(cls, hours: wire.Availability) -> "HoursForm":
        """Return the form of hours that are to be changed."""
        return cls(
            weekdays=[str(hours.weekday)],
            opens=f"{hours.opens:%H:%M}",
            closes=f"{hours.closes:%H:%M}",
            place=str(hours.service_point_id or BY_PHONE),
            every=str(hours.every_weeks),
            since=hours.valid_from.isoformat(),
            until=hours.valid_until.isoformat() if hours.valid_until else "",
            version=str(hours.version),
        )


def as_before(wanted: wire.AvailabilityInput, before: wire.Availability) -> wire.AvailabilityInput:
    """Return changed hours with what the form does not ask as it was: for which offerings they are, and by which
    channels, where they are at no place before and after."""
    stays_afar = wanted.service_point_id is None and before.service_point_id is None
    channels = before.channels if stays_afar else wanted.channels
    return wanted.model_copy(update={"offerings": before.offerings, "channels": channels})


@dataclass
class OnceForm:
    """Time on one occasion as it is sent."""

    date: Annotated[str, Form()] = ""
    opens: Annotated[str, Form(alias="from")] = "10:00"
    closes: Annotated[str, Form(alias="to")] = "14:00"
    place: Annotated[str, Form()] = ""
    municipality: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""

    def wanted(self, zone: str) -> wire.ExtraTimeInput:
        """Return the time that is wished for, on the wall clock of a zone; raises ValueError."""
        start, end = read_instant(self.date, self.opens, zone), read_instant(self.date, self.closes, zone)
        return wire.ExtraTimeInput.model_validate({**where_and_how(self.place), "from": start, "until": end})


@dataclass
class AbsenceForm:
    """An absence as it is sent: days, and times of the day for who is away for a part of one."""

    first: Annotated[str, Form(alias="from")] = ""
    last: Annotated[str, Form(alias="until")] = ""
    from_time: Annotated[str, Form()] = ""
    to_time: Annotated[str, Form()] = ""
    standing: Annotated[str, Form()] = ""
    nonce: Annotated[str, Form()] = ""

    def wanted(self, zone: str) -> wire.AbsenceInput:
        """Return the absence that is wished for: whole days, or from one time to another on the wall clock of a zone.
        Raises ValueError."""
        first, last = read_date(self.first), read_date(self.last or self.first)
        away: dict[str, object] = {"from": first, "until": last}
        if self.from_time or self.to_time:
            after = (last + dt.timedelta(days=1)).isoformat() if last else ""
            away["from"] = read_instant(self.first, self.from_time or "00:00", zone)
            away["until"] = (
                read_instant(self.last or self.first, self.to_time, zone)
                if self.to_time
                else read_instant(after, "00:00", zone)
            )
        return wire.AbsenceInput.model_validate({**away, "appointments": self.standing or None})


def read_standing(text: str) -> wire.Standing | None:
    """Return what a button says of appointments that lose their time; None before it was asked. Raises ValidationError
    for what no button says."""
    return STANDING.validate_python(text or None)


def read_instant(date: str, clock: str, zone: str) -> dt.datetime:
    """Return when a date and a time of the day are, on the wall clock of a zone; raises ValueError."""
    day = read_date(date)
    if day is None:
        raise ValueError("no date")
    return dt.datetime.combine(day, dt.time.fromisoformat(clock), ZoneInfo(zone))


def _date_or_none(text: str) -> str | None:
    """Return a date as it is sent on; what is none is left as it is, and refused there."""
    found = read_date(text)
    return found.isoformat() if found else text or None
