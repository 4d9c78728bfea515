"""The page of a slip: what is printed speaks to the citizen in their language, the rest to who prints it."""

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.language import page_language
from services.web.own_visit import about_visit
from services.web.spoken import on_paper, spoken_by
from shared.schemas import booking as wire


async def slip_page(
    request: Request, found: wire.Appointment, *, back: str, here: str | None = None, is_booked_now: bool = False
) -> Response:
    """Return the page; `back` is where it came from."""
    spoken = on_paper(request, found.citizen) or page_language(request)
    untold = found.citizen is not None and found.citizen.unreachable
    said = {"appointment": found, "about": await about_visit(request, found), "untold": untold}
    return view.page(
        request,
        "slip.html",
        spoken=spoken_by(request, found.citizen),
        here=here,
        paper=view.to_citizen("slip_paper.html", spoken, **said),
        paper_language=spoken,
        back=back,
        is_booked_now=is_booked_now,
        untold=untold,
    )
