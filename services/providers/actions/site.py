"""What passkeys are bound to."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Site:
    """A host, and the address of its pages."""

    host: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> "Site":
        """Return the site at that address. A passkey cannot be bound to a number, so on one's own machine it is
        localhost."""
        url = urlsplit(public_url)
        host = "localhost" if url.hostname == "127.0.0.1" else url.hostname or ""
        return cls(host, f"{url.scheme}://{host}" + (f":{url.port}" if url.port else ""))
