"""What public tools say of the API: its description is OpenAPI, and nothing that it allows ends in an error of ours or
in an answer that it does not know."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from deploy.local.openapi import documents
from tests.installation import Installation
from tests.prepared_home import PreparedHome

CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance"
# Feeds wait for news, and a sign-in's code is not for guessing.
APART = "events|sign-ins|revoke"


@pytest.mark.parametrize("service", ["providers", "booking", "notify"])
def test_the_description_is_openapi(service: str) -> None:
    validate(documents()[service])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, prepared: PreparedHome) -> Iterator[Installation]:
    """An installation of its own: what may be asked includes revoking its clients."""
    installation = Installation(tmp_path_factory.mktemp("asked") / "home")
    prepared.copy_to(installation.home)
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def tokens(own: Installation) -> dict[str, str]:
    coordinator = own.sign_in(own.demo()["coordinator"])
    return {"booking": own.as_client()["Authorization"], "providers": coordinator["Authorization"]}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", ["booking", "providers"])
def test_whatever_is_asked_has_an_answer_that_is_described(
    own: Installation, tokens: dict[str, str], tmp_path: Path, service: str
) -> None:
    seed = os.environ.get("VUORO_SEED", "7")
    print(f"VUORO_SEED={seed}")
    document = tmp_path / f"{service}.json"
    document.write_text(json.dumps(documents()[service]), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", own.gateway]
    command += ["--header", f"Authorization: {tokens[service]}", "--checks", CHECKS, "--seed", seed]
    command += ["--phases", "examples,fuzzing", "--max-examples", "10", "--exclude-path-regex", APART]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
