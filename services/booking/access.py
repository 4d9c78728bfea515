"""Who may see and change an appointment, and whose time: the finer half of the table in `shared.auth`."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.booking.models import Appointment, ServicePoint, Tutor
from services.booking.store.appointments import Shown
from shared.auth import Principal
from shared.problems import Forbidden, NotFound, Unauthenticated
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


def view(caller: Principal, appointment: Shown) -> View | None:
    """The caller's view of an appointment; None when it is none of their business."""
    if caller.region != appointment.region:
        return None
    if any(role.tutor_id == appointment.tutor_id for role in caller.with_role("tutor")):
        return View("tutor", citizen=True, manage_url=False, address=True)
    if appointment.booked_by == f"{caller.kind}:{caller.id}":
        return View("client" if caller.kind == "client" else "staff", citizen=True, manage_url=True)
    for role in caller.with_role("staff"):
        here = role.service_point_id in {None, appointment.service_point_id}
        if role.organisation_id == appointment.organisation_id and here:
            return View("staff", citizen=True, manage_url=False)
    if caller.client_organisation is not None and caller.client_organisation in {
        appointment.organisation_id,
        appointment.booked_for_organisation,
    }:
        return View("client", citizen=True, manage_url=False)
    return OVERVIEW if caller.with_role("coordinator") else None


def visible(caller: Principal) -> sa.ColumnElement[bool]:
    """`view`, for many: the appointments that the caller sees at all."""
    caller.require("appointments:read")
    ways: list[sa.ColumnElement[bool]] = [Appointment.booked_by == f"{caller.kind}:{caller.id}"]
    if caller.with_role("coordinator"):
        ways.append(sa.true())
    ways += [Appointment.tutor_id == role.tutor_id for role in caller.with_role("tutor")]
    for role in caller.with_role("staff"):
        mine = Appointment.organisation_id == role.organisation_id
        ways.append(
            sa.and_(mine, Appointment.service_point_id == role.service_point_id) if role.service_point_id else mine
        )
    if caller.client_organisation is not None:
        ways.append(Appointment.organisation_id == caller.client_organisation)
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
    """A tutor manages their own time only; an API client that of its organisation's tutors."""
    caller.require("availability:write")
    caller.require_region(tutor.region)
    own = any(role.tutor_id == tutor.id for role in caller.with_role("tutor"))
    theirs = caller.kind == "client" and caller.client_organisation in {None, tutor.organisation_id}
    if not (own or theirs):
        raise Forbidden


def may_close(caller: Principal, point: ServicePoint) -> None:
    """A service point is closed by its staff, by the API client of its organisation, or by the coordinator."""
    if caller.kind == "anonymous":
        raise Unauthenticated
    caller.require_region(point.region)
    staff = any(
        role.organisation_id == point.organisation_id and role.service_point_id in {None, point.id}
        for role in caller.with_role("staff")
    )
    client = (
        caller.kind == "client"
        and "availability:write" in caller.permissions
        and caller.client_organisation in {None, point.organisation_id}
    )
    if not (staff or client or caller.with_role("coordinator")):
        raise Forbidden
