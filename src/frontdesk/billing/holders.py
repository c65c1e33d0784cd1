"""Whose a licence is: billing knows licences by number only, so whoever keeps them answers (`fulfilment`)."""

from collections.abc import Callable
from uuid import UUID

Answer = Callable[[UUID, UUID], bool]
_answers: list[Answer] = []


def answers(answer: Answer) -> None:
    """Enter who answers: whether a licence (first) is a person's (second)."""
    if answer not in _answers:
        _answers.append(answer)


def holds(*, license: UUID, person: UUID | None) -> bool:
    """Whether a licence is a person's; nobody's while nobody keeps licences."""
    return person is not None and any(answer(license, person) for answer in _answers)
