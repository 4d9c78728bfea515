"""What strict linters of OpenAPI say of the descriptions: nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.local.openapi import documents
from tests.contract.javascript import TOOLS, run

# Calendar programs have nothing but an address to show: there is no header that they could send.
KNOWN = {("owasp:api2:2023-no-credentials-in-url", "/api/booking/v1/calendar-subscriptions/{secret}.ics")}
SERVICES = ["providers", "booking", "notify"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the descriptions are written to."""
    made = tmp_path_factory.mktemp("descriptions")
    for name, document in documents().items():
        (made / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return made


@pytest.mark.parametrize("service", SERVICES)
def test_redocly_has_nothing_to_say(folder: Path, service: str) -> None:
    done = run("redocly", "lint", "--extends", "recommended", "--format", "json", f"{service}.json", cwd=folder)
    report: Any = json.JSONDecoder().raw_decode(done.stdout.lstrip())[0]
    assert [(each["ruleId"], each["message"]) for each in report["problems"]] == []


@pytest.mark.parametrize("service", SERVICES)
def test_spectral_finds_no_error_of_openapi_nor_of_owasp(folder: Path, service: str) -> None:
    report = folder / f"{service}.spectral.json"
    rules = TOOLS / "spectral.yaml"
    run("spectral", "lint", f"{service}.json", "-r", rules, "-f", "json", "-o", report, "--quiet", cwd=folder)
    found: Any = json.loads(report.read_text(encoding="utf-8"))
    errors = [(each["code"], each["path"]) for each in found if each["severity"] == 0]
    assert [(code, path) for code, path in errors if (code, path[1]) not in KNOWN] == []
