"""The pictures of the README: `make pictures` makes them anew, after the pages have changed."""

import base64
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.gallery import CITIZENS, walking
from tests.installation import ROOT

PICTURES = ROOT / "docs" / "pictures"
SHOWN = ("start", "times", "form", "booked")
PHONE = {"x": 0, "y": 0, "width": 360, "height": 800, "scale": 2}


def main(to: Path = PICTURES) -> None:
    """Make them, from an installation of their own."""
    to.mkdir(parents=True, exist_ok=True)
    with walking([("en", [state for state in CITIZENS if state.name in SHOWN])]) as [walk]:
        for shown in walk:
            (to / f"{shown.state.name}.webp").write_bytes(_photograph(shown.page))


def _photograph(page: Page) -> bytes:
    """The upper part of a page on a phone, twice as fine; Playwright itself makes no WebP."""
    devtools = page.context.new_cdp_session(page)
    taken = devtools.send("Page.captureScreenshot", {"format": "webp", "quality": 85, "clip": PHONE})
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    main()
