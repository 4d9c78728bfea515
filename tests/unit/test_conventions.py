"""What the code keeps to everywhere, looked for in the code itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.problems import ADVICE

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")])
LOGGED_BY_NAME = re.compile(r"\blog\.\w+\([^)]*type\(\w+\)\.__name__")


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


@pytest.mark.parametrize("path", sorted(ROOT.glob("shared/schemas/**/*.py")), ids=lambda path: path.name)
def test_a_finding_of_the_wire_has_a_type_with_its_own_advice(path: Path) -> None:
    """What to do is found by the type of a finding, and never by its message."""
    for call in calls(path):
        assert ast.unparse(call.func) != "ValueError", f"{path.name}:{call.lineno} has no type"
        if ast.unparse(call.func) == "PydanticCustomError":
            assert ast.literal_eval(call.args[0]) in ADVICE, f"{path.name}:{call.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_copied_is_named(path: Path) -> None:
    """A new field is copied where somebody has said so, and nowhere because nobody has thought of it."""
    for call in calls(path):
        assert "exclude" not in {each.arg for each in call.keywords}, f"{path.name}:{call.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_failure_is_logged_with_where_it_happened(path: Path) -> None:
    assert not LOGGED_BY_NAME.search(path.read_text())


MIGRATIONS = sorted(ROOT.glob("services/*/migrations/versions/*.py"))


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_a_migration_reads_only_what_is_frozen_beside_it(path: Path) -> None:
    text = path.read_text()
    if ".open(" in text or "read_text(" in text:
        assert 'Path(__file__).parents[1] / "data"' in text
        assert "parents[2]" not in text
    assert "from services" not in text
