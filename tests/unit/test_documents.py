"""The files that the documents send a reader to exist, and are not too large."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([^`\s<>]+/(?:[^`\s<>]+\.(?:py|md|toml|j2))?)`")
# Documents name a path from the root, within a service, or within a layer that they have just named.
FOLDERS = [ROOT, *ROOT.glob("services/*/"), *ROOT.glob("services/*/*/"), ROOT / "deploy/local"]
MADE = ("build/", "var/")
MOST_BYTES = 150_000
"""Of a picture that everybody loads who reads the README."""


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/glossary.md"])
def test_the_files_that_a_document_names_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {name for name in NAMED.findall(text) if not name.startswith((*MADE, "/", ".")) and ":" not in name}
    assert named
    missing = [name for name in named if not any(next(folder.glob(name), None) for folder in FOLDERS)]
    assert missing == []


def test_the_readme_shows_four_small_pictures() -> None:
    named = re.findall(r'<img src="([^"]+)"[^>]* alt="[^"]{20,}"', (ROOT / "README.md").read_text())
    assert len(named) == 4
    for name in named:
        assert (ROOT / name).stat().st_size < MOST_BYTES, f"{name}: make pictures"
