"""What is told of pip's words."""

from deploy.local.install import steps

WORDS = [
    "WARNING: Location 'file:///nowhere/' is ignored: it is neither a file nor a directory.",
    *(f"Collecting package-{n}==1.0 (from -r requirements/run.txt (line {n}))" for n in range(1, 42)),
    "  Downloading package_1-1.0.whl (10 kB)",
    "Requirement already satisfied: package-42==1.0 in ./.venv (from -r requirements/run.txt (line 42))",
    "Requirement already satisfied: idna>=2.8 in ./.venv (from package-1==1.0)",
    "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
    "Installing collected packages: package-1, package-2",
]


def test_it_says_how_far_it_is_and_nothing_else() -> None:
    assert list(steps(WORDS, 43)) == ["  20 of 43 found", "  40 of 43 found", "  43 of 43 found", "  unpacking"]
