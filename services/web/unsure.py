"""What a page says when nobody answered to a form that was sent: it may have been saved, or not."""

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.whom_to_call import who_answers
from shared.problems import Unavailable


async def unsure_page(request: Request, municipality: str = "") -> Response:
    """Return a page that keeps what was sent, and sends exactly that again to where it was sent: with the same nonce
    among it (`forms.nonce`), it is saved once. It stays in its language, since another link would lose it. Whom to call
    in a municipality is told, where it is known."""
    unavailable = Unavailable()
    shown = view.page(
        request,
        "unsure.html",
        unavailable.status,
        fields=(await request.form()).items(),
        action=f"{request.url.path}?{request.url.query}".rstrip("?"),
        languages=(),
        to_call=await who_answers(request, municipality),
    )
    shown.headers.update(unavailable.headers)
    return shown
