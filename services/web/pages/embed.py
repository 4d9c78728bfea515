"""A municipality's places and their next free times, small, inside a page of the municipality's own site."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.municipal_help import find_help
from services.web.state import catalogue_of
from shared.problems import Unavailable

routes = APIRouter()


@routes.get("/embed")
async def show_embedded(request: Request, municipality: str = "") -> Response:
    """Show where and when there is help in a municipality. Whatever goes wrong is said in the same small frame."""
    known, status = None, 404
    help = None
    try:
        known = await catalogue_of(request).municipality(municipality)
        if known is not None:
            help, status = await find_help(request, municipality), 200
    except Unavailable:
        status = 503
    return view.page(request, "embed.html", status, municipality=known, help=help)
