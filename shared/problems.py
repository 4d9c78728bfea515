"""Errors as RFC 9457 problems, in one tree. The docstring is the title; `detail` is what the person can do.

A problem is raised anywhere below a handler and leaves the service as `application/problem+json` in the language of
the request. Texts are English here and translated where they are shown; a text never carries personal data.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.advice import ADVICE, OTHERWISE
from shared.languages import Language
from shared.schemas.common import FieldError, LocalisedText, ProblemDocument
from shared.texts import catalogue, marked

TYPE = "urn:vuoro:problem:"
LOCALE = Path(__file__).parent / "locale"
CHALLENGE = 'Bearer realm="vuoro"'


class Problem(Exception):
    """Something went wrong"""

    status = 500
    slug = "internal"
    detail = marked("The fault is ours and has been noted. Please try again in a moment.")
    locale = LOCALE

    def __init__(
        self,
        *,
        errors: list[FieldError] | None = None,
        headers: Mapping[str, str] | None = None,
        extensions: Mapping[str, Any] | None = None,
        **values: str | int | LocalisedText,
    ) -> None:
        super().__init__(self.slug)
        self.errors = errors
        self.headers = dict(headers or {})
        if self.status == 401:  # never without a challenge (RFC 9110 section 15.5.2)
            self.headers.setdefault("WWW-Authenticate", CHALLENGE)
        self.extensions = dict(extensions or {})
        self.values = values

    def document(self, language: Language) -> ProblemDocument:
        """Return the problem in `language`."""
        texts = catalogue(self.locale, language)
        values = {
            name: value.best(language) if isinstance(value, LocalisedText) else value
            for name, value in self.values.items()
        }
        title = (self.__doc__ or "").partition("\n")[0]
        return ProblemDocument(
            type=TYPE + self.slug,
            title=texts.gettext(title),
            status=self.status,
            detail=texts.gettext(self.detail).format(**values),
            errors=[
                FieldError(pointer=error.pointer, detail=catalogue(LOCALE, language).gettext(error.detail))
                for error in self.errors
            ]
            if self.errors is not None
            else None,
            **self.extensions,
        )


class Malformed(Problem):
    """The request is not valid JSON"""

    status, slug = 400, "malformed"
    detail = marked("The body could not be read. Send one JSON document in UTF-8.")


class InvalidInput(Problem):
    """Some of the information needs correcting"""

    status, slug = 422, "invalid-input"
    detail = marked("Nothing was saved. Correct the fields named below and send again.")


class SensitiveText(Problem):
    """The text holds something that must not be written here"""

    status, slug = 422, "sensitive-text"
    detail = marked(
        "It looks like a personal identity code, an account or card number, or a password. Please leave it out: "
        "the helper never needs it, and nobody should ever ask you for it. Nothing was saved."
    )


class Unauthenticated(Problem):
    """Please sign in"""

    status, slug = 401, "unauthenticated"
    detail = marked("The sign-in is missing, wrong or has run out. Sign in again, or ask for a new token.")


class Forbidden(Problem):
    """This is not allowed for you"""

    status, slug = 403, "forbidden"
    detail = marked("Your role does not cover this. Ask your coordinator if it should.")


class PasskeyNeeded(Forbidden):
    """Please sign in with a passkey"""

    slug = "passkey-needed"
    detail = marked(
        "A code is not enough for what you may do: it only lets you make your first passkey. Sign in with your "
        "passkey, or with the account of your organisation. If you have lost it, ask another coordinator for help."
    )


class WrongRegion(Forbidden):
    """This belongs to another region"""

    slug = "wrong-region"
    detail = marked("Your token is for one region, and this belongs to another.")


class NotFound(Problem):
    """There is nothing here"""

    status, slug = 404, "not-found"
    detail = marked("It does not exist, or it is not yours to see. Check the address.")


class NotYours(NotFound):
    """There is nothing here"""  # for whoever asks: that it exists is not told, but written into the audit log


class MethodNotAllowed(Problem):
    """This cannot be done here"""

    status, slug = 405, "method-not-allowed"
    detail = marked("The address exists, but not for this method.")


class TooSlow(Problem):
    """The message did not come in time"""

    status, slug = 408, "too-slow"
    detail = marked("Nothing was saved. Check the connection and send it again.")

    def __init__(self, **values: Any) -> None:
        super().__init__(headers={"Connection": "close"}, **values)


class UnknownEvent(Problem):
    """The feed has no such event"""

    status, slug = 400, "unknown-event"
    detail = marked("lastEventId was never given by this feed. Start again without it, and rebuild your copy.")


class KeyReused(Problem):
    """This key was used for another request"""

    status, slug = 422, "idempotency-key-reused"
    detail = marked("The Idempotency-Key came before with a different request. Use a new key for a new request.")


class KeyGuessable(Problem):
    """This key can be guessed"""

    status, slug = 422, "idempotency-key-guessable"
    detail = marked("Without signing in, the Idempotency-Key must be a UUID of version 4, 5 or 7. Nothing was done.")


class ChangedMeanwhile(Problem):
    """This has changed since you read it"""

    status, slug = 412, "changed-meanwhile"
    detail = marked("Somebody changed it after you read it. Nothing was saved. Read it again, then decide.")


class InvalidReference(Problem):
    """Something that this refers to does not exist"""

    status, slug = 422, "invalid-reference"
    detail = marked("{what} does not exist, or is not yours to use.")


class TooManyRequests(Problem):
    """Too many tries"""

    status, slug = 429, "too-many-requests"
    detail = marked("Please wait a quarter of an hour and try again, or phone the service point.")

    def __init__(self, **values: Any) -> None:
        # draft-ietf-httpapi-ratelimit-headers-10; of whom it is the limit, and how much it is, guessers need not know
        super().__init__(headers={"Retry-After": "900", "RateLimit": '"tries";r=0;t=900'}, **values)


class Unavailable(Problem):
    """The service cannot be reached right now"""

    status, slug = 503, "unavailable"
    detail = marked("Please try again in a moment. Nothing that was saved is lost.")

    def __init__(self, **values: Any) -> None:
        super().__init__(headers={"Retry-After": "5"}, **values)


def field_problem(pointer: str, kind: str) -> InvalidInput:
    """Return an invalid field that only a rule could find, such as a phone number that is none."""
    return fields_problem({pointer: kind})


def fields_problem(kinds: Mapping[str, str]) -> InvalidInput:
    """Several of them, by their pointers."""
    return InvalidInput(
        errors=[FieldError(pointer=pointer, detail=ADVICE.get(kind, OTHERWISE)) for pointer, kind in kinds.items()]
    )
