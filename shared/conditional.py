"""Conditional requests (RFC 9110 section 13): nobody overwrites what they have not seen, nobody is sent twice what has
not changed."""

import hashlib
from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from shared.problems import ChangedMeanwhile, field_problem

TAG = r'^(\*|(W/)?"[0-9]{1,9}")$'


async def _if_match(
    if_match: Annotated[
        str | None,
        Header(
            max_length=100,
            description="the ETag of what was read; a change since then is refused",
            json_schema_extra={"pattern": TAG},
        ),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    try:
        return int(if_match.strip().removeprefix("W/").strip('"'))
    except ValueError:
        raise field_problem("/If-Match", "int_parsing") from None


IfMatch = Annotated[int | None, Depends(_if_match)]


def unchanged(version: int, if_match: int | None) -> None:
    """Raise ChangedMeanwhile for a change that was decided on an older state of a record than `version`."""
    if if_match is not None and if_match != version:
        raise ChangedMeanwhile


def tag(response: Response, version: int) -> None:
    """Set the ETag of an answer to `version`, which counts the record's changes."""
    response.headers["ETag"] = f'"{version}"'


NOT_MODIFIED: dict[int | str, dict[str, object]] = {304: {"description": "What the caller has is still right"}}


def fresh(request: Request, body: BaseModel, links: Mapping[str, str] | None = None) -> Response:
    """Return an answer to GET with its ETag and with `links`; 304 without a body when `If-None-Match` has that tag
    (section 13.1.2)."""
    content = body.model_dump_json(by_alias=True).encode()
    # A record counts its changes; a list has no such number, so its tag is made from what it says.
    version = getattr(body, "version", None)
    etag = f'"{version}"' if version is not None else f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'
    # "no-cache": kept, but asked about each time, by whoever asks.
    return _unless_known(
        request, content, "application/json", {"ETag": etag, "Cache-Control": "no-cache", **(links or {})}
    )


def fresh_text(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """The same for a text, with `headers` that say who may keep it."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return _unless_known(request, content, media_type, {"ETag": etag, **headers})


def _unless_known(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    etag = headers["ETag"]
    # Compared weakly (section 8.8.3.2): W/"1" and "1" are the same answer to a GET.
    known = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if etag.removeprefix("W/") in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
