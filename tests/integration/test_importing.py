"""Importing the real lists."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from services.providers.actions.import_report import ImportReport as Report
from services.providers.actions.importing import import_files
from services.providers.models import Organisation, ServicePoint
from services.providers.problems import ImportRunning
from shared import db

pytestmark = pytest.mark.anyio
POINTS = "id,name,address,municipality,lat,lon\n"


async def bring_in(sessions: db.Sessions, points: Path, hours: Path | None = None) -> Report:
    async with db.transaction(sessions) as session:
        return await import_files(
            session, source="test", points=points, hours=hours, start=lambda _total: lambda _done: None
        )


def written(folder: Path, text: str | bytes, name: str = "points.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


async def test_a_refused_row_is_told_and_the_rest_goes_in(providers_db: db.Sessions, tmp_path: Path) -> None:
    text = (
        POINTS + "1,Kirjasto,Tie 1,Kuusamo,65.9,29.1\n2,,Tie 2,Kuusamo,,\n3,C,Tie 3,Atlantis,,\n1,D,Tie 4,Kuusamo,,\n"
    )
    report = await bring_in(providers_db, written(tmp_path, text))
    assert report.created == 1
    assert [(row.line, row.field) for row in report.refused] == [(3, "name"), (4, "municipality"), (5, "id")]


async def test_what_vanished_is_told_and_kept_and_what_changed_is_written(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    await bring_in(providers_db, written(tmp_path, POINTS + "1,A,Tie 1,Kuusamo,,\n2,B,Tie 2,Oulu,,\n"))
    report = await bring_in(providers_db, written(tmp_path, POINTS + "1,A,Uusi tie 9,Kuusamo,,\n"))
    assert (report.changed, report.vanished) == (1, ["2"])
    async with db.transaction(providers_db) as session:
        found = await session.execute(
            sa.select(ServicePoint.name["fi"].astext, ServicePoint.address, ServicePoint.status)
        )
        assert sorted(map(tuple, found)) == [("A", "Uusi tie 9", "active"), ("B", "Tie 2", "active")]


@pytest.mark.parametrize(
    "content",
    [
        ("\ufeff" + POINTS + "1,Ähtäri,Tie 1,Ähtäri,,\n").encode(),
        (POINTS + "1,Ähtäri,Tie 1,Ähtäri,,\n").replace(",", ";").encode("cp1252"),
        (POINTS + "1,Ähtäri,Tie 1,Ähtäri,,\n").replace("\n", "\r\n").encode(),
    ],
    ids=["bom", "excel", "crlf"],
)
async def test_files_as_spreadsheets_write_them(providers_db: db.Sessions, tmp_path: Path, content: bytes) -> None:
    report = await bring_in(providers_db, written(tmp_path, content))
    assert (report.created, report.refused) == (1, [])
    async with db.transaction(providers_db) as session:
        assert (await session.scalar(sa.select(ServicePoint.name))) == {"fi": "Ähtäri", "sv": None, "en": None}


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02", b"nothing,useful\n1,2\n", b'id,name\n"1'])
async def test_a_file_that_is_none_says_so(providers_db: db.Sessions, tmp_path: Path, content: bytes) -> None:
    report = await bring_in(providers_db, written(tmp_path, content))
    assert report.created == 0
    assert report.refused


async def test_an_import_that_dies_leaves_nothing_and_the_next_one_completes_it(
    providers_db: db.Sessions, tmp_path: Path
) -> None:
    points = written(tmp_path, POINTS + "1,A,Tie 1,Kuusamo,,\n2,B,Tie 2,Kuusamo,,\n")

    def die(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        async with db.transaction(providers_db) as session:
            await import_files(session, source="test", points=points, hours=None, start=lambda _total: die)
    async with db.transaction(providers_db) as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Organisation)) == 0
    assert (await bring_in(providers_db, points)).created == 2


async def test_two_imports_at_once_do_not_mix(providers_db: db.Sessions, tmp_path: Path) -> None:
    points = written(tmp_path, POINTS + "".join(f"{n},A,Tie {n},Kuusamo,,\n" for n in range(200)))
    answers = await asyncio.gather(*(bring_in(providers_db, points) for _ in range(3)), return_exceptions=True)
    assert sum(isinstance(answer, ImportRunning) for answer in answers) == 2
    assert sum(isinstance(answer, Report) and answer.created == 200 for answer in answers) == 1
