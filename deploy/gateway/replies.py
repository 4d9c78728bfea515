"""What the gateway itself answers, in each language: a body that is too long or too slow, and a service that is out of
reach."""

from dataclasses import dataclass
from pathlib import Path

from shared.languages import DEFAULT, LANGUAGES, Language
from shared.texts import catalogue, marked

LOCALE = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Refusal:
    """A status that Envoy gives, and the problem (RFC 9457) that it becomes."""

    status: int
    slug: str
    title: str
    detail: str


REFUSALS = (
    Refusal(
        400,
        "malformed",
        marked("The request cannot be read"),
        marked("It is not as HTTP has it. Check its method, its address and its headers."),
    ),
    Refusal(
        408,
        "too-slow",
        marked("The message did not come in time"),
        marked("Nothing was saved. Check the connection and send it again."),
    ),
    Refusal(413, "too-large", marked("The message is too long"), marked("Shorten the text and send it again.")),
    Refusal(
        503,
        "unavailable",
        marked("The service cannot be reached right now"),
        marked("Please try again in a moment. Nothing that was saved is lost."),
    ),
)


@dataclass(frozen=True)
class Reply:
    """A refusal in one language. `otherwise` is of the reply that suits whoever asked for no known language."""

    language: Language
    otherwise: bool
    refusal: Refusal
    title: str
    detail: str


def local_replies() -> list[Reply]:
    """Return every refusal in every language; the default language last, since Envoy takes the first that fits."""
    languages = sorted(LANGUAGES, key=lambda language: language == DEFAULT)
    return [_reply(refusal, language) for language in languages for refusal in REFUSALS]


def _reply(refusal: Refusal, language: Language) -> Reply:
    say = catalogue(LOCALE, language).gettext
    # Envoy reads its own commands after "%" (its substitution format), and "%%" as the letter.
    title, detail = (say(text).replace("%", "%%") for text in (refusal.title, refusal.detail))
    return Reply(language, language == DEFAULT, refusal, title, detail)
