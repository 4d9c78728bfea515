"""An installed Chromium."""

import os
import shutil

from playwright.sync_api import Browser, Playwright

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "no Chromium is installed (apt-get install chromium, or set VUORO_CHROMIUM)"


def find() -> str | None:
    """Where it is; None where there is none."""
    return os.environ.get("VUORO_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def launch(playwright: Playwright) -> Browser:
    """Start it."""
    path = find()
    assert path is not None, MISSING
    return playwright.chromium.launch(executable_path=path, args=QUIET)
