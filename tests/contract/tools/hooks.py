"""What schemathesis is told of the gateway."""

import schemathesis


@schemathesis.hook
def map_headers(_context: schemathesis.HookContext, headers: dict[str, str] | None) -> dict[str, str] | None:
    """Leave out headers whose names have an underscore: Envoy ends such a request in its own words, as it reads it and
    before anything of ours is asked, lest `a_b` be taken for `a-b` behind it."""
    return {name: value for name, value in headers.items() if "_" not in name} if headers else headers
