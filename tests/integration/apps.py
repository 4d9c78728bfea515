"""The app of a service in this process, on a database of a test's own, with keys of its own; asked without a server."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import httpx2
import jwt
import psycopg
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from deploy.local.home import Home
from deploy.local.postgres import Postgres
from shared.keys import ISSUER, KeyRing, SigningKey

SECRET = "0123456789abcdef" * 4
LIFETIME = dt.timedelta(minutes=5)
Headers = dict[str, str]


class RunningApp:
    """The app of a service while it serves."""

    def __init__(self, app: FastAPI, home: Path, name: str) -> None:
        self.app, self.home, self.name = app, home, name
        self.ring = KeyRing(home / "keys" / "issuer")
        app.state.verifier = replace(app.state.verifier, issuer=self)
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=f"http://{name}")

    def asked_from(self, address: str) -> httpx2.AsyncClient:
        """A client whose requests come from that address, as the gateway would say."""
        transport = httpx2.ASGITransport(app=self.app, client=(address, 12345))
        return httpx2.AsyncClient(transport=transport, base_url=f"http://{self.name}")

    async def get(self, kid: str) -> jwt.PyJWK | None:
        """The issuer's key, which the app would ask itself for."""
        return next((key for key in jwt.PyJWKSet.from_dict(self.ring.public()).keys if key.key_id == kid), None)

    def bearer(self, subject: uuid.UUID, **claims: object) -> Headers:
        """The headers of whoever has an access token of these claims."""
        token = self.ring.current().sign(ISSUER, str(subject), LIFETIME, {"region": "17", **claims})
        return {"Authorization": f"Bearer {token}"}

    def as_service(self, caller: str) -> Headers:
        """The headers of another service that calls this one."""
        key = SigningKey.from_file(caller, self.home / "keys" / f"{caller}.pem")
        return {"Authorization": f"Bearer {key.sign_call(self.name)}"}

    def routes(self, method: str, *hidden: str) -> list[str]:
        """The paths of all routes of a method, of which the description leaves out those that are `hidden`."""
        described = {path for path, methods in self.app.openapi()["paths"].items() if method in methods}
        return sorted(described | {f"/api/{self.name}/v1{path}" for path in hidden})


App = TypeVar("App", bound=RunningApp)


@asynccontextmanager
async def running(
    kind: type[App], name: str, url: str, home: Path, environment: pytest.MonkeyPatch
) -> AsyncIterator[App]:
    """The app of a service on the database at `url`, with keys in `home`."""
    Home(home, 8080).make_keys()
    keys, prefix = home / "keys", f"VUORO_{name.upper()}"
    settings = {
        f"{prefix}_DATABASE_URL": url,
        f"{prefix}_SIGNING_KEY": str(keys / f"{name}.pem"),
        "VUORO_PROVIDERS_ISSUER_KEYS": str(keys / "issuer"),
        "VUORO_PROVIDERS_SECRET": SECRET,
        "VUORO_BOOKING_SECRET": SECRET,
        "VUORO_NOTIFY_SENDER": "digituki@vuoro.example",
        "VUORO_TRUSTED_KEYS": str(keys / "trusted.json"),
    }
    for setting, value in settings.items():
        environment.setenv(setting, value)
    app: FastAPI = import_module(f"services.{name}.app").create_app()
    async with app.router.lifespan_context(app):
        asked = kind(app, home, name)
        async with asked.http:
            yield asked


def take_no_writes(server: Postgres, url: str) -> None:
    """Have a database refuse whatever writes, from the next connection on."""
    name = sa.make_url(url).database
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'.encode())
