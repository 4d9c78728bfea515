"""What `providers` refuses, beyond what every service does."""

from pathlib import Path
from typing import Any

from shared.audit.log import About
from shared.problems import Forbidden, Problem
from shared.texts import marked

LOCALE = Path(__file__).parent / "locale"


class SignInRefused(Problem):
    """Signing in did not succeed"""

    def __init__(self, account: About | None = None, **values: Any) -> None:
        super().__init__(**values)
        self.account = account
        """Whose it would have been, for the audit log alone."""


class WrongCode(SignInRefused):
    """The code is wrong"""

    status, slug, locale = 401, "wrong-code", LOCALE
    detail = marked(
        "The code is wrong, was used already, or is more than ten minutes old. Look once more, or ask for a new code."
    )


class InvalidClient(SignInRefused):
    """The client is not known"""

    status, slug, locale = 401, "invalid-client", LOCALE
    detail = marked("The client id and secret do not fit together, or the client was removed.")

    def __init__(self, account: About | None = None) -> None:
        # `error` is what OAuth clients look for (RFC 6749 section 5.2).
        super().__init__(
            account,
            headers={"WWW-Authenticate": 'Basic realm="vuoro", charset="UTF-8"'},
            extensions={"error": "invalid_client"},
        )


class InvalidGrant(Problem):
    """The login is over"""

    status, slug, locale = 400, "invalid-grant", LOCALE
    detail = marked("Please sign in again.")

    def __init__(self) -> None:
        super().__init__(extensions={"error": "invalid_grant"})


class InvalidScope(Problem):
    """The client may not have this scope"""

    status, slug, locale = 400, "invalid-scope", LOCALE
    detail = marked("Ask only for scopes that the client was registered with.")

    def __init__(self) -> None:
        super().__init__(extensions={"error": "invalid_scope"})


class UnsupportedGrantType(Problem):
    """This way of asking for a token is not supported"""

    status, slug, locale = 400, "unsupported-grant-type", LOCALE
    detail = marked("Use client_credentials or refresh_token as the grant_type.")

    def __init__(self) -> None:
        super().__init__(extensions={"error": "unsupported_grant_type"})


class InvalidRequest(Problem):
    """The request for a token is not complete"""

    status, slug, locale = 400, "invalid-request", LOCALE
    detail = marked(
        "Send the fields that are needed, each once, as a form, and the secret either there or as HTTP Basic."
    )

    def __init__(self) -> None:
        super().__init__(extensions={"error": "invalid_request"})


class UnsupportedTokenType(Problem):
    """This token cannot be ended"""

    status, slug, locale = 400, "unsupported-token-type", LOCALE
    detail = marked(
        "The access token of an API client runs out by itself within a quarter of an hour. Revoke the client to end it "
        "now."
    )

    def __init__(self) -> None:
        super().__init__(extensions={"error": "unsupported_token_type"})


class SecondPersonNeeded(Forbidden):
    """A second person must confirm this"""

    slug, locale = "second-person-needed", LOCALE
    detail = marked("Nobody confirms what they gave or were given themselves. Ask somebody else who may give it.")


class ContactTaken(Problem):
    """Somebody else uses this contact"""

    status, slug, locale = 409, "contact-taken", LOCALE
    detail = marked("An account with this e-mail address or phone number exists. Use another.")


class BusinessIdTaken(Problem):
    """Another organisation has this business ID"""

    status, slug, locale = 409, "business-id-taken", LOCALE
    detail = marked("An organisation with this business ID is in the registry already. Look for it there.")


class TwoSecrets(Problem):
    """The client has two secrets already"""

    status, slug, locale = 409, "two-secrets", LOCALE
    detail = marked("Retire the old secret first, once the client uses the new one.")


class ImportRunning(Problem):
    """Another import is running"""

    status, slug, locale = 409, "import-running", LOCALE
    detail = marked("Wait until the other import has finished, and start again.")


class PasskeyRefused(SignInRefused):
    """The passkey does not fit"""

    status, slug, locale = 401, "passkey-refused", LOCALE
    detail = marked("It is not known here, or it took more than five minutes. Try again, or sign in with a code.")


class SingleSignOnFailed(SignInRefused):
    """Signing in elsewhere did not succeed"""

    status, slug, locale = 401, "single-sign-on-failed", LOCALE
    detail = marked("Nothing was changed. Start again from the sign-in page, or sign in with a code.")


class NotVouchedFor(SignInRefused):
    """This account does not open Vuoro"""

    status, slug, locale = 403, "not-vouched-for", LOCALE
    detail = marked("Nobody here has the e-mail address of that account. Ask your coordinator to add you with it.")


class AppointmentsToCome(Problem):
    """Appointments are still to come"""

    status, slug, locale = 409, "appointments-to-come", LOCALE
    detail = marked("Nothing was changed. Hand over or cancel the appointments that are listed, and try again.")

    def __init__(self, appointments: list[dict[str, str]]) -> None:
        super().__init__(extensions={"appointments": appointments})


class NotOneRegion(Problem):
    """They do not merge"""

    status, slug, locale = 409, "not-one-region", LOCALE
    detail = marked("Two municipalities of one region are needed.")
