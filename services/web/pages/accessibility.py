"""The accessibility statement."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view

routes = APIRouter()


@routes.get("/accessibility")
async def show_accessibility(request: Request) -> Response:
    """The accessibility statement that law 306/2019 asks for."""
    return view.page(request, "accessibility.html")
