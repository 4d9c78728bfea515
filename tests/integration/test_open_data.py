"""The open data can be read again as what it is."""

import csv
import io
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.providers.actions.importing import import_files
from services.providers.actions.service_points import write_service_point
from services.providers.models import ServicePoint
from services.providers.routes import open_data
from shared import db
from shared.schemas.common import LocalisedText
from tests.integration.providers import EDITOR, seed_registry

pytestmark = pytest.mark.anyio


async def test_no_cell_begins_a_formula_and_an_import_takes_each_back(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    small = await seed_registry(providers_db)
    named = LocalisedText(fi='=HYPERLINK("http://evil.example")', sv="@SUM(A1)")
    point = small.point_input(name=named, address="-1", phone="+358 40 123", description=LocalisedText(en="'=1"))
    async with db.transaction(providers_db) as session:
        await write_service_point(session, caller=EDITOR, wanted=point, record=small.point)
    async with db.transaction(providers_db) as session:
        text = bytes((await open_data.as_csv(session)).body).decode()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert "'+358 40 123" in cells
    path = tmp_path / "open.csv"
    path.write_text(text, encoding="utf-8")
    async with db.transaction(providers_db) as session:
        report = await import_files(
            session, source="open", points=path, hours=None, start=lambda _n: lambda _done: None
        )
        assert (report.created, report.refused) == (1, [])  # of another organisation, so it is another point
        rows = list(await session.scalars(sa.select(ServicePoint)))
    assert len(rows) == 2
    assert len({(row.name["fi"], row.address, row.phone) for row in rows}) == 1


async def test_what_is_given_away_comes_in_again_with_nothing_changed_and_nothing_hidden_in_it(
    providers_db: db.Sessions, data: Path, tmp_path: Path
) -> None:
    async with db.transaction(providers_db) as session:
        points = data / "libraries" / "libraries.csv"
        await import_files(session, source="libraries", points=points, hours=None, start=lambda _n: lambda _done: None)
        hidden = sa.update(ServicePoint).where(ServicePoint.name["fi"].astext == "Kallion kirjasto")
        await session.execute(hidden.values(publishing="draft"))
    async with db.transaction(providers_db) as session:
        text = bytes((await open_data.as_csv(session)).body).decode()
        whole = await open_data.as_json(session)
    assert len(whole.items) == len(list(csv.DictReader(io.StringIO(text)))) == 719
    assert "Kallion kirjasto" not in text
    path = tmp_path / "open.csv"
    path.write_text(text, encoding="utf-8")
    async with db.transaction(providers_db) as session:
        report = await import_files(
            session, source="open", points=path, hours=None, start=lambda _n: lambda _done: None
        )
    # Each is found to be one of the places that are there, and says nothing else of it.
    assert (report.created, report.differences, report.refused) == (0, [], [])
