"""The rules import the standard library, intervals, the periods of retention, how codes are made, and each other;
nothing else."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = {"shared.codes", "shared.intervals", "shared.retention"}
RULES = [
    *ROOT.glob("services/*/domain/*.py"),
    *(ROOT / f"{name.replace('.', '/')}.py" for name in sorted(PURE)),
]
IMPURE = {"asyncio", "socket", "subprocess", "os", "pathlib", "random", "secrets", "time", "urllib", "http", "logging"}


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_rule_imports_no_library_and_does_nothing(path: Path) -> None:
    service = path.relative_to(ROOT).parts[1]
    for name in imported(path):
        top = name.partition(".")[0]
        ours = name in PURE or f"{name}.".startswith(f"services.{service}.domain.")
        assert ours or (top in sys.stdlib_module_names and top not in IMPURE), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", RULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_rule_does_not_look_at_the_clock(path: Path) -> None:
    calls = [
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    assert not {"now", "today", "utcnow"} & set(calls)
