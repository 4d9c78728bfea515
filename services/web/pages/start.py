"""The first page: what is the trouble with, and where?"""

from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from services.web import view
from services.web.clients import providers
from services.web.forms.search import Search
from services.web.language import page_language, translate
from services.web.state import catalogue_of
from shared.clients import Refused
from shared.languages import Language
from shared.problems import Unavailable
from shared.schemas.common import LocalisedText
from shared.schemas.providers import Municipality, Understood
from shared.texts import marked

routes = APIRouter()
Region = tuple[LocalisedText, list[Municipality]]
NO_TOPIC = marked("Choose what the trouble is with, or say it in other words.")
NOT_UNDERSTOOD = marked("We did not understand these words. Choose from the list, or say it in other words.")
NO_PLACE = marked("Choose the municipality, or write a postal code.")
NO_SUCH_CODE = marked("This is not a postal code in Finland. It has five digits.")
NOTHING_NEAR = marked("We found no place near you. Choose the municipality.")
MOST_WORDS = 200


@routes.get("/")
async def show_start(request: Request) -> Response:
    """Ask for the topic and the municipality."""
    return await _start_page(request, Search.of(request.query_params))


@routes.post("/find")
async def find(
    request: Request, words: Annotated[str, Form()] = "", postal_code: Annotated[str, Form()] = ""
) -> Response:
    """Go on to the times; by their own words and a postal code, for whom the lists are too long. Those are in no
    address: people write there what is nobody's business."""
    chosen = Search.of(await request.form())
    understood = await _understood(request, words) if words.strip() else Understood()
    topic = chosen.topic or next(iter(understood.topics), "")
    municipality = (
        chosen.municipality
        or await _municipality_near(request, chosen.near)
        or await _municipality_of(request, postal_code)
        or understood.municipality
        or ""
    )
    near = "" if chosen.municipality else chosen.near  # who has chosen a place is served there, wherever they are
    found = Search(topic, municipality, near, chosen.channel)
    if topic and municipality:
        return view.redirect(found.address())
    errors = {}
    if not topic:
        errors["topic"] = translate(request, NOT_UNDERSTOOD if words.strip() else NO_TOPIC)
    if not municipality:
        errors["municipality"] = translate(request, _no_place(chosen, postal_code))
    return await _start_page(request, found, words=words, postal_code=postal_code, errors=errors)


def _no_place(chosen: Search, postal_code: str) -> str:
    if chosen.near:
        return NOTHING_NEAR
    return NO_SUCH_CODE if postal_code.strip() else NO_PLACE


async def _understood(request: Request, words: str) -> Understood:
    """Return what the registry makes of somebody's own words; nothing while it is away."""
    try:
        return await providers(request).understood(words[:MOST_WORDS])
    except (Refused, Unavailable):
        return Understood()


async def _municipality_near(request: Request, near: str) -> str | None:
    """Return the municipality of the nearest service point; None where there is no position, or nothing near it."""
    if not near:
        return None
    try:
        nearest = await providers(request).nearest_point(near)
    except (Refused, Unavailable):
        return None
    return nearest.municipality if nearest else None


async def _municipality_of(request: Request, postal_code: str) -> str | None:
    code = postal_code.replace(" ", "")
    if not code:
        return None
    try:
        found = await providers(request).municipalities_of(code)
    except (Refused, Unavailable):
        return None
    return found[0].code if found else None


async def _start_page(
    request: Request,
    search: Search,
    *,
    words: str = "",
    postal_code: str = "",
    errors: dict[str, str] | None = None,
) -> Response:
    catalogue = catalogue_of(request)
    return view.page(
        request,
        "start.html",
        422 if errors else 200,
        here=search.address("/") if search.topic or search.municipality else "/",
        topics=sorted(await catalogue.topics.get(), key=lambda topic: (topic.rank, topic.code)),
        regions=_by_region(await catalogue.municipalities.get(), page_language(request)),
        search=search,
        words=words,
        postal_code=postal_code,
        errors=errors or {},
    )


def _by_region(municipalities: list[Municipality], language: Language) -> list[Region]:
    # groupby needs them sorted by what it groups by; within a region, by the name that is shown.
    in_order = sorted(municipalities, key=lambda row: (row.region, row.name.best(language)))
    return [(name, list(rows)) for name, rows in groupby(in_order, key=lambda row: row.region_name)]
