"""The documents, run as they are written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.installation import Installation


@pytest.mark.parametrize("document", ["README.md", "docs/integrating.md", "docs/booking.md"])
def test_its_commands_do_what_it_says(installation: Installation, tmp_path: Path, document: str) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    script = "\n".join(blocks).replace("curl -sS", "curl -sS --max-time 30")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env=os.environ | {"G": installation.gateway, "DEMO": str(installation.home / "demo.json")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    refused = re.findall(r'"type":"urn:vuoro:problem:([a-z-]+)"', done.stdout)
    assert refused == []
    assert f'"state":"{"booked" if document == "README.md" else "cancelled"}"' in done.stdout


def test_every_link_between_documents_leads_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} points to {target}"
