"""The documents, run as they are written."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.installation import Installation


@pytest.mark.parametrize("document", ["README.md", "docs/integrating.md"])
def test_its_commands_do_what_it_says(installation: Installation, tmp_path: Path, document: str) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)
    script = "\n".join(blocks).replace("http://127.0.0.1:8080", installation.gateway)
    script = script.replace("var/demo.json", str(installation.home / "demo.json")).replace(
        "curl -sS", "curl -sS --max-time 30"
    )
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    refused = re.findall(r'"type":"urn:vuoro:problem:([a-z-]+)"', done.stdout)
    assert refused == []
    if document == "README.md":
        assert '"state":"booked"' in done.stdout
    else:
        assert '"state":"cancelled"' in done.stdout


def test_every_link_between_documents_leads_somewhere() -> None:
    for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} points to {target}"
