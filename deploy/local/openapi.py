"""The OpenAPI documents of the services and the AsyncAPI documents of their feeds, without a database or a server."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI

from shared.asyncapi import document_of
from shared.schemas.events import WRITTEN_BY


def files() -> dict[str, dict[str, object]]:
    """Return all documents, by the names of the files that they are written to."""
    found = {f"{name}.json": document for name, document in documents().items()}
    return found | {f"{name}.asyncapi.json": document_of(name) for name in WRITTEN_BY}


def documents() -> dict[str, dict[str, Any]]:
    """Return the OpenAPI document of each service, by its name."""
    before = dict(os.environ)
    with TemporaryDirectory() as folder:
        os.environ.update(_placeholders(Path(folder)))
        from services.booking.app import create_app as booking
        from services.notify.app import create_app as notify
        from services.providers.app import create_app as providers

        apps: dict[str, Callable[[], FastAPI]] = {
            "providers": providers,
            "booking": booking,
            "notify": notify,
        }
        try:
            return {name: create().openapi() for name, create in apps.items()}
        finally:
            os.environ.clear()
            os.environ.update(before)


def _placeholders(folder: Path) -> dict[str, str]:
    from deploy.local.home import DATABASES, Home

    home = Home(folder, 8080)
    home.make_keys()
    ports = dict.fromkeys([*DATABASES, "web", "mailbox", "smtp"], 1)
    return {name: value for service in DATABASES for name, value in home.environment(ports, service).items()}
