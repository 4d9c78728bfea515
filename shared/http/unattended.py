"""Requests that no person waits for, so that what people look for is counted without them."""

import re

from fastapi import Request

from shared.http.head_as_get import CAME_AS_HEAD

# As the robots of search engines call themselves. Cubot is a make of phones.
ROBOTS = re.compile(r"(?<!cu)bot\b|crawl|spider|slurp", re.IGNORECASE)


def is_unattended(request: Request) -> bool:
    """Whether nobody sees the answer: HEAD, a page that a browser fetches ahead (Fetch Metadata, `Sec-Purpose`), a
    robot that says so."""
    headers = request.headers
    return (
        CAME_AS_HEAD in request.scope
        or headers.get("sec-purpose", "").startswith("prefetch")
        or ROBOTS.search(headers.get("user-agent", "")) is not None
    )
