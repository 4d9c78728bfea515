"""What a page says when nobody answered to a form that was sent: it may have been saved, or not."""

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.forms.search import Search
from services.web.whom_to_call import who_answers
from shared.problems import Unavailable


async def unsure_page(request: Request) -> Response:
    """Return a page that keeps the form as it was sent, and sends exactly that to the same address again: with the same
    nonce among its fields (`forms.nonce`), it is saved once. It stays in its language, since another link would lose
    it. Whom to call in a municipality is told, where the form or its address names one."""
    unavailable, url, sent = Unavailable(), request.url, await request.form()
    municipality = Search.of(sent).municipality or Search.of(request.query_params).municipality
    shown = view.page(
        request,
        "unsure.html",
        unavailable.status,
        fields=[(name, str(value)) for name, value in sent.multi_items()],
        action=f"{url.path}?{url.query}" if url.query else url.path,
        languages=(),
        to_call=await who_answers(request, municipality),
    )
    shown.headers.update(unavailable.headers)
    return shown
