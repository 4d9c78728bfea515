"""What an appointment looks like to whoever asks."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from services.booking import access, search, store
from services.booking.access import View
from services.booking.domain.appointments import manage_token
from services.booking.domain.time import DAY, midnight
from services.booking.models import Absence, Appointment, Availability, Citizen, Offering, Tutor
from services.booking.settings import Settings
from shared.auth import Principal
from shared.keys import hash_token
from shared.problems import NotFound, Unauthenticated
from shared.schemas import booking as wire


async def find(session: AsyncSession, appointment_id: uuid.UUID) -> Appointment:
    """The appointment called that."""
    found = await session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound
    return found


async def appointment(
    session: AsyncSession, appointment_id: uuid.UUID, view: View, settings: Settings
) -> wire.Appointment:
    """An appointment, as far as `view` reaches."""
    row = await find(session, appointment_id)
    tutor, offering = await session.get(Tutor, row.tutor_id), await session.get(Offering, row.offering_id)
    citizen = await session.get(Citizen, appointment_id) if view.citizen else None
    places = await search.places_of(session, {row.service_point_id})
    return wire.Appointment.model_validate(
        {
            **{name: getattr(row, name) for name in COLUMNS},
            "start": row.starts.astimezone(ZoneInfo(settings.zone)),
            "end": row.ends.astimezone(ZoneInfo(settings.zone)),
            "tutor_name": tutor.display_name if tutor else "",
            "place": places.get(row.service_point_id) if row.service_point_id else None,
            "bring": offering.bring if offering else None,
            "code_word": citizen.code_word if citizen else None,
            "citizen": _citizen(citizen) if citizen else None,
            "note": citizen.note if citizen else None,
            "manage_url": _manage_url(settings, row.id) if citizen and view.manage_url else None,
        }
    )


COLUMNS = (
    "id",
    "state",
    "channel",
    "topic",
    "region",
    "organisation_id",
    "offering_id",
    "tutor_id",
    "service_point_id",
    "result",
)


def _citizen(citizen: Citizen) -> wire.Citizen:
    return wire.Citizen.model_validate(
        {name: getattr(citizen, name) for name in ("name", "phone", "email", "language")}
    )


def _manage_url(settings: Settings, appointment_id: uuid.UUID) -> str:
    return f"{settings.public_url}/a/{manage_token(settings.secret.get_secret_value(), appointment_id)}"


async def opened_by(session: AsyncSession, token: str) -> uuid.UUID:
    """The appointment that a citizen's key opens."""
    found = await store.by_token(session, hash_token(token))
    if found is None:
        raise NotFound
    return found


async def view_of(session: AsyncSession, appointment_id: uuid.UUID, caller: Principal, token: str | None) -> View:
    """The view of the citizen, when they show their key to this appointment, else that of the caller."""
    if token is not None and await store.by_token(session, hash_token(token)) == appointment_id:
        return access.CITIZEN
    if caller.kind == "anonymous":  # before looking, so that nobody learns which ids exist
        raise Unauthenticated
    return access.require_view(caller, await find(session, appointment_id))


async def day(session: AsyncSession, caller: Principal, date: dt.date, settings: Settings) -> wire.Appointments:
    """The appointments of a local date that the caller may see."""
    start, end = midnight(date, settings.zone), midnight(date + DAY, settings.zone)
    found = await store.appointments_between(session, start, end, access.visible(caller))
    items = []
    for appointment_id in found:
        row = await find(session, appointment_id)
        view = access.view(caller, row) or access.OVERVIEW
        items.append(await appointment(session, appointment_id, view, settings))
    return wire.Appointments(items=items)


async def recipient(session: AsyncSession, appointment_id: uuid.UUID, settings: Settings) -> wire.Recipient:
    """Whom to write to about an appointment, and what. Nobody, once the citizen's details are erased."""
    citizen = await session.get(Citizen, appointment_id)
    if citizen is None:
        raise NotFound
    shown = await appointment(session, appointment_id, access.CITIZEN, settings)
    row = await find(session, appointment_id)
    return wire.Recipient(
        appointment_id=appointment_id,
        state=shown.state,
        sequence=row.sequence,
        start=shown.start,
        end=shown.end,
        zone=settings.zone,
        channel=shown.channel,
        tutor_name=shown.tutor_name,
        place=shown.place,
        bring=shown.bring,
        code_word=citizen.code_word,
        manage_url=_manage_url(settings, appointment_id),
        language=_citizen(citizen).language,
        phone=citizen.phone,
        email=citizen.email,
    )


async def availability(session: AsyncSession, tutor: uuid.UUID) -> wire.Availabilities:
    """A tutor's weekly hours, in order of the week."""
    wanted = sa.select(Availability).where(Availability.tutor_id == tutor)
    rows = (await session.scalars(wanted.order_by(Availability.weekday, Availability.opens, Availability.id))).all()
    places = await search.places_of(session, {row.service_point_id for row in rows})
    return wire.Availabilities(items=[_hours(row, places) for row in rows])


async def one_availability(session: AsyncSession, hours: uuid.UUID) -> wire.Availability:
    """Some weekly hours."""
    row = await session.get_one(Availability, hours)
    return _hours(row, await search.places_of(session, {row.service_point_id}))


def _hours(row: Availability, places: dict[uuid.UUID, wire.PlaceName]) -> wire.Availability:
    shown = wire.Availability.model_validate(
        {name: getattr(row, name) for name in wire.Availability.model_fields if name != "place"}
    )
    return shown.model_copy(update={"place": places.get(row.service_point_id) if row.service_point_id else None})


async def absences(session: AsyncSession, tutor: uuid.UUID, now: dt.datetime, zone: str) -> wire.Absences:
    """A tutor's absences that are not over."""
    wanted = sa.select(Absence).where(Absence.tutor_id == tutor, Absence.ends > now).order_by(Absence.starts)
    return wire.Absences(items=[await _absence(session, row, zone) for row in await session.scalars(wanted)])


async def one_absence(session: AsyncSession, absence: uuid.UUID, zone: str) -> wire.Absence:
    """An absence, with the appointments that stand in it."""
    return await _absence(session, await session.get_one(Absence, absence), zone)


async def _absence(session: AsyncSession, row: Absence, zone: str) -> wire.Absence:
    return wire.Absence(
        id=row.id,
        tutor_id=row.tutor_id,
        start=row.starts.astimezone(ZoneInfo(zone)),
        end=row.ends.astimezone(ZoneInfo(zone)),
        appointments=list(await store.standing_in(session, row)),
    )
