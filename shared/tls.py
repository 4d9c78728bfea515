"""How the other end's certificate is checked, in every HTTP client of a process."""

import ssl
from functools import cache

import httpx2


@cache
def tls_context() -> ssl.SSLContext:
    """Return the trust of public certificate authorities. Reading them takes 40 ms and 5 MB, so it is done once in a
    process and not for each client; and before processes are forked, so that they have it in common."""
    return httpx2.create_ssl_context()
