"""The questions that offerings ask when they are booked, as fields of the form of times.

The times on one page may be of different offerings, so each question is shown once, under a key of its own, and a
hidden field for each time says which keys go with it.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from starlette.datastructures import FormData

from shared.schemas import booking as wire
from shared.schemas.providers import Question

ASKED, ANSWER = "asked-", "answer-"  # the beginnings of field names; a slot's id and a question's key follow
QuestionsOf = dict[UUID, list[Question]]


@dataclass(frozen=True)
class AskedQuestions:
    """What the offerings of the times shown ask, by keys, and which keys go with each time."""

    questions: dict[str, Question]
    of_times: list[tuple[str, str]]

    @classmethod
    def by(cls, *found: wire.Slots) -> "AskedQuestions":
        """Return what is asked with these times."""
        of_offering: QuestionsOf = {}
        for slots in found:
            of_offering |= slots.questions
        questions = {question_key(each): each for asked in of_offering.values() for each in asked}
        return cls(questions, [pair for slots in found for pair in _of_times(slots, of_offering)])


def _of_times(slots: wire.Slots, of_offering: QuestionsOf) -> Iterator[tuple[str, str]]:
    for slot in slots.items:
        # A drop-in window has no id, and an offering that asks nothing is not in the answer.
        if slot.id and slot.offering_id in of_offering:
            yield slot.id, " ".join(question_key(each) for each in of_offering[slot.offering_id])


def question_key(question: Question) -> str:
    """Return a question's name on the page. Two organisations may ask different things by the same code, so the
    wording is part of it."""
    return f"{question.code}.{zlib.crc32(question.model_dump_json().encode()):x}"


def question_code(key: str) -> str:
    """Return the code that the service knows a question by."""
    return key.partition(".")[0]


def answers_in(form: FormData) -> dict[str, str]:
    """Return what was answered, by the keys of the questions."""
    answers = {name.removeprefix(ANSWER): str(form[name]).strip() for name in form if name.startswith(ANSWER)}
    return {key: answer for key, answer in answers.items() if answer}


def asked_with(form: FormData, slot: str) -> list[str]:
    """Return the keys of the questions that go with a time; what another offering asks is not answered here."""
    return str(form.get(ASKED + slot, "")).split()
