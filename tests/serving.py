"""A server of the standard library in a thread, for as long as a test asks it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from typing import TypeVar

Server = TypeVar("Server", bound=BaseServer)
SECONDS_BETWEEN_LOOKS = 0.02
"""How soon it notices that it is over; by default after half a second, longer than a test that asks it."""


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """Serve, until what is done inside is over."""
    thread = threading.Thread(target=server.serve_forever, args=(SECONDS_BETWEEN_LOOKS,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
