"""What an import prints: each thing that did not go in, with its place, and each that nobody reads."""

from collections import Counter

import pytest

from services.providers.actions.import_report import ImportReport
from services.providers.domain.columns import RefusedRow
from vuoro.reports import print_import


def test_a_report_names_the_file_the_record_and_what_nobody_reads(capsys: pytest.CaptureFixture[str]) -> None:
    report = ImportReport(
        created=1,
        refused=[
            RefusedRow("points.csv", 3, "name", "is empty"),
            RefusedRow("ptv.json", 2, "publishingStatus", "is not published any more", "abc"),
            RefusedRow("ptv.json", 4, "id", "is empty", ""),
        ],
        unread=Counter({"slogan": 12}),
        passed_over=Counter({"EChannel is no place": 3}),
    )
    print_import(report, dry_run=False)
    said = capsys.readouterr()
    assert said.err.splitlines() == [
        "points.csv, line 3: name is empty",
        "ptv.json, record 2 (abc): publishingStatus is not published any more",
        "ptv.json, record 4: id is empty",
        "not read: slogan (in 12 records)",
        "passed over: EChannel is no place (3 records)",
    ]
    assert "1 created" in said.out
