"""The first page: what is the trouble with, and where?"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.catalogue import booked_as
from services.web.clients import providers
from services.web.forms.search import LONGEST_CODE, Search
from services.web.language import page_language, translate
from services.web.places import LONGEST, NO_PLACE, Where, settle_where
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.languages import Language
from shared.problems import Unavailable
from shared.schemas.common import LocalisedText
from shared.schemas.providers import Municipality, Topic
from shared.texts import marked

routes = APIRouter()
Region = tuple[LocalisedText, list[Municipality]]
OLD_TOPIC = marked("This link is old. Choose again what you need help with.")
OLD_PLACE = marked("This link is old. Choose the municipality again.")
NO_TOPIC = marked("Choose what you need help with, or use your own words.")
NOT_UNDERSTOOD = marked("We did not understand these words. Choose from the list, or say it in other words.")
MOST_WORDS = 200


@routes.get("/")
async def show_start(request: Request, postal_code: str = "") -> Response:
    """Ask for the topic and the place. Links of before may bring a `postal_code`."""
    return await _start_page(request, Search.of(request.query_params), place=postal_code[:LONGEST])


async def old_link(request: Request, search: Search) -> Response:
    """Return the first page for a link whose topic or municipality is none (any more): what is known of it is chosen
    already, and the rest is asked. A link that names neither just leads there."""
    if not (search.topic or search.municipality):
        return view.redirect("/")
    catalogue = catalogue_of(request)
    errors = {}
    if await catalogue.topic(search.topic) is None:
        errors["topic"] = translate(request, OLD_TOPIC if search.topic else NO_TOPIC)
        search = replace(search, topic="")
    if await catalogue.municipality(search.municipality) is None:
        errors["municipality"] = translate(request, OLD_PLACE if search.municipality else NO_PLACE)
        search = replace(search, municipality="")
    return await _start_page(request, search, errors=errors, status=404)


@routes.post("/find")
async def find(
    request: Request,
    words: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    postal_code: Annotated[str, Form()] = "",
    meant: Annotated[str, Form()] = "",
    do: Annotated[str, Form()] = "",
) -> Response:
    """Go on to the times. What people write of their trouble and of where they are is in no address: it is nobody's
    business. `meant` is which of several places of one name they chose, `postal_code` the place in forms of before."""
    chosen = Search.of(await request.form())
    written = (place or postal_code).strip()
    if do == "language":
        return await _start_page(request, chosen, words=words, place=written)
    topic = await _topic_meant(request, chosen.topic, words)
    where = Where(meant[:LONGEST_CODE]) if meant else await _place_meant(request, chosen, written, words)
    near = "" if meant or written or chosen.municipality else chosen.near  # who says a place is served there
    found = Search(topic, where.municipality or chosen.municipality, near, chosen.channel)
    if topic and where.municipality:
        return view.redirect(found.address())
    errors = _missing(request, topic, where, words)
    return await _start_page(request, found, words=words, place=written, among=where.among, errors=errors)


def _missing(request: Request, topic: str, where: Where, words: str) -> dict[str, str]:
    """Return what is still to be chosen, by the names of fields."""
    errors = {}
    if not topic:
        errors["topic"] = translate(request, NOT_UNDERSTOOD if words.strip() else NO_TOPIC)
    if not where.municipality:
        errors[where.field] = translate(request, where.error)
    return errors


async def _topic_meant(request: Request, chosen: str, words: str) -> str:
    """Return the topic that is chosen, or else the likeliest that somebody's own words mean; "" for none. A finer word
    for what is chosen says more."""
    meant = await _topics_meant(request, words) if words.strip() else []
    likeliest = next(iter(meant), None)
    if likeliest is None or (chosen and likeliest.parent != chosen):
        return chosen
    return likeliest.code


async def _place_meant(request: Request, chosen: Search, written: str, words: str) -> Where:
    """Return where help is needed; the words on the trouble are asked only of who says it in no other way."""
    says_it = written or chosen.municipality or chosen.near
    in_words = None if says_it else await _municipality_in(request, words)
    return await settle_where(request, chosen, written, in_words)


async def _topics_meant(request: Request, words: str) -> list[Topic]:
    """Return what the registry makes of somebody's own words; nothing while it is away."""
    try:
        return await providers(request).topics_meant(words[:MOST_WORDS])
    except (Refused, Unavailable):
        return []


async def _municipality_in(request: Request, words: str) -> str | None:
    """Return the municipality of which somebody's words speak; None for none, or while the registry is away."""
    try:
        return (await providers(request).understood(words[:MOST_WORDS])).municipality if words.strip() else None
    except (Refused, Unavailable):
        return None


async def _start_page(
    request: Request,
    search: Search,
    *,
    words: str = "",
    place: str = "",
    among: Sequence[str] = (),
    errors: dict[str, str] | None = None,
    status: int = 422,
) -> Response:
    catalogue = catalogue_of(request)
    municipalities = await catalogue.municipalities.get()
    return view.page(
        request,
        "start.html",
        status if errors else 200,
        here=search.address("/") if search.topic or search.municipality else "/",
        topics=sorted(await catalogue.bookable_topics(), key=lambda topic: (topic.rank, topic.code)),
        regions=_by_region(municipalities, page_language(request)),
        search=search,
        topic=booked_as(topic) if (topic := await catalogue.topic(search.topic)) else "",
        words=words,
        place=place,
        among=[row for row in municipalities if row.code in among],
        errors=errors or {},
    )


def _by_region(municipalities: list[Municipality], language: Language) -> list[Region]:
    # groupby needs them sorted by what it groups by; within a region, by the name that is shown.
    in_order = sorted(municipalities, key=lambda row: (row.region, row.name.best(language)))
    return [(name, list(rows)) for name, rows in groupby(in_order, key=lambda row: row.region_name)]
