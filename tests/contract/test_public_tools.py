"""What public tools say of the API: its description is OpenAPI; what it allows is taken, what it forbids is refused,
and no answer is one that it does not know."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from deploy.local.openapi import documents
from tests.contract.javascript import TOOLS
from tests.installation import Installation
from tests.prepared_home import PreparedHome

pytestmark = pytest.mark.trials

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
    return dict.fromkeys(("providers", "notify"), coordinator["Authorization"]) | {
        "booking": own.as_client()["Authorization"]
    }


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", ["booking", "providers", "notify"])
def test_whatever_is_asked_has_an_answer_that_is_described(
    own: Installation, tokens: dict[str, str], tmp_path: Path, service: str
) -> None:
    seed = os.environ.get("VUORO_SEED", "7")
    print(f"VUORO_SEED={seed}")
    document = tmp_path / f"{service}.json"
    document.write_text(json.dumps(documents()[service]), encoding="utf-8")
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(TOOLS / "schemathesis.toml")]
    command += ["run", str(document), "--url", own.gateway, "--header", f"Authorization: {tokens[service]}"]
    command += ["--checks", "all", "--phases", "examples,coverage,fuzzing", "--seed", seed, "--max-examples", "10"]
    # Of times with an offset, few are of the years that are taken; it may look for long.
    command += ["--suppress-health-check", "filter_too_much", "--exclude-path-regex", APART]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(TOOLS)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
