"""Who may see and change an appointment, and whose time: whose the records are, for the table in `shared.roles`."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.booking.models import Appointment, ServicePoint, Tutor
from services.booking.store.appointments import Shown
from shared.auth import Principal
from shared.db import lies_within
from shared.problems import Forbidden, NotFound
from shared.roles import Whose
from shared.schemas.booking import Actor


@dataclass(frozen=True)
class View:
    """How much of an appointment somebody sees, and as whom they act on it."""

    acts_as: Actor | None
    citizen: bool
    manage_url: bool
    address: bool = False


BOOKER = View("client", citizen=True, manage_url=True)
CITIZEN = View("citizen", citizen=True, manage_url=True, address=True)
OVERVIEW = View(None, citizen=False, manage_url=False)


def _whose(appointment: Shown) -> Whose:
    return Whose(
        appointment.region,
        appointment.takes_place_in,
        appointment.organisation_id,
        appointment.service_point_id,
        appointment.tutor_id,
    )


def view(caller: Principal, appointment: Shown) -> View | None:
    """The caller's view of an appointment; None when it is none of their business."""
    if caller.region != appointment.region:
        return None
    acts_as: Actor = "client" if caller.kind == "client" else "staff"
    whose = _whose(appointment)
    if any(role.tutor_id == appointment.tutor_id for role in caller.with_role("tutor")):
        return View("tutor", citizen=True, manage_url=False, address=True)
    if appointment.booked_by == f"{caller.kind}:{caller.id}":
        return View(acts_as, citizen=True, manage_url=True)
    if caller.may("citizens:read", whose) or _booked_for(caller, appointment):
        may_act = caller.may("appointments:write", whose) or _booked_for(caller, appointment)
        return View(acts_as if may_act else None, citizen=True, manage_url=False)
    return OVERVIEW if caller.may("appointments:read", whose) else None


def _booked_for(caller: Principal, appointment: Shown) -> bool:
    """Whether it is the client of the organisation for which it was booked, at whosever service point."""
    return caller.client_organisation is not None and caller.client_organisation == appointment.booked_for_organisation


def visible(caller: Principal) -> sa.ColumnElement[bool]:
    """`view`, for many: the appointments that the caller sees at all."""
    caller.require("appointments:read")
    reaches = caller.within("appointments:read")
    place = sa.select(ServicePoint.municipality).where(ServicePoint.id == Appointment.service_point_id)
    inside = lies_within(
        reaches,
        region=Appointment.region,
        municipality=sa.func.coalesce(Appointment.municipality, place.scalar_subquery()),
        organisation=Appointment.organisation_id,
        service_point=Appointment.service_point_id,
        tutor=Appointment.tutor_id,
    )
    ways = [inside, Appointment.booked_by == f"{caller.kind}:{caller.id}"]
    if caller.client_organisation is not None:
        ways.append(Appointment.booked_for_organisation == caller.client_organisation)
    return sa.and_(Appointment.region == caller.region, sa.or_(*ways))


def require_view(caller: Principal, appointment: Shown) -> View:
    """The caller's view, or the refusal: 403 for another region, otherwise as if the appointment were not there."""
    if appointment.booked_by != f"{caller.kind}:{caller.id}":  # one's own bookings need no right to read others'
        caller.require("appointments:read")
    caller.require_region(appointment.region)
    seen = view(caller, appointment)
    if seen is None:
        raise NotFound
    return seen


def require_actor(caller: Principal, view: View) -> Actor:
    """As whom somebody with that view of an appointment may change it."""
    if view is not CITIZEN:
        caller.require("appointments:write")
    if view.acts_as is None:
        raise Forbidden
    return view.acts_as


def may_book(caller: Principal) -> None:
    """A citizen books without signing in; whoever signs in needs the right to book for others."""
    if caller.kind != "anonymous":
        caller.require("appointments:write")


def may_manage_time(caller: Principal, tutor: Tutor) -> None:
    """Refuse whoever may not manage that tutor's time."""
    caller.require("availability:write", Whose(tutor.region, organisation=tutor.organisation_id, tutor=tutor.id))


def may_close(caller: Principal, point: ServicePoint) -> None:
    """Refuse whoever may not close that service point."""
    caller.require("closings:write", Whose(point.region, point.municipality, point.organisation_id, point.id))
