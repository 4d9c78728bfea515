"""A service point's own page, for people and for search engines; and where search engines find them all."""

import datetime as dt
import uuid
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import providers
from services.web.dates import local_today
from services.web.state import settings_of
from shared.languages import LANGUAGES

routes = APIRouter()
DAYS_SHOWN = 14
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"


@routes.get("/points/{id}")
async def show_point(request: Request, id: uuid.UUID) -> Response:
    """Show what help is given here, when, and how to come."""
    client = providers(request)
    graph = await client.schema_org(id)  # first: only of what is published and in use is there any
    found = await client.service_point(id)
    days = {day.date: day.hours for day in await client.hours(id, DAYS_SHOWN)}
    today = local_today(settings_of(request))
    coming = [today + dt.timedelta(days=ahead) for ahead in range(DAYS_SHOWN)]
    return view.page(
        request,
        "point.html",
        here=f"/points/{id}",
        point=found,
        days=[(day, days[day]) for day in coming if day in days],
        graph=graph,
        helps=bool(found.drop_in) or len(graph["@graph"]) > 1,
    )


@routes.get("/sitemap.xml")
async def list_for_search_engines(request: Request) -> Response:
    """Return the first page and every published service point, in each language (sitemaps.org 0.9)."""
    settings = settings_of(request)
    ids = await providers(request).published()
    root = Element("urlset", {"xmlns": SITEMAP, "xmlns:xhtml": "http://www.w3.org/1999/xhtml"})
    for path in ("", *(f"points/{id}" for id in ids)):
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
    lines = ["User-agent: *", "Allow: /$", "Allow: /?lang=", "Allow: /points/", "Allow: /static/", "Disallow: /"]
    return Response("\n".join([*lines, f"Sitemap: {settings.public_url}/sitemap.xml", ""]), media_type="text/plain")
