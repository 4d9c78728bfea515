"""The places that help in a region or a municipality, to be read, printed and hung on a wall."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.catalogue import Area
from services.web.clients import providers
from services.web.language import page_language
from services.web.opening import short_week
from services.web.state import catalogue_of
from shared.languages import Language
from shared.schemas.common import LocalisedText
from shared.schemas.providers import FoundServicePoint, Municipality

routes = APIRouter()


@dataclass(frozen=True)
class Listed:
    """An area whose service points are listed: its name, and where more of them are."""

    area: Area
    name: LocalisedText
    region: str


@routes.get("/points")
async def list_points(request: Request, region: str = "", municipality: str = "") -> Response:
    """List the service points of an area; without one that is known, ask which."""
    known = await catalogue_of(request).municipalities.get()
    listed = _listed(known, region, municipality)
    if listed is None:
        return _choose(request, known)
    kind, code = listed.area
    heard = await catalogue_of(request).points_of.get(
        listed.area, lambda: providers(request).service_points(**{kind: code})
    )
    return view.page(
        request,
        "points.html",
        here=f"/points?{kind}={code}",
        listed=listed,
        fresh=heard.fresh,
        places=_by_municipality(heard.value, known, page_language(request)),
        short_week=short_week,
    )


def _listed(known: list[Municipality], region: str, municipality: str) -> Listed | None:
    for row in known:
        if row.code == municipality:
            return Listed(("municipality", row.code), row.name, row.region)
        if row.region == region and not municipality:
            return Listed(("region", region), row.region_name, region)
    return None


def _choose(request: Request, known: list[Municipality]) -> Response:
    names = {row.region: row.region_name for row in known}
    language = page_language(request)
    in_order = sorted(names.items(), key=lambda each: each[1].best(language))
    return view.page(request, "point_regions.html", here="/points", regions=in_order)


def _by_municipality(
    points: list[FoundServicePoint], known: list[Municipality], language: Language
) -> list[tuple[Municipality, list[FoundServicePoint]]]:
    """Return the points under their municipalities, both by the names that are shown."""
    names = {row.code: row for row in known}

    def order(point: FoundServicePoint) -> tuple[str, str, str]:
        return names[point.municipality].name.best(language), point.municipality, point.name.best(language)

    in_order = sorted((point for point in points if point.municipality in names), key=order)
    return [(names[code], list(rows)) for code, rows in groupby(in_order, key=lambda point: point.municipality)]
