"""A page that can be shown without an answer does not wait for it."""

import asyncio

import pytest

from services.web import patience
from services.web.patience import answer_or_none
from shared.clients import Refused
from shared.problems import NotFound, Unavailable
from shared.schemas.common import ProblemDocument

pytestmark = pytest.mark.anyio
REFUSED = Refused(ProblemDocument(type="urn:vuoro:problem:not-found", title="", status=404))


async def failing(error: Exception) -> int:
    raise error


async def test_who_answers_late_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SECONDS", 0.01)
    assert await answer_or_none(asyncio.Event().wait()) is None


async def test_who_cannot_answer_is_done_without_and_a_fault_is_none() -> None:
    assert await answer_or_none(asyncio.sleep(0, 1)) == 1
    for error in (Unavailable(), REFUSED):
        assert await answer_or_none(failing(error)) is None
    with pytest.raises(NotFound):
        await answer_or_none(failing(NotFound()))
