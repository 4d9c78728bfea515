"""What a page says when nobody answered to a form that was sent: it may have been saved, or not."""

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from services.web import view
from services.web.whom_to_call import who_answers
from shared.problems import Unavailable


async def unsure_page(
    request: Request, fields: Mapping[str, str | list[str]], action: str, municipality: str = ""
) -> Response:
    """Return a page that keeps what was sent, and sends exactly that to `action` again: with the same nonce among the
    `fields` (`forms.nonce`), it is saved once. It stays in its language, since another link would lose it. Whom to call
    in a municipality is told, where it is known."""
    unavailable = Unavailable()
    shown = view.page(
        request,
        "unsure.html",
        unavailable.status,
        fields=list(_pairs(fields)),
        action=action,
        languages=(),
        to_call=await who_answers(request, municipality),
    )
    shown.headers.update(unavailable.headers)
    return shown


def _pairs(fields: Mapping[str, str | list[str]]) -> list[tuple[str, str]]:
    return [
        (name, value) for name, values in fields.items() for value in ([values] if isinstance(values, str) else values)
    ]
