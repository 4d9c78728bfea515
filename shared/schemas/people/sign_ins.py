"""Signing in by a code."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, StringConstraints

from shared.languages import DEFAULT, Language
from shared.schemas.common import RegionCode, ShortText, Wire, example


class SignInInput(Wire):
    """Ask for a six-digit code, to the e-mail address or phone number of an account."""

    model_config = example(contact="aino@example.fi")

    contact: ShortText
    language: Language = DEFAULT


class SignIn(Wire):
    """A sign-in under way. The answer is the same whether the account exists or not."""

    id: UUID
    expires_at: AwareDatetime


class SignInCode(Wire):
    """The code as the person typed it; spaces are forgiven."""

    model_config = example(code="123456")

    code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]


class SignInWarning(Wire):
    """Whom `notify` warns that somebody tries to sign in as them, asked for at the moment of sending."""

    language: Language
    email: str | None = None
    phone: str | None = None
    region: RegionCode | None = None


class SignInMessage(Wire):
    """What `notify` needs to send a code, asked for at the moment of sending."""

    language: Language
    code: str
    email: str | None = None
    phone: str | None = None
    region: RegionCode | None = None
