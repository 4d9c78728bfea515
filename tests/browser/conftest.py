"""An installed Chromium. Where there is none, these tests say so; in CI that is a failure."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import MISSING, find, launch
from tests.browser.made import Made
from tests.browser.steps import reading
from tests.conftest import run_installation
from tests.identity_provider import IdentityProvider
from tests.installation import Installation
from tests.prepared_home import PreparedHome


@pytest.fixture(scope="session")
def installation(
    tmp_path_factory: pytest.TempPathFactory, identity_provider: IdentityProvider, prepared: PreparedHome
) -> Iterator[Installation]:
    """One of their own: these tests read pages as people do, on which what other tests have made would stand, too."""
    yield from run_installation(tmp_path_factory.mktemp("home"), identity_provider, prepared)


@pytest.fixture(scope="module")  # its event loop must be over before other tests run theirs
def browser() -> Iterator[Browser]:
    if find() is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture(scope="module")
def made(installation: Installation) -> Iterator[Made]:
    """Each thing that a state of the pages needs."""
    things = Made(installation)
    yield things
    things.close()


@pytest.fixture
def page(browser: Browser, installation: Installation) -> Iterator[Page]:
    """A phone's window, in Finnish, without scripts. `test_every_way` walks in others."""
    with reading(browser, installation, "fi") as page:
        yield page


@pytest.fixture(params=[360, 1280])
def each_page(request: pytest.FixtureRequest, browser: Browser, installation: Installation) -> Iterator[Page]:
    """A phone's and a desk's, likewise, for the journeys of those who help."""
    with reading(browser, installation, "fi", width=request.param) as page:
        yield page
