"""What Lighthouse gives the pages of the way to a time: `make lighthouse`, where npm and Chromium are.

Not part of `make test`: it brings 185 MB, takes a quarter of a minute for a page, and measures time.
"""

import json
import os
import subprocess
import sys

from tests.browser.chromium import MISSING, find
from tests.browser.gallery import CITIZENS, walking

LIGHTHOUSE = "lighthouse@12.8.2"
LEAST = 95
PAGES = ("start", "times", "form", "booked")
SKIPPED = {
    "is-crawlable": "a citizen's own pages are kept out of search on purpose; test_search_engines asks which are",
    "robots-txt": "Lighthouse fetches it from within the page, which our policy lets nobody do; likewise asked there",
}
"""Audits that are not asked, each with the reason."""


def main() -> None:
    """Print what each page is given in each category; fail where that is too little."""
    chromium = find() or sys.exit(MISSING)
    few = 0
    with walking([("fi", [state for state in CITIZENS if state.name in PAGES])]) as [walk]:
        for state in walk.states:
            given = scores(walk.installation.gateway + state.path.format_map(walk.made), chromium)
            print(f"{state.name:10}", *(f"{category} {score}" for category, score in given.items()), sep="  ")
            few += sum(score < LEAST for score in given.values())
    sys.exit(1 if few else 0)


def scores(address: str, chromium: str) -> dict[str, int]:
    """Return what a page is given, of a hundred, by the category."""
    command = ["npm", "exec", "--yes", "--", LIGHTHOUSE, address, "--quiet", "--output=json"]
    command += ["--chrome-flags=--headless=new --no-sandbox", f"--skip-audits={','.join(SKIPPED)}"]
    told = subprocess.run(
        command, env=os.environ | {"CHROME_PATH": chromium}, capture_output=True, text=True, check=True
    )
    return {name: round(found["score"] * 100) for name, found in json.loads(told.stdout)["categories"].items()}


if __name__ == "__main__":
    main()
