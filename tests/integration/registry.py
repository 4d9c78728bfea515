"""A small registry, told to booking as its events would tell it, and the people who act in it."""

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import projection
from services.booking.actions import appointments, time
from services.booking.domain.appointments import SlotKey
from services.booking.store import SlotQuery, earliest
from shared import db
from shared.auth import ANONYMOUS, Principal
from shared.schemas import booking as wire
from shared.schemas import providers
from shared.schemas.common import LocalisedText, Wire
from shared.schemas.people import Role

ZONE = "Europe/Helsinki"
SECRET = "s" * 32
NOW = dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)  # a Monday, 8 o'clock in Helsinki
REGION, KUUSAMO = "17", "305"


@dataclass(frozen=True)
class Registry:
    """Ids of what is in it."""

    organisation: uuid.UUID = field(default_factory=uuid.uuid4)
    point: uuid.UUID = field(default_factory=uuid.uuid4)
    tutor: uuid.UUID = field(default_factory=uuid.uuid4)
    offering: uuid.UUID = field(default_factory=uuid.uuid4)

    def tutor_token(self) -> Principal:
        role = Role(role="tutor", tutor_id=self.tutor, organisation_id=self.organisation)
        return Principal("person", "the-tutor", REGION, roles=(role,))

    def staff(self) -> Principal:
        role = Role(role="staff", organisation_id=self.organisation)
        return Principal("person", "the-desk", REGION, roles=(role,))

    async def apply(self, session: AsyncSession, kind: str, state: Wire) -> None:
        """Tell booking of a record's state, as the feed does."""
        await projection.CHANGES[f"fi.vuoro.{kind}"](session, state.model_dump(mode="json", by_alias=True))

    async def sow(self, sessions: db.Sessions, **offering: int) -> None:
        """A point, a tutor and an offering, and Mondays 10 to 14."""
        async with db.transaction(sessions) as session:
            name = LocalisedText(fi="Kuusamon kirjasto")
            await self.apply(
                session,
                "municipality.changed",
                providers.Municipality(
                    code=KUUSAMO, name=name, region=REGION, region_name=name, languages=["fi"], lat=None, lon=None
                ),
            )
            await self.apply(
                session,
                "service-point.changed",
                providers.ServicePoint(
                    id=self.point,
                    region=REGION,
                    organisation_id=self.organisation,
                    name=name,
                    address="Tie 1",
                    municipality=KUUSAMO,
                ),
            )
            await self.apply(
                session,
                "tutor.changed",
                providers.Tutor(
                    id=self.tutor,
                    organisation_id=self.organisation,
                    region=REGION,
                    display_name="Aino",
                    languages=["fi"],
                    topics=["e-services", "computer"],
                    channels=["on_site", "phone"],
                    status="active",
                ),
            )
            await self.apply(
                session,
                "offering.changed",
                providers.Offering.model_validate(
                    {
                        "id": self.offering,
                        "region": REGION,
                        "organisation_id": self.organisation,
                        "name": name,
                        "topics": ["e-services", "computer"],
                        "channels": ["on_site", "phone"],
                        "grid_minutes": 30,
                        **offering,
                    }
                ),
            )
        await self.open(sessions, 1, "10:00", "14:00")

    async def open(self, sessions: db.Sessions, weekday: int, opens: str, closes: str) -> uuid.UUID:
        """Weekly hours at the point."""
        wanted = wire.AvailabilityInput.model_validate(
            {"service_point_id": self.point, "weekday": weekday, "from": opens, "to": closes}
        )
        async with db.transaction(sessions) as session:
            return await time.add_availability(session, caller=self.tutor_token(), wanted=wanted, now=NOW, zone=ZONE)

    def slot(self, start: dt.datetime) -> str:
        return SlotKey(self.tutor, self.offering, self.point, "on_site", start).encode()

    async def book(self, sessions: db.Sessions, start: dt.datetime, caller: Principal = ANONYMOUS) -> uuid.UUID:
        wanted = wire.AppointmentInput(
            slot_id=self.slot(start), topic="e-services", citizen=wire.Citizen(name="Aili", phone="040 685 404")
        )
        async with db.transaction(sessions) as session:
            return await appointments.book(session, caller=caller, wanted=wanted, secret=SECRET, now=NOW, zone=ZONE)


def helsinki(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A time in March 2027 before the clocks change, as Helsinki's wall has it."""
    return dt.datetime(2027, 3, day, hour - 2, minute, tzinfo=dt.UTC)


async def free(sessions: db.Sessions, now: dt.datetime = NOW, **query: Any) -> list[dt.datetime]:
    """The free starts, earliest first."""
    wanted = SlotQuery(**{"topic": "e-services", "municipality": KUUSAMO, **query})
    async with db.transaction(sessions) as session:
        return [row.start for row in await earliest(session, wanted, now=now, limit=100)]
