"""The files of the pages, each at an address that changes with its content, so that a browser fetches it once."""

import hashlib
from pathlib import Path

from fastapi import Request

FOLDER = Path(__file__).parent / "static"
PATH, PARAMETER = "/static/", "v"
KEPT = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


HASHES = {path.name: _hash(path) for path in FOLDER.iterdir()}


def file_address(name: str) -> str:
    """Return where a file of ours is found; raises KeyError for one that is none."""
    return f"{PATH}{name}?{PARAMETER}={HASHES[name]}"


def how_long_kept(request: Request) -> str:
    """Return the Cache-Control of a file: a year, when it was asked for by the content that it has."""
    wanted = request.query_params.get(PARAMETER)
    known = HASHES.get(request.url.path.removeprefix(PATH))
    return KEPT if wanted is not None and wanted == known else ASK_AGAIN
