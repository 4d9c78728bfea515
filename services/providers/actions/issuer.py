"""What tokens are signed with, and what sign-in codes are derived from."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from shared.keys import KeyRing
from shared.secrets import Secrets


@dataclass(frozen=True)
class Issuer:
    """The issuer of tokens and codes."""

    keys: KeyRing
    secrets: Secrets
    strong_sign_in: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By region, the roles that a code does not open."""

    def hashes(self, text: str) -> tuple[bytes, ...]:
        """Return by what a contact or an address is recognised without being kept: the hash that is kept, and those
        that may have been."""
        return self.secrets.hashes(text.encode())
