"""What search engines and other sites read of the public catalogue."""

import json
import re
from xml.etree import ElementTree

from tests.installation import Installation

P = "/api/providers/v1"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_a_points_page_says_the_same_to_people_and_to_search_engines(installation: Installation) -> None:
    http, boss = installation.http, installation.as_coordinator()
    [known, *_others] = http.get(f"{P}/service-points", params={"municipality": "305"}).json()["items"]
    body = {name: known[name] for name in ("organisation_id", "name", "address", "municipality", "lat", "lon")} | {
        "description": {"fi": "Apua </script><b>puhelimen</b> kanssa"},
        "phone": "08 123 4567",
        "weekly_hours": [{"weekday": 1, "from": "10:00", "to": "16:00"}],
    }
    point = http.post(f"{P}/service-points", json=body, headers=boss).json()
    path = f"{P}/service-points/{point['id']}"
    page = http.get(f"/points/{point['id']}", headers={"Accept-Language": "fi"})
    assert page.status_code == 200
    assert '<meta name="robots" content="index">' in page.text
    assert "08 123 4567" in page.text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    assert found
    graph = json.loads(found[1])
    assert graph == http.get(f"{path}/schema-org").json()
    place, *services = graph["@graph"]
    assert (place["@type"], place["telephone"], place["geo"]["latitude"]) == ("Place", "08 123 4567", point["lat"])
    assert place["openingHoursSpecification"][0]["dayOfWeek"] == "https://schema.org/Monday"
    assert {service["provider"]["@id"] for service in services} == {place["@id"]}
    assert "puhelimen" in place["description"][0]["@value"]
    assert http.put(path, json={**body, "publishing": "withdrawn"}, headers=boss).status_code == 200
    assert http.get(f"/points/{point['id']}").status_code == 404


def test_what_is_not_published_has_no_page(installation: Installation) -> None:
    http, boss = installation.http, installation.as_coordinator()
    [known, *_others] = http.get(f"{P}/service-points", params={"municipality": "305"}).json()["items"]
    body = {name: known[name] for name in ("organisation_id", "address", "municipality")}
    draft = http.post(
        f"{P}/service-points", json={**body, "name": {"fi": "Luonnos"}, "publishing": "draft"}, headers=boss
    ).json()["id"]
    assert http.get(f"/points/{draft}").status_code == 404
    assert http.get(f"{P}/service-points/{draft}/schema-org", headers=boss).status_code == 404
    pages = [loc.text for loc in ElementTree.fromstring(http.get("/sitemap.xml").content).iter(f"{SITEMAP}loc")]
    assert f"{installation.gateway}/points/{known['id']}" in pages
    assert f"{installation.gateway}/" in pages
    assert not any(draft in str(page) for page in pages)


def test_search_engines_are_told_where_to_look(installation: Installation) -> None:
    robots = installation.http.get("/robots.txt").text
    assert f"Sitemap: {installation.gateway}/sitemap.xml" in robots
    assert "Disallow: /\n" in robots


def test_link_checkers_ask_for_the_head_alone(installation: Installation) -> None:
    for page in ("/", "/sitemap.xml", "/sign-in"):
        head = installation.http.head(page)
        assert (head.status_code, head.content) == (200, b"")
