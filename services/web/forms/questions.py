"""The questions that an offering asks when it is booked, as fields of the form."""

from collections.abc import Mapping

ANSWER = "answer-"  # the beginning of a field's name; the question's code follows


def answers_in(sent: Mapping[str, object]) -> dict[str, str]:
    """Return what was answered, by the codes of the questions."""
    answers = {name.removeprefix(ANSWER): str(sent[name]).strip() for name in sent if name.startswith(ANSWER)}
    return {code: answer for code, answer in answers.items() if answer}
