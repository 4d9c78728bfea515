"""A document in which anything may stand anywhere is read or told, and never ends in a traceback."""

import copy
import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.providers.domain.municipality_names import MunicipalityNames
from services.providers.sources.kirkanta import read_kirkanta
from services.providers.sources.ptv import read_ptv
from services.providers.sources.source_records import SourceRecords
from tests.conftest import tried

NAMES = MunicipalityNames({"kuusamo": "305", "305": "305"}, lambda word: [word])
ODD: list[object] = [
    None,
    True,
    7,
    -1,
    10**400,
    float("inf"),
    "",
    "x",
    "\x00",
    "\ud800",
    [],
    {},
    [None],
    [[]],
    {"fi": 7},
]
ODD += ["2027-99-99", "0001-01-01T00:00:00+14:00", "Monday", "24:00", "25:61", "é" * 5000]
Where = tuple[str | int, ...]


def places(value: object, where: Where = ()) -> Iterator[Where]:
    yield where
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    for name, part in parts:
        yield from places(part, (*where, name))


def changed(document: Any, where: Where, odd: object) -> Any:
    if not where:
        return odd
    whole = copy.deepcopy(document)
    part = whole
    for name in where[:-1]:
        part = part[name]
    part[where[-1]] = odd
    return whole


def read(path: Path, document: object) -> SourceRecords:
    path.write_text(json.dumps(document), encoding="utf-8")
    return read_kirkanta(path, NAMES) if "kirkanta" in path.name else read_ptv([path], NAMES, dt.date(2027, 3, 1))


@pytest.mark.parametrize("path", tried("registers"))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_anywhere(found: Path, path: Path, data: st.DataObject) -> None:
    assert found in path.parents
    document = json.loads(path.read_text(encoding="utf-8"))
    where = data.draw(st.sampled_from(list(places(document))))
    odd = data.draw(st.sampled_from(ODD))
    with tempfile.TemporaryDirectory() as folder:
        records = read(Path(folder) / path.name, changed(document, where, odd))
    assert all(row.file == path.name and row.line and row.field and row.reason for row in records.refused)
    for record in records.points.values():
        assert all(name.isprintable() for name in record.unread)
        assert not {"\x00", "\ud800"} & set("".join(map(str, record.fields.values())))
