"""Problems (RFC 9457) among the answers of each operation, under the statuses that it may have."""

from typing import Any

from shared.http.answers import MEDIA_TYPE

Json = dict[str, Any]
NAMED = {
    "400": "Malformed",
    "401": "Unauthenticated",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "412": "ChangedMeanwhile",
    "422": "InvalidInput",
    "429": "TooManyRequests",
    "500": "OurFault",
    "503": "Unavailable",
}
MEANING = {
    "400": "What was sent cannot be read",
    "401": "No token or key, or one that is not good",
    "403": "The role, scope or region does not reach this",
    "404": "It does not exist, or is not yours to see",
    "409": "It does not go with how things are; `type` says why",
    "412": "It has changed since it was read",
    "422": "Fields or parameters need correcting; `errors` names them",
    "429": "Too many tries; wait for `Retry-After` seconds",
    "500": "The fault is ours",
    "503": "Out of reach just now; wait for `Retry-After` seconds",
}
ALWAYS = {"422", "429", "500", "503"}


def components() -> Json:
    """Return the answers that operations refer to."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    named = {NAMED[status]: {"description": MEANING[status], "content": content} for status in NAMED}
    return named | {"Problem": {"description": "Any other problem", "content": content}}


def apply(method: str, path: str, operation: Json) -> None:
    """Put into an operation which problems it may answer with."""
    for status in sorted(_possible(method, path, operation)):
        if not _is_told(operation, status):
            operation["responses"][status] = {"$ref": f"#/components/responses/{NAMED[status]}"}
    operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}


def _possible(method: str, path: str, operation: Json) -> set[str]:
    found = set(ALWAYS)
    if "requestBody" in operation:
        found.add("400")
    if operation["security"]:  # also where nobody is needed: a token that is not good is refused
        found |= {"401", "403"}
    if "{" in path:
        found.add("404")
    if method != "get":
        found.add("409")
    if any(given["name"] == "if-match" for given in operation.get("parameters", [])):
        found.add("412")
    return found


def _is_told(operation: Json, status: str) -> bool:
    """Whether the route itself says what its answer is then; what FastAPI says of 422 is not what it is here."""
    return status in operation["responses"] and status != "422"
