"""What is held on to while a service is away, and what is not."""

import pytest

from services.web.remembered import Heard, Remembered
from shared.clients import Refused
from shared.problems import Unavailable
from shared.schemas.common import ProblemDocument

pytestmark = pytest.mark.anyio
GONE = Refused(ProblemDocument(type="urn:vuoro:problem:not-found", title="", status=404))


async def said(kept: Remembered[str, int], key: str, answer: int | Exception) -> Heard[int]:
    async def ask() -> int:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return await kept.get(key, ask)


async def test_what_was_heard_last_is_shown_while_nobody_answers() -> None:
    kept: Remembered[str, int] = Remembered(2)
    await said(kept, "a", 1)
    assert await said(kept, "a", 2) == Heard(2, fresh=True)
    assert await said(kept, "a", Unavailable()) == Heard(2, fresh=False)
    with pytest.raises(Unavailable):
        await said(kept, "b", Unavailable())


async def test_what_is_withdrawn_is_not_shown_again_while_nobody_answers() -> None:
    kept: Remembered[str, int] = Remembered(2)
    await said(kept, "a", 1)
    with pytest.raises(Refused):
        await said(kept, "a", GONE)
    with pytest.raises(Unavailable):
        await said(kept, "a", Unavailable())


async def test_only_what_was_asked_for_last_is_held_on_to() -> None:
    kept: Remembered[str, int] = Remembered(2)
    for key in ("a", "b", "a", "c"):
        await said(kept, key, 1)
    with pytest.raises(Unavailable):
        await said(kept, "b", Unavailable())
    assert (await said(kept, "a", Unavailable())).value == 1
