"""A service point's own page, for people and for search engines; and where search engines find them all."""

import asyncio
import uuid
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import booking, providers
from services.web.dates import local_today
from services.web.features import in_words
from services.web.maps import map_link
from services.web.opening import DAY, coming_days, short_week
from services.web.patience import answer_or_none
from services.web.point_details import ask_details
from services.web.searches import ANYBODY, Days, by_day
from services.web.state import catalogue_of, settings_of
from shared.languages import LANGUAGES
from shared.schemas.booking import Closing
from shared.schemas.providers import DropIn, ServicePoint, Topic

routes = APIRouter()
STARTS_READ, TIMES_SHOWN = 20, 6
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@routes.get("/points/{id}")
async def show_point(request: Request, id: uuid.UUID) -> Response:
    """Show what help is given here, when, and how to come."""
    settings, catalogue = settings_of(request), catalogue_of(request)
    today = local_today(settings)
    # What booking says comes at the same time; without it the page shows what the registry knows.
    heard, (times, closings) = await asyncio.gather(
        catalogue.points.get(id, lambda: ask_details(providers(request), id)), _of_booking(request, id)
    )
    known, point = heard.value, heard.value.point
    return view.page(
        request,
        "point.html",
        here=f"/points/{id}",
        known=known,
        point=point,
        fresh=heard.fresh,
        times=times,
        today=today,
        tomorrow=today + DAY,
        days=coming_days(point.weekly_hours, known.dated, closings, today, settings.zone),
        week=short_week(point.weekly_hours),
        closings=closings,
        drop_in=await _drop_in(request, point),
        features=in_words([*point.features, *point.equipment]),
        map=map_link(settings, point.lat, point.lon),
    )


async def _of_booking(request: Request, id: uuid.UUID) -> tuple[Days | None, list[Closing]]:
    """Return the next times to book at a service point, and when it is shut; no times when nobody can say."""
    client = booking(request)
    slots = client.slots(service_point=id, drop_in="false", limit=STARTS_READ, tutors=ANYBODY)
    answered = await answer_or_none(asyncio.gather(slots, client.closings(id)))
    if answered is None:
        return None, []
    found, closings = answered
    starts = {slot.start: slot for slot in found.items}  # two kinds of help may begin at once
    return by_day(list(starts.values())[:TIMES_SHOWN]), closings


async def _drop_in(request: Request, point: ServicePoint) -> list[tuple[DropIn, list[Topic]]]:
    """Return when anybody may come, in order, each with what it is for; with no topics when it is for all."""
    topics = await catalogue_of(request).bookable_topics()
    windows = sorted(point.drop_in, key=lambda window: (window.weekday, window.opens))
    wanted = [(window, [topic for topic in topics if topic.code in window.topics]) for window in windows]
    return [(window, some if len(some) < len(topics) else []) for window, some in wanted]


@routes.get("/sitemap.xml")
async def list_for_search_engines(request: Request) -> Response:
    """Return the first page, the list of service points and each published one, in each language (sitemaps.org 0.9)."""
    settings = settings_of(request)
    ids = await providers(request).published()
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": "http://www.w3.org/1999/xhtml"})
    for path in ("", "points", *(f"points/{id}" for id in ids)):
        page = f"{settings.public_url}/{path}"
        url = SubElement(root, "url")
        SubElement(url, "loc").text = page
        for language in LANGUAGES:
            also = {"rel": "alternate", "hreflang": language, "href": f"{page}?lang={language}"}
            SubElement(url, "xhtml:link", also)
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), media_type="application/xml")


@routes.get("/robots.txt")
async def rules_for_search_engines(request: Request) -> Response:
    """Search engines look at the first page and the service points; what a citizen's own link opens is not theirs."""
    settings = settings_of(request)
    lines = ["User-agent: *", "Allow: /$", "Allow: /?lang=", "Allow: /points", "Allow: /static/", "Disallow: /"]
    return Response("\n".join([*lines, f"Sitemap: {settings.public_url}/sitemap.xml", ""]), media_type="text/plain")
