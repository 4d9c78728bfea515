"""The secrets of a service, from which it derives what others hold and what it recognises without keeping it: citizens'
keys, codes, refresh tokens, keyed hashes.

One makes, all are accepted, so that a secret is replaced while what another has made is still about.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from shared.settings import Settings

LETTERS = 32
# Of 32 random letters of hexadecimal, fewer are different once in 26 million times; of a word that is repeated, often.
DIFFERENT = 8
MAKE_ONE = "`openssl rand -hex 32` makes a good one"


@dataclass(frozen=True)
class Secrets:
    """The secret that makes, and the others that are accepted: those of before, and the one that comes next."""

    current: str
    others: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """All of them, the one that makes first."""
        return (self.current, *self.others)

    def hashes(self, content: bytes) -> tuple[bytes, ...]:
        """Return the keyed hashes of something: the one by which it is kept, and those by which it may have been."""
        return tuple(hmac.digest(secret.encode(), content, hashlib.sha256) for secret in self.accepted)


def listed(value: str) -> tuple[str, ...]:
    """Return the secrets of a list with commas between."""
    return tuple(each.strip(" ") for each in value.split(",")) if value else ()


class WithSecret(Settings):
    """Those of a service that derives something from a secret."""

    secret: SecretStr = Field(description="what citizens' keys, codes and keyed hashes are made from")
    accepted_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        default=(), description="with commas between: the secrets of before, and the next; they make nothing"
    )

    @field_validator("secret")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr) -> SecretStr:
        if len(set(_long_enough(value).get_secret_value())) < DIFFERENT:
            raise PydanticCustomError(
                "guessable",
                f"it is too easy to guess: fewer than {DIFFERENT} of its letters are different. {MAKE_ONE}",
            )
        return value

    @field_validator("accepted_secrets", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return listed(value) if isinstance(value, str) else value

    @field_validator("accepted_secrets")
    @classmethod
    def _were_secrets(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        # Nothing else is asked of them: a secret that was too easy to guess has to be replaced, too.
        return tuple(map(_long_enough, value))

    @property
    def secrets(self) -> Secrets:
        """The secret that makes, and the others that are accepted."""
        return Secrets(
            self.secret.get_secret_value(), tuple(other.get_secret_value() for other in self.accepted_secrets)
        )


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < LETTERS:
        raise PydanticCustomError("too_short", f"{LETTERS} letters or more are needed. {MAKE_ONE}")
    return secret
