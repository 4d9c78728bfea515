"""What tokens are signed with, and what sign-in codes are derived from."""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from shared.keys import KeyRing


@dataclass(frozen=True)
class Issuer:
    """The issuer of tokens and codes."""

    keys: KeyRing
    secret: str
    strong_sign_in: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By region, the roles that a code does not open."""

    def hash(self, text: str) -> bytes:
        """Return by what a contact or an address is recognised without being kept."""
        return hmac.digest(self.secret.encode(), text.encode(), "sha256")
