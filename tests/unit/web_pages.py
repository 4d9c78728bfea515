"""The pages in this process, with services behind them that answer what a test says."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import jwt

from services.web.app import create_app
from services.web.catalogue import Catalogue
from services.web.state import keep_connections, settings_of_app
from shared.clients import ProvidersClient

SITE = "vuoro.test"
Answer = Callable[[httpx2.Request], httpx2.Response]
TOPICS = {"items": [{"code": "e-services", "name": {"fi": "Asiointi", "en": "E-services"}, "rank": 1}]}
MUNICIPALITIES = {
    "items": [
        {
            "code": code,
            "name": {"fi": name},
            "region": region,
            "region_name": {"fi": f"Maakunta {region}"},
            "languages": ["fi"],
            "lat": None,
            "lon": None,
        }
        for code, name, region in (("305", "Kuusamo", "17"), ("091", "Helsinki", "01"), ("564", "Oulu", "17"))
    ]
}
LISTS = {"topics": TOPICS, "municipalities": MUNICIPALITIES, "identity-providers": {"items": []}}


def registry_lists(request: httpx2.Request) -> httpx2.Response:
    """What `providers` answers for the lists that pages choose from; anything else is not found."""
    found = LISTS.get(request.url.path.rpartition("/")[2])
    return httpx2.Response(200, json=found) if found else problem("not-found", 404)


def problem(slug: str, status: int, **more: object) -> httpx2.Response:
    """A problem as a service answers it."""
    document = {"type": f"urn:vuoro:problem:{slug}", "title": slug, "status": status, **more}
    return httpx2.Response(status, content=json.dumps(document))


def access_token(*roles: str, region: str = "17") -> str:
    """An access token that nobody can verify, which is enough to choose what to show."""
    claims = {"region": region, "roles": [{"role": role} for role in roles]}
    return jwt.encode(claims, "a key of this test, and of nobody else", algorithm="HS256")


@asynccontextmanager
async def pages(answer: Answer = registry_lists, **cookies: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of somebody with these cookies, that follows no redirection."""
    app = create_app()
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as services:
        client = ProvidersClient(services, settings_of_app(app).providers_url)
        keep_connections(app, services, Catalogue(client))
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"http://{SITE}") as browser:
            for name, value in cookies.items():  # of the site, so that its answers can take them away
                browser.cookies.set(name, value, domain=SITE)
            yield browser
