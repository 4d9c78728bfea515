"""The language of a page that a citizen's link opens."""

from fastapi import Request

from services.web.language import is_language_chosen
from shared.languages import Language
from shared.schemas import booking as wire


def spoken_by(request: Request, citizen: wire.KeptCitizen | None) -> Language | None:
    """Return the language in which a citizen is written to, unless another one was chosen."""
    return citizen.language if citizen and not is_language_chosen(request) else None
