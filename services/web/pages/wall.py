"""A display on the wall of a service point: whose turn it is, by number. Nobody's name is on it."""

import uuid

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking, providers

routes = APIRouter()


@routes.get("/wall")
async def show_wall(request: Request, point: uuid.UUID) -> Response:
    """Show the numbers whose turn it is, and how many wait. Whoever knows the address may put it on a screen."""
    place = await providers(request).service_point(point)
    return view.page(request, "wall.html", place=place, queue=await booking(request).queue(point))
