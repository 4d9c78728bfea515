"""The headers that tell what is left of a limit, among the answers of the operations that are counted."""

from typing import Any

Json = dict[str, Any]
HEADERS = {
    "RateLimit-Policy": "The limits that the request was counted under, of the caller's own address and of what their "
    'key opens: `"address";q=60;w=3600` is sixty in an hour. Absent where nothing was counted: of who has signed in',
    "RateLimit": 'What is left of the tightest: `"address";r=59;t=3400` is 59, and all again in 3400 seconds '
    "(draft-ietf-httpapi-ratelimit-headers-10)",
}
MARK = "x-counted"
# The `openapi_extra` of a route that is counted when nobody has signed in.
COUNTED: Json = {MARK: True}


def components() -> Json:
    """Return the headers that answers refer to."""
    return {
        name: {"description": said, "schema": {"type": "string", "maxLength": 400, "pattern": '^"'}}
        for name, said in HEADERS.items()
    }


def apply(operation: Json) -> None:
    """Put into an operation that is counted that its answers tell what is left."""
    if not operation.pop(MARK, False):
        return
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            answer["headers"] = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
