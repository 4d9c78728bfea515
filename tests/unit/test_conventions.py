"""What the code keeps to everywhere, looked for in the code itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from services.booking.problems import SlotRefused
from shared.advice import ADVICE

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for name in ("shared", "services", "deploy", "vuoro") for path in ROOT.glob(f"{name}/**/*.py"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in nodes(path) if isinstance(node, ast.Call))


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
def test_today_is_a_date_on_somebody_s_wall(path: Path) -> None:
    """Of an instant in UTC, as `now` is, the date is yesterday's till two or three at night."""
    for call in calls(path):
        at, _, name = ast.unparse(call.func).rpartition(".")
        if name == "date":
            assert not re.search(r"\bnow(\(\)|\(dt\.UTC\))?$|_now$", at), f"{path.name}:{call.lineno}"
            assert "utcnow" not in at, f"{path.name}:{call.lineno}"


WORDS = ("str(", ".detail", ".title", ".message", ".reason", ".pgerror", ".args")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_cause_is_not_found_by_the_words_of_a_failure(path: Path) -> None:
    """They quote what was sent, and change; a type, a number or a constraint's name says what it was."""
    for node in nodes(path):
        if isinstance(node, ast.ExceptHandler) and node.name is not None:
            said = {f"str({node.name})", *(f"{node.name}{each}" for each in WORDS[1:])}
            for test in (each for each in ast.walk(node) if isinstance(each, ast.Compare)):
                if any(isinstance(how, ast.In | ast.NotIn) for how in test.ops):
                    assert not any(each in ast.unparse(test) for each in said), f"{path.name}:{test.lineno}"


LEVELS = frozenset({"debug", "info", "warning", "error", "critical"})


def logged_in(handler: ast.ExceptHandler) -> Iterator[ast.Call]:
    """The calls by which what was caught is logged without saying where it was raised."""
    for call in (node for node in ast.walk(handler) if isinstance(node, ast.Call)):
        logger, _, level = ast.unparse(call.func).rpartition(".")
        if logger in {"log", "logging"} and level in LEVELS and "exc_info" not in {each.arg for each in call.keywords}:
            yield call


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_failure_is_logged_with_where_it_happened(path: Path) -> None:
    """By `log.exception` or `exc_info`; of what passes by itself, which service is away says all."""
    for handler in (node for node in nodes(path) if isinstance(node, ast.ExceptHandler)):
        if handler.type is not None and ast.unparse(handler.type) in {"Unavailable", "PASSING"}:
            continue
        for call in logged_in(handler):
            pytest.fail(f"{path.name}:{call.lineno} does not say where it happened")


# What `deploy` waits for is over once everything has started.
SERVING = [path for path in SOURCES if path.relative_to(ROOT).parts[0] in {"services", "shared"}]


@pytest.mark.parametrize("path", SERVING, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_looked_for_more_often_than_once_a_second(path: Path) -> None:
    """An idle installation does nothing: whoever waits is woken."""
    for node in nodes(path):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("SECONDS_BETWEEN_"):
            assert ast.literal_eval(node.value) >= 1, f"{path.name}:{node.lineno}"
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"asyncio.sleep", "time.sleep"}:
            length = node.args[0]
            assert not isinstance(length, ast.Constant) or ast.literal_eval(length) >= 1, f"{path.name}:{node.lineno}"


ROUTES = sorted([*ROOT.glob("services/*/routes/*.py"), *ROOT.glob("services/*/routes.py"), ROOT / "shared/feed.py"])
HOW_A_KEY_IS_USED = {"Idempotent": "await once(", "RetryKeyed": "retry=retry", "Work": "await work.once("}


def handlers(path: Path) -> Iterator[tuple[ast.AsyncFunctionDef, ast.Call, str]]:
    """The handlers of a file, each with its decorator and its method."""
    for node in nodes(path):
        if isinstance(node, ast.AsyncFunctionDef):
            for call in node.decorator_list:
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                    yield node, call, call.func.attr


@pytest.mark.parametrize("path", ROUTES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_not_described_only_reads(path: Path) -> None:
    """The tests that ask every route find it in the description."""
    for node, call, method in handlers(path):
        is_hidden = "include_in_schema" in {each.arg for each in call.keywords}
        assert not is_hidden or method == "get", f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("path", ROUTES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_post_acts_by_its_key(path: Path) -> None:
    for node, _call, method in handlers(path):
        if method == "post":
            for taken in (ast.unparse(each.annotation) for each in node.args.args if each.annotation):
                assert HOW_A_KEY_IS_USED.get(taken, "") in ast.unparse(node), f"{path.name}:{node.lineno}"


# ThereIsTime is made of the times that there are.
EXPLAINED = {"SlotRefused", *(each.__name__ for each in SlotRefused.__subclasses__())} - {"ThereIsTime"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("services/booking/**/*.py")), ids=lambda path: path.name)
def test_a_refused_time_is_explained_in_one_place(path: Path) -> None:
    """There it gets its alternatives; whoever refuses one raises `SlotUnavailable`."""
    for call in calls(path):
        assert ast.unparse(call.func) not in EXPLAINED, f"{path.name}:{call.lineno}"


MIGRATIONS = sorted(ROOT.glob("services/*/migrations/versions/*.py"))


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_a_migration_reads_only_what_is_frozen_beside_it(path: Path) -> None:
    text = path.read_text()
    if ".open(" in text or "read_text(" in text:
        assert 'Path(__file__).parents[1] / "data"' in text
        assert "parents[2]" not in text
    assert "from services" not in text
