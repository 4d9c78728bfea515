"""The files of the pages: fetched once, kept for a year, and never out of date."""

import re

import pytest

from services.web.static_files import file_address
from tests.unit.web_pages import pages

pytestmark = pytest.mark.anyio
NAMES = ["style.css", "passkeys.js", "pictograms.svg"]


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_at_the_file_address_its_content_is_kept_for_a_year(name: str) -> None:
    async with pages() as browser:
        answer = await browser.get(file_address(name))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("address", ["/static/style.css", "/static/style.css?v=of-another-version"])
async def test_at_any_other_address_it_is_asked_about_each_time(address: str) -> None:
    """While an installation is renewed, an older process may be asked for a newer file: what it has is not that."""
    async with pages() as browser:
        assert (await browser.get(address)).headers["cache-control"] == "no-cache"


async def test_a_file_that_is_none_is_kept_by_nobody() -> None:
    async with pages() as browser:
        answer = await browser.get("/static/none.css?v=1")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


async def test_pages_ask_for_their_files_by_content() -> None:
    async with pages() as browser:
        page = (await browser.get("/")).text
    found = re.findall(r'"(/static/[^"#]+)[#"]', page)
    assert set(found) == {file_address("style.css"), file_address("pictograms.svg"), file_address("near.js")}
