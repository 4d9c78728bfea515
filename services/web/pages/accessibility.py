"""The accessibility statement, in the form of the act on digital services (306/2019, section 9)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.state import settings_of

routes = APIRouter()


@routes.get("/accessibility")
async def show_accessibility(request: Request) -> Response:
    """How far the act's requirements are met and who says so, whom to tell what does not work, who supervises it."""
    settings = settings_of(request)
    return view.page(
        request,
        "accessibility.html",
        address=settings.public_url,
        contact=settings.accessibility_contact,
        date=settings.accessibility_date,
        assessed_by=settings.accessibility_assessed_by,
        shortcomings=settings.accessibility_shortcomings,
    )
