"""The public catalogue as open data (CC BY 4.0): every published service point in one file, and nothing of people."""

import csv
import io
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.providers.domain.table_cells import as_text
from services.providers.models import ServicePoint
from services.providers.store.service_points import published_points
from shared.db import Session
from shared.openapi.bodies import answers
from shared.schemas import providers as wire
from shared.schemas.common import LocalisedText, RegionCode

routes = APIRouter(tags=["open data"])
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
Region = Annotated[RegionCode | None, Query(description="only this region; by default all")]
TEXTS = ("name_fi", "name_sv", "name_en", "description_fi", "description_sv", "description_en")
COLUMNS = ("id", "name", *TEXTS, "address", "municipality", "lat", "lon", "phone", "email", "url")
LISTS = ("channels", "languages", "features")
# New columns come last, for who reads a table by its columns' places.
LATER = ("address_sv",)


@routes.get("/open-data/service-points.json", summary="All published service points")
async def as_json(session: Session, region: Region = None) -> wire.OpenData:
    rows = await published_points(session, region)
    return wire.OpenData(licence=LICENCE, items=[wire.ServicePoint.model_validate(row) for row in rows])


@routes.get(
    "/open-data/service-points.csv",
    summary="All published service points, as a table",
    response_class=Response,
    responses=answers("text/csv"),
)
async def as_csv(session: Session, region: Region = None) -> Response:
    """UTF-8 with commas; a column that holds several values parts them by spaces. Vuoro imports it again
    (docs/importing.md). A text that a spreadsheet would take for a formula has an apostrophe before it."""
    table = io.StringIO()
    writer = csv.DictWriter(table, [*COLUMNS, *LISTS, *LATER], lineterminator="\n")
    writer.writeheader()
    writer.writerows(_table_row(point) for point in await published_points(session, region))
    link = {"Link": f'<{LICENCE}>; rel="license"'}
    return Response(table.getvalue(), media_type="text/csv; charset=utf-8", headers=link)


def _table_row(point: ServicePoint) -> dict[str, object]:
    plain = {name: getattr(point, name) for name in (*COLUMNS, *LATER) if name != "name" and name not in TEXTS}
    texts = {name: (getattr(point, name[:-3]) or {}).get(name[-2:]) for name in TEXTS}
    name = LocalisedText.model_validate(point.name).best("fi")
    row = plain | texts | {"name": name} | {name: " ".join(getattr(point, name)) for name in LISTS}
    return {name: as_text(value) if isinstance(value, str) else value for name, value in row.items()}
