"""What a tutor and a service point see: the day, and one's own hours."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.catalogue import Catalogue
from services.web.claims import region, roles
from services.web.session import AccessToken, booking, providers
from services.web.settings import Settings
from shared.clients import Refused
from shared.schemas import booking as wire
from shared.texts import marked

routes = APIRouter()
DAY = dt.timedelta(days=1)


@routes.get("/day")
async def day(request: Request, response: Response, token: AccessToken, date: str | None = None) -> Response:
    """The day's list."""
    settings: Settings = request.app.state.settings
    catalogue: Catalogue = request.app.state.catalogue
    today = view.today(settings)
    chosen = view.date(date) or today
    shown = view.page(
        request,
        "day.html",
        appointments=await booking(request, token).day(chosen),
        topics={topic.code: topic.name for topic in await catalogue.topics.get()},
        date=chosen,
        today=today,
        before=chosen - DAY,
        after=chosen + DAY,
        is_tutor="tutor" in roles(token),
        may_mark=bool(roles(token) & {"tutor", "staff"}),
    )
    return view.with_cookies(shown, response)


@routes.post("/day/{id}/outcome")
async def outcome(
    request: Request,
    token: AccessToken,
    id: uuid.UUID,
    came: Annotated[str, Form()],
    date: Annotated[str, Form()] = "",
) -> Response:
    """Mark who came and how it ended."""
    marked_as = (
        wire.OutcomeInput(attended=False)
        if came == "no_show"
        else wire.OutcomeInput.model_validate({"attended": True, "result": came})
    )
    await booking(request, token).outcome(id, marked_as)
    return view.redirect(f"/day?date={view.date(date) or ''}")


@routes.post("/day/{id}/cancel")
async def cancel(request: Request, token: AccessToken, id: uuid.UUID, date: Annotated[str, Form()] = "") -> Response:
    """Cancel for the citizen; they are told at once."""
    await booking(request, token).cancel(id)
    return view.redirect(f"/day?date={view.date(date) or ''}")


@routes.get("/hours")
async def hours(request: Request, response: Response, token: AccessToken, municipality: str | None = None) -> Response:
    """A tutor's weekly hours and absences."""
    return view.with_cookies(await _hours_page(request, token, municipality), response)


async def _hours_page(
    request: Request,
    token: str,
    municipality: str | None = None,
    error: str | None = None,
    absence: wire.Absence | None = None,
    affected: "Affected | None" = None,
) -> Response:
    client = booking(request, token)
    catalogue: Catalogue = request.app.state.catalogue
    mine = [row for row in await catalogue.municipalities.get() if row.region == region(token)]
    mine.sort(key=lambda row: row.name.best(view.language(request)))
    availability = await client.availability()
    points = await providers(request).service_points(municipality) if municipality else []
    return view.page(
        request,
        "hours.html",
        409 if affected else 422 if error else 200,
        here="/hours",
        is_tutor=True,
        availability=availability,
        absences=await client.absences(),
        municipalities=mine,
        municipality=municipality,
        points=points,
        error=error,
        fresh=absence,
        affected=affected,
    )


@routes.post("/hours")
async def add_hours(
    request: Request,
    token: AccessToken,
    weekday: Annotated[str, Form()] = "",
    opens: Annotated[str, Form(alias="from")] = "",
    closes: Annotated[str, Form(alias="to")] = "",
    place: Annotated[str, Form()] = "",
    municipality: Annotated[str, Form()] = "",
    every: Annotated[str, Form()] = "1",
) -> Response:
    """Add weekly hours at a service point, or by phone."""
    try:
        wanted = wire.AvailabilityInput.model_validate(
            {
                "weekday": weekday,
                "from": opens,
                "to": closes,
                "every_weeks": every,
                **({"channels": ["phone"]} if place == "phone" else {"service_point_id": place}),
            }
        )
        if wanted.closes < wanted.opens:  # past midnight is for the API; here it is a slip
            raise ValueError
    except ValueError:
        text = marked("Choose a day, a place, and a time that ends after it starts.")
        return await _hours_page(request, token, municipality or None, view.say(request, text))
    try:
        await booking(request, token).add_availability(wanted)
    except Refused as refused:
        return await _hours_page(request, token, municipality or None, refused.problem.detail)
    return view.redirect("/hours")


@routes.post("/hours/{id}/remove")
async def remove_hours(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Withdraw weekly hours."""
    await booking(request, token).remove_availability(id)
    return view.redirect("/hours")


@routes.post("/absences")
async def add_absence(
    request: Request,
    token: AccessToken,
    start: Annotated[str, Form(alias="from")] = "",
    end: Annotated[str, Form(alias="until")] = "",
    standing: Annotated[str, Form()] = "",
) -> Response:
    """Close time. When appointments stand in it, ask first what becomes of them."""
    first, last = view.date(start), view.date(end or start)
    try:
        wanted = wire.AbsenceInput.model_validate({"from": first, "until": last, "appointments": standing or None})
        made = await booking(request, token).add_absence(wanted)
    except ValueError:
        text = marked("Choose the first and the last day.")
        return await _hours_page(request, token, error=view.say(request, text))
    except Refused as refused:
        if refused.is_("appointments-affected"):
            affected = (refused.problem.model_extra or {}).get("appointments", [])
            return await _hours_page(request, token, affected=Affected(first, last, _times(affected)))
        errors = refused.problem.errors or []
        return await _hours_page(request, token, error=errors[0].detail if errors else refused.problem.detail)
    return await _hours_page(request, token, absence=made) if made.appointments else view.redirect("/hours")


@dataclass(frozen=True)
class Affected:
    """An absence that was not saved yet, and when appointments stand in it."""

    first: dt.date | None
    last: dt.date | None
    times: list[dt.datetime]


def _times(appointments: list[dict[str, str]]) -> list[dt.datetime]:
    return [dt.datetime.fromisoformat(each["start"]) for each in appointments]


@routes.post("/absences/{id}/remove")
async def remove_absence(request: Request, token: AccessToken, id: uuid.UUID) -> Response:
    """Open the time again."""
    await booking(request, token).remove_absence(id)
    return view.redirect("/hours")
