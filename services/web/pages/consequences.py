"""What a change of a tutor's time means for those who have booked it, before anything is saved."""

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.affected import visits_affected
from services.web.clients import booking
from services.web.pages.day import way_of
from shared.clients import Refused

AFFECTS = "appointments-affected"


async def consequences_page(
    request: Request, token: str, refused: Refused, *, back: str, comes: bool = True
) -> Response:
    """Return the page that names the visits and asks what becomes of them; whether the tutor `comes` all the same is
    no question of who is ill. Its answer is sent where this was, with all that was sent; `back` leads to where nothing
    is changed."""
    return view.page(
        request,
        "consequences.html",
        refused.problem.status,
        here=back,
        affected=await visits_affected(booking(request, token), refused.problem),
        sent=[(name, value) for name, value in (await request.form()).multi_items() if name != "standing"],
        way_to_tell=way_of(request),
        back=back,
        comes=comes,
    )
