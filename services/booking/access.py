"""Who may see and change an appointment, and whose time: whose the records are, for the table in `shared.roles`."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace

from services.booking.domain.non_disclosure import shows_address
from services.booking.domain.wall_time import DAY
from services.booking.store import copies
from services.booking.store.copies import KnownPoint, KnownTutor
from services.booking.store.shown import SeenBy, ShownAppointment
from shared.auth import Principal
from shared.db import Connection
from shared.intervals import Interval
from shared.problems import Forbidden, InvalidReference, NotYours, field_problem
from shared.roles import Action, Whose
from shared.schemas.booking import Actor


@dataclass(frozen=True)
class View:
    """How much of an appointment somebody sees, and as whom they act on it. Without `details`, of its citizen only the
    code word."""

    acts_as: Actor | None
    citizen: bool
    manage_url: bool
    address: bool = False
    details: bool = True


BOOKER = View("client", citizen=True, manage_url=True)
CITIZEN = View("citizen", citizen=True, manage_url=True, address=True)
OVERVIEW = View(None, citizen=False, manage_url=False)


def _whose(appointment: ShownAppointment) -> Whose:
    return Whose(
        appointment.region,
        appointment.takes_place_in,
        appointment.organisation_id,
        appointment.service_point_id,
        appointment.tutor_id,
    )


@dataclass(frozen=True)
class Today:
    """When an appointment is looked at, and in which zone its day is told."""

    now: dt.datetime
    zone: str


def view(caller: Principal, appointment: ShownAppointment, today: Today) -> View | None:
    """Return the caller's view of an appointment; None when it is none of their business."""
    if caller.region != appointment.region:
        return None
    acts_as: Actor = "client" if caller.kind == "client" else "staff"
    whose = _whose(appointment)
    if any(role.tutor_id == appointment.tutor_id for role in caller.with_role("tutor")):
        address = shows_address(
            appointment.starts, today.now, today.zone, non_disclosure=bool(appointment.non_disclosure)
        )
        return View("tutor", citizen=True, manage_url=False, address=address)
    if appointment.booked_by == caller.named:
        return View(acts_as, citizen=True, manage_url=True)
    if _booked_for(caller, appointment):
        return View(acts_as, citizen=True, manage_url=False)
    if caller.may("citizens:read", whose):
        may_act = caller.may("appointments:write", whose)
        return View(acts_as if may_act else None, citizen=True, manage_url=False)
    return OVERVIEW if caller.may("appointments:read", whose) else None


def of_booker(caller: Principal, appointment: ShownAppointment) -> View:
    """Return the view of who has booked an appointment just now, or sends the request again. Once the
    citizen's contact was replaced, a request that was sent without signing in tells nothing of them: it may be a
    stranger's by now."""
    if caller.kind == "anonymous" and appointment.key_generation > 0:
        return OVERVIEW
    return BOOKER


def view_in_list(caller: Principal, appointment: ShownAppointment, today: Today) -> View:
    """Return the caller's view of an appointment in a list, which may be printed: details that may not be disclosed are
    not in it."""
    seen = view(caller, appointment, today) or OVERVIEW
    return replace(seen, details=False) if appointment.non_disclosure else seen


def _booked_for(caller: Principal, appointment: ShownAppointment) -> bool:
    """Whether it is the client of the organisation for which it was booked, at whosever service point."""
    return caller.client_organisation is not None and caller.client_organisation == appointment.booked_for_organisation


def seen_by(caller: Principal, action: Action = "appointments:read") -> SeenBy:
    """Return which appointments a caller sees at all: `view`, for many. Raises Unauthenticated, Forbidden."""
    caller.require(action)
    reaches = caller.within(action)
    return SeenBy(caller.region, caller.named, caller.client_organisation, reaches)


def require_view(caller: Principal, appointment: ShownAppointment, today: Today) -> View:
    """Return the caller's view. Raises WrongRegion for another region, otherwise NotYours, as if it were not there."""
    if appointment.booked_by != caller.named:  # one's own bookings need no right to read others'
        caller.require("appointments:read")
    caller.require_region(appointment.region)
    seen = view(caller, appointment, today)
    if seen is None:
        raise NotYours
    return seen


def require_side(caller: Principal, appointment: ShownAppointment, today: Today, *actions: Action) -> None:
    """Raise Forbidden for who may not do `actions` to an appointment by a role or scope, and what `require_view` raises
    for who sees none of it."""
    caller.require_region(appointment.region)
    if view(caller, appointment, today) is None:
        raise NotYours
    for action in actions:
        caller.require(action, _whose(appointment))


def require_actor(caller: Principal, view: View) -> Actor:
    """Return as whom somebody with that view of an appointment may change it. Raises Forbidden."""
    if view is not CITIZEN:
        caller.require("appointments:write")
    if view.acts_as is None:
        raise Forbidden
    return view.acts_as


def require_may_book(caller: Principal) -> None:
    """Raise Forbidden for who may not book. A citizen books without signing in; who signs in needs the right to do so
    for others."""
    if caller.kind != "anonymous":
        caller.require("appointments:write")


def own_tutor(caller: Principal) -> uuid.UUID:
    """Return which tutor the caller is. Raises Unauthenticated, Forbidden."""
    caller.require("appointments:read")
    own = _tutor_id(caller)
    if own is None:
        raise Forbidden
    return own


async def tutor_of(connection: Connection, caller: Principal, tutor_id: uuid.UUID | None) -> KnownTutor:
    """Return the tutor whose time is meant, by default the caller themself. Raises Unauthenticated, Forbidden for whose
    time the caller may not manage, InvalidReference for a tutor who is not known."""
    caller.require("availability:write")
    chosen = tutor_id or _tutor_id(caller)
    if chosen is None:
        raise Forbidden if caller.kind == "person" else field_problem("/tutor_id", "missing")
    tutor = await copies.tutor(connection, chosen)
    if tutor is None:
        raise InvalidReference(what=str(chosen))
    caller.require("availability:write", _whose_tutor(tutor))
    return tutor


async def tutor_whose_visits(connection: Connection, caller: Principal, tutor_id: uuid.UUID) -> KnownTutor:
    """Return the tutor whose visits are to be read elsewhere: by who manages their time and may see when and where they
    help. Raises as `tutor_of` does."""
    tutor = await tutor_of(connection, caller, tutor_id)
    caller.require("appointments:read", _whose_tutor(tutor))
    return tutor


async def tutor_who_is_ill(connection: Connection, caller: Principal, tutor_id: uuid.UUID, day: Interval) -> KnownTutor:
    """Return the tutor of whom the caller may say that they have fallen ill on a day: one of their organisation's, or
    one who helps at their service point. Raises Unauthenticated, Forbidden, InvalidReference."""
    caller.require("illness:write")  # who may not is told so before what exists
    tutor = await copies.tutor(connection, tutor_id)
    if tutor is None:
        raise InvalidReference(what=str(tutor_id))
    points = await copies.points_of(connection, tutor.id, day)
    if not any(caller.may("illness:write", whose) for whose in (_whose_tutor(tutor), *map(_whose_point, points))):
        raise NotYours
    return tutor


@dataclass(frozen=True)
class Reception:
    """A service point where somebody receives walk-ins, and which tutor they are, if one who helps there."""

    point: KnownPoint
    tutor: uuid.UUID | None


async def reception_at(
    connection: Connection, caller: Principal, point_id: uuid.UUID, action: Action, *, now: dt.datetime
) -> Reception:
    """Return a service point whose walk-ins the caller may see or note: by a role there, or as a tutor who helps there.
    Raises Unauthenticated, Forbidden, InvalidReference."""
    point, tutor = await _known_point(connection, caller, point_id, action), _tutor_id(caller)
    if tutor and point in await copies.points_of(connection, tutor, Interval(now - DAY, now + DAY)):
        return Reception(point, tutor)
    caller.require(action, _whose_point(point))
    return Reception(point, None)


def sees_citizens_of(caller: Principal, tutor: KnownTutor) -> bool:
    """Whether somebody may see who comes to a tutor, wherever that is."""
    return caller.may("citizens:read", _whose_tutor(tutor))


def _whose_tutor(tutor: KnownTutor) -> Whose:
    return Whose(tutor.region, organisation=tutor.organisation_id, tutor=tutor.id)


async def point_to_close(connection: Connection, caller: Principal, point_id: uuid.UUID) -> KnownPoint:
    """Return a service point that the caller may close. Raises Unauthenticated, Forbidden, InvalidReference."""
    point = await _known_point(connection, caller, point_id, "closings:write")
    caller.require("closings:write", _whose_point(point))
    return point


async def _known_point(connection: Connection, caller: Principal, point_id: uuid.UUID, action: Action) -> KnownPoint:
    caller.require(action)  # who may not is told so before what exists
    point = await copies.service_point(connection, point_id)
    if point is None:
        raise InvalidReference(what=str(point_id))
    return point


def _whose_point(point: KnownPoint) -> Whose:
    return Whose(point.region, point.municipality, point.organisation_id, point.id)


def _tutor_id(caller: Principal) -> uuid.UUID | None:
    return next((role.tutor_id for role in caller.with_role("tutor")), None)
