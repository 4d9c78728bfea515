"""Which of these a service has, in which order."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from shared.http.head_as_get import HeadAsGet
from shared.http.headers import AnswerHeaders
from shared.http.methods import Options
from shared.http.parameters import KnownParameters

EXPOSED = ("Content-Language", "Deprecation", "ETag", "Link", "Retry-After", "Sunset")
DAY_SECONDS = 86_400


def install_inner(app: FastAPI) -> None:
    """Have `app` know its parameters and its methods, by the paths of today."""
    app.add_middleware(KnownParameters)
    app.add_middleware(Options)


def install_outer(app: FastAPI) -> None:
    """Have `app` answer HEAD, put its headers on every answer, and let the pages of any site read what everybody may.

    A token and a citizen's key are for servers: no page may send one along. Whatever sends JSON is asked about
    beforehand, and refused.
    """
    app.add_middleware(HeadAsGet)
    app.add_middleware(AnswerHeaders)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "HEAD"],
        allow_headers=["If-None-Match"],
        expose_headers=EXPOSED,
        max_age=DAY_SECONDS,
    )
