"""The day's list of a tutor or a service point: who comes, and how it ended."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.access_token import BOOKS_FOR_OTHERS, own_tutor, roles
from services.web.clients import booking
from services.web.dates import local_midnight, local_today, read_date
from services.web.forms.nonce import new_nonce
from services.web.forms.outcome import length_of, lengths_of, outcome_of
from services.web.kept_day import may_be_kept
from services.web.login import AccessToken
from services.web.patience import answer_or_none
from services.web.phases import is_movable
from services.web.receiving import receives_at
from services.web.sent_to import Way, way_to_tell
from services.web.state import catalogue_of, settings_of
from services.web.tutor_phones import phones_of_tutors
from shared.schemas import booking as wire

routes = APIRouter()
DAY = dt.timedelta(days=1)
ILL_AHEAD = 7 * DAY  # as booking has it (may_be_ill_on), and a test compares them


@routes.get("/day")
async def show_day(
    request: Request, token: AccessToken, date: str | None = None, ill: bool = False, *, reassigned: bool = False
) -> Response:
    """Show the appointments of a day, by default today's; `ill` when a helper's day was just handed over, `reassigned`
    when one visit was."""
    today = local_today(settings_of(request))
    chosen = read_date(date) or today
    found = await booking(request, token).day(chosen)
    now = dt.datetime.now(dt.UTC)
    may_mark = bool(roles(token) & BOOKS_FOR_OTHERS)
    return view.page(
        request,
        "day.html",
        **await list_of(request, token, chosen, found),
        only_place=_only_place(found),
        to_tell=await to_tell(request, token),
        today=today,
        now=now,
        movable={each.id for each in found if is_movable(each, now)},
        may_undo=chosen >= today - DAY,  # as long as booking has it (may_reopen)
        before=chosen - DAY,
        after=chosen + DAY,
        has_no_hours=not found and "tutor" in roles(token) and not await booking(request, token).availability(),
        ill=ill,
        reassigned=reassigned,
        new=await _new_to_tutor(request, token),
        helpers=_helpers(found) if "staff" in roles(token) and today <= chosen < today + ILL_AHEAD else {},
        places=await receives_at(request, token) if chosen == today and may_mark else {},
        nonce=new_nonce(),
        may_mark=may_mark,
    )


async def list_of(request: Request, token: str, date: dt.date, visits: Sequence[wire.Appointment]) -> dict[str, Any]:
    """Return what every list of a day shows of its visits, and whether and whose phone may keep it until when."""
    settings = settings_of(request)
    return {
        "appointments": visits,
        "phones": await phones_of_tutors(request, token, visits),
        "way_to_tell": way_of(request),
        "topics": {topic.code: topic.name for topic in await catalogue_of(request).topics.get()},
        "date": date,
        "length_of": length_of,
        "lengths_of": lengths_of,
        "keeper": own_tutor(token),
        "keepable": may_be_kept(date, local_today(settings)),
        "until": local_midnight(date + DAY, settings),
    }


@routes.get("/day/{id}")
async def show_visit(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Show who comes, for a visit whose citizen is on no list."""
    found = await booking(request, token).appointment(id)
    return view.page(request, "visit.html", item=found, way_to_tell=way_of(request))


@routes.post("/day/{id}/outcome")
async def mark_outcome(
    request: Request, token: AccessToken, id: uuid.UUID, date: Annotated[str, Form()] = ""
) -> Response:
    """Mark who came and how it ended. Sent twice, it says the same twice."""
    await booking(request, token).outcome(id, outcome_of(await request.form(), id))
    return back_to(date)


@routes.post("/day/{id}/outcome/removal")
async def undo_outcome(
    request: Request, token: AccessToken, id: uuid.UUID, date: Annotated[str, Form()] = ""
) -> Response:
    """Undo an outcome that was marked by mistake. Sent twice, it is undone once."""
    await booking(request, token).remove_outcome(id)
    return back_to(date)


async def _new_to_tutor(request: Request, token: str) -> wire.NewAppointments | None:
    """Return what was booked for a tutor since they last looked; None when nothing was, or it is not known now."""
    if "tutor" not in roles(token):
        return None
    found = await answer_or_none(booking(request, token).new_appointments())
    return found if found and found.items else None


async def to_tell(request: Request, token: str) -> int:
    """Return how many are on the call list; none while that is not known."""
    found = await answer_or_none(booking(request, token).calls(0))
    return found.total if found else 0


def _helpers(visits: Sequence[wire.Appointment]) -> dict[uuid.UUID, str]:
    """Return who helps in visits that are to come, by their ids."""
    return {each.tutor_id: each.tutor_name for each in visits if each.state == "booked"}


def _only_place(visits: Sequence[wire.Appointment]) -> wire.PlaceName | None:
    """Return the place of a day's visits, which its list on paper names; None when they are not all at one."""
    points = {each.service_point_id for each in visits}
    return visits[0].place if len(points) == 1 else None


def way_of(request: Request) -> Callable[[wire.Appointment], Way]:
    """Return what says how the citizen of an appointment hears of a change."""
    return lambda visit: way_to_tell(visit.citizen, visit.region, settings_of(request))


@routes.post("/day/{id}/cancel")
async def cancel_for_citizen(
    request: Request, token: AccessToken, id: uuid.UUID, date: Annotated[str, Form()] = ""
) -> Response:
    """Cancel for the citizen, who is told at once. What is cancelled already stays so."""
    await booking(request, token).cancel(id)
    return back_to(date)


def back_to(date: str, said: str = "") -> Response:
    """Go on to the list of a day, which says of what was just done what `said` asks."""
    return view.redirect(f"/day?date={read_date(date) or ''}{said}")
