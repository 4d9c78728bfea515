"""A municipality's own site shows its places and times, in a real browser: by our web component, and in a frame."""

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from tests.browser.test_journeys import check
from tests.conftest import ROOT
from tests.installation import Installation

pytestmark = pytest.mark.browser
ORIGIN = re.compile(r"https?://[^/]+")


@dataclass(frozen=True)
class Site:
    """Somebody else's site: another origin, with the strictest policy with which its page can show ours."""

    address: str
    folder: Path

    def write(self, body: str, ours: str) -> None:
        """Make its front page."""
        policy = f"default-src 'none'; script-src {ours}; connect-src {ours}; frame-src {ours}"
        head = (
            f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><title>Kunta</title>'
        )
        page = f'<!doctype html><html lang="fi">{head}<main><h1>Kuusamon kaupunki</h1>{body}</main></html>'
        (self.folder / "index.html").write_text(page, encoding="utf-8")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield Site(f"http://127.0.0.1:{server.server_port}/", tmp_path)
        server.shutdown()


def documented(ours: str, element: str) -> str:
    """What docs/integrating.md says is to be copied."""
    blocks = re.findall(r"```html\n(.*?)```", (ROOT / "docs/integrating.md").read_text(encoding="utf-8"), re.DOTALL)
    [snippet] = [block for block in blocks if f"<{element}" in block]
    return str(snippet).replace("https://vuoro.example", ours)


def widget(ours: str, **attributes: str) -> str:
    said = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    element = f'<vuoro-times {said}><a href="{ours}/">…</a></vuoro-times>'
    return f'<script src="{ours}/static/widget.js" defer></script>{element}'


def visit(context: BrowserContext, address: str) -> tuple[Page, list[str], list[str]]:
    """A page, what its console complains of, and the origins that it asks."""
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    return page, complaints, asked


@pytest.mark.parametrize("width", [280, 360, 1280])
def test_a_municipality_s_own_site_shows_its_places_and_times(
    browser: Browser, installation: Installation, site: Site, width: int
) -> None:
    ours = installation.gateway
    site.write(documented(ours, "vuoro-times"), ours)
    context = browser.new_context(viewport={"width": width, "height": 800}, locale="fi-FI")
    page, complaints, asked = visit(context, site.address)
    shown = page.locator("vuoro-times")
    expect(shown.get_by_role("heading", level=2)).to_have_text("Digituki: Kuusamo")
    expect(shown.get_by_role("listitem").filter(has_text="Kuusamon kirjasto (esimerkki)")).to_contain_text(
        re.compile(r"Esimerkkitie 1.*Ensimmäinen vapaa aika: \S+ \d+\. \S+ klo \d+\.\d\d")
    )
    expect(shown).to_contain_text(re.compile(r"Puhelimitse, ensimmäinen vapaa aika: \S+ \d+\. \S+ klo"))
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    own = {ours, site.address.rstrip("/")}
    assert {found[0] for url in asked if (found := ORIGIN.match(url))} <= own
    assert [each for each in complaints if "favicon" not in each and "404" not in each] == []
    shown.get_by_role("link", name="Varaa aika").click()
    expect(page).to_have_url(f"{ours}/?municipality=305&lang=fi")
    expect(page.get_by_label("Missä tarvitset apua?")).to_have_value("305")
    context.close()


def test_the_keyboard_reaches_every_link_of_the_component(
    browser: Browser, installation: Installation, site: Site
) -> None:
    site.write(widget(installation.gateway, municipality="305", lang="sv"), installation.gateway)
    context = browser.new_context(locale="sv-FI")
    page, *_ = visit(context, site.address)
    links = page.locator("vuoro-times").get_by_role("link")
    expect(page.locator("vuoro-times").get_by_role("heading", level=2)).to_have_text(
        "Hjälp med digitala tjänster: Kuusamo"
    )
    reached = []
    for _nth in range(links.count()):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.shadowRoot?.activeElement?.href"))
    assert reached == [link.get_attribute("href") for link in links.all()]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Serviceställen där du får hjälp: Kuusamo")
    context.close()


def test_the_component_follows_its_attributes_and_says_what_it_cannot_show(
    browser: Browser, installation: Installation, site: Site
) -> None:
    ours = installation.gateway
    site.write(widget(ours, municipality="305", lang="en") + widget(ours, municipality="x"), ours)
    context = browser.new_context(locale="en-GB")
    page, *_ = visit(context, site.address)
    first, second = page.locator("vuoro-times").nth(0), page.locator("vuoro-times").nth(1)
    expect(first.get_by_role("heading", level=2)).to_have_text("Digital help: Kuusamo")
    expect(second.get_by_role("status")).to_have_text("Emme tunnista tätä kuntaa.")  # in the page's own language
    page.evaluate("document.querySelector('vuoro-times').setAttribute('municipality', '564')")
    expect(first.get_by_role("heading", level=2)).to_have_text("Digital help: Oulu")
    page.evaluate("document.querySelector('vuoro-times').setAttribute('municipality', '999')")
    expect(first.get_by_role("status")).to_have_text("We do not know this municipality.")
    context.route("**/api/booking/**", lambda route: route.fulfill(status=503))
    page.evaluate("document.querySelector('vuoro-times').setAttribute('municipality', '305')")
    expect(first).to_contain_text("We cannot show the free times right now.")
    expect(first).to_contain_text("Kuusamon kirjasto (esimerkki)")
    context.route("**/api/providers/**", lambda route: route.abort())
    page.evaluate("document.querySelector('vuoro-times').setAttribute('lang', 'sv')")
    expect(first.get_by_role("status")).to_have_text("Vi kan inte visa serviceställena just nu.")
    expect(first.get_by_role("link", name="Boka tid")).to_be_visible()
    context.close()


def test_a_name_is_a_text_and_never_markup_on_another_site(
    browser: Browser, installation: Installation, site: Site
) -> None:
    ours = installation.gateway
    site.write(widget(ours, municipality="305", lang="sv"), ours)
    name = {"fi": "<img src=x onerror=alert(1)>", "sv": None, "en": None}
    context = browser.new_context(locale="fi-FI")

    def renamed(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["items"][0]["name"] = name
        route.fulfill(response=answer, json=body)

    context.route("**/service-points?**", renamed)
    page, *_ = visit(context, site.address)
    expect(page.locator("vuoro-times").get_by_role("link", name=str(name["fi"]))).to_be_visible()
    expect(page.locator("vuoro-times h3[lang=fi]").first).to_be_visible()
    expect(page.locator("vuoro-times img")).to_have_count(0)
    context.close()


def test_a_frame_shows_the_places_without_a_script_and_leads_out_of_itself(
    browser: Browser, installation: Installation, site: Site
) -> None:
    ours = installation.gateway
    site.write(documented(ours, "iframe") + f'<iframe title="Etusivu" src="{ours}/"></iframe>', ours)
    context = browser.new_context(locale="fi-FI", java_script_enabled=False)
    page, *_ = visit(context, site.address)
    framed = page.frame_locator("iframe").first
    expect(framed.get_by_role("heading", level=1)).to_have_text("Digituki: Kuusamo")
    expect(framed.get_by_role("article").filter(has_text="Kuusamon kirjasto (esimerkki)")).to_contain_text(
        re.compile(r"Ensimmäinen vapaa aika: \S+ \d+\.\d+\.\d{4} klo \d+\.\d\d")
    )
    expect(page.frame_locator("iframe").nth(1).get_by_role("heading", level=1)).to_have_count(0)
    framed.get_by_role("link", name="Varaa aika").click()
    expect(page).to_have_url(f"{ours}/?municipality=305&lang=fi")
    context.close()


@pytest.mark.parametrize("width", [280, 360, 1280])
def test_the_component_the_frame_and_the_places_meet_the_rules_of_wcag(
    browser: Browser, installation: Installation, site: Site, width: int
) -> None:
    ours = installation.gateway
    site.write(widget(ours, municipality="305", lang="fi"), ours)
    viewport: ViewportSize = {"width": width, "height": 800}
    context = browser.new_context(viewport=viewport, locale="fi-FI", bypass_csp=True)
    page, axe = context.new_page(), Axe()
    points = installation.http.get("/api/providers/v1/service-points?municipality=305").json()["items"]
    page.goto(site.address)
    expect(page.locator("vuoro-times").get_by_role("listitem").first).to_be_visible()
    check(page, axe)
    for path in ("/embed?municipality=305", "/embed?municipality=999", f"/points/{points[0]['id']}"):
        page.goto(f"{ours}{path}")
        check(page, axe)
    for path in ("/points", "/points?region=17", "/points?municipality=305", "/points?region=01"):
        page.goto(f"{ours}{path}")
        check(page, axe)
    context.close()
