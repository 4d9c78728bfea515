"""`python -m tests.issuing_provider PORT CLAIMS…`: `oidc-provider-mock` as a provider that says in its answers who it
is (RFC 9207), which by itself it does not."""

import json
import os
import sys
from urllib.parse import quote

import flask
import uvicorn
from oidc_provider_mock import User, app


def main(port: int, people: list[str]) -> None:
    """Serve on a port of this machine, for people of these claims."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    known = [json.loads(claims) for claims in people]
    provider = app(require_nonce=True, user_claims=[User(sub=claims.pop("sub"), claims=claims) for claims in known])
    provider.after_request(_say_who_it_is)
    uvicorn.run(provider, interface="wsgi", port=port, host="127.0.0.1")


def _say_who_it_is(response: flask.Response) -> flask.Response:
    if flask.request.path.endswith("/openid-configuration"):
        described = response.get_json() | {"authorization_response_iss_parameter_supported": True}
        response.set_data(json.dumps(described))
    elif "code=" in response.headers.get("location", ""):
        issuer = quote(flask.request.host_url.rstrip("/"), safe="")
        response.headers["location"] += f"&iss={issuer}"
    return response


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
