"""The language of a page that a citizen's link opens, and of the paper that they take along."""

from fastapi import Request

from services.web.access_token import BOOKS_FOR_OTHERS, roles
from services.web.language import IN_ADDRESS, is_language_chosen
from services.web.login import access_token_of
from shared.languages import Language
from shared.schemas import booking as wire


def spoken_by(request: Request, citizen: wire.KeptCitizen | None) -> Language | None:
    """Return the language in which a citizen is written to, unless another one was chosen, or somebody who books for
    them reads the page."""
    return None if is_at_desk(request) else on_paper(request, citizen)


def on_paper(request: Request, citizen: wire.KeptCitizen | None) -> Language | None:
    """Return the language in which a citizen is written to, unless another one was chosen; at a desk, which has chosen
    its own, only for this page."""
    chosen = IN_ADDRESS in request.query_params if is_at_desk(request) else is_language_chosen(request)
    return citizen.language if citizen and not chosen else None


def is_at_desk(request: Request) -> bool:
    """Whether who reads the page books for others."""
    return bool(roles(access_token_of(request)) & BOOKS_FOR_OTHERS)
