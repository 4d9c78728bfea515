"""What tokens are signed with, and what sign-in codes are derived from."""

import hmac
from dataclasses import dataclass

from shared.keys import KeyRing


@dataclass(frozen=True)
class Issuer:
    """The issuer of tokens and codes."""

    keys: KeyRing
    secret: str

    def hash(self, text: str) -> bytes:
        """Return by what a contact or an address is recognised without being kept."""
        return hmac.digest(self.secret.encode(), text.encode(), "sha256")
