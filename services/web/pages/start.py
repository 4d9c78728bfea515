"""The first page: what is the trouble with, and where?"""

from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.web import view
from services.web.language import page_language
from services.web.state import catalogue_of
from shared.languages import Language
from shared.schemas.common import LocalisedText
from shared.schemas.providers import Municipality

routes = APIRouter()
Region = tuple[LocalisedText, list[Municipality]]


@routes.get("/")
async def show_start(request: Request, topic: str | None = None, municipality: str | None = None) -> Response:
    """Ask for the topic and the municipality."""
    catalogue = catalogue_of(request)
    return view.page(
        request,
        "start.html",
        topics=sorted(await catalogue.topics.get(), key=lambda topic: (topic.rank, topic.code)),
        regions=_by_region(await catalogue.municipalities.get(), page_language(request)),
        chosen_topic=topic,
        chosen_municipality=municipality,
    )


def _by_region(municipalities: list[Municipality], language: Language) -> list[Region]:
    # groupby needs them sorted by what it groups by; within a region, by the name that is shown.
    in_order = sorted(municipalities, key=lambda row: (row.region, row.name.best(language)))
    return [(name, list(rows)) for name, rows in groupby(in_order, key=lambda row: row.region_name)]
