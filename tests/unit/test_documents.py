"""The files that the documents send a reader to exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([^`\s<>]+/(?:[^`\s<>]+\.(?:py|md|toml|j2))?)`")
# Documents name a path from the root, within a service, or within a layer that they have just named.
FOLDERS = [ROOT, *ROOT.glob("services/*/"), *ROOT.glob("services/*/*/"), ROOT / "deploy/local"]
MADE = ("build/", "var/")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/glossary.md"])
def test_the_files_that_a_document_names_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {name for name in NAMED.findall(text) if not name.startswith((*MADE, "/", ".")) and ":" not in name}
    assert named
    missing = [name for name in named if not any(next(folder.glob(name), None) for folder in FOLDERS)]
    assert missing == []
