"""Checking what a verb was given, the same way for a form, a command and a script."""

from typing import TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model

from frontdesk.catalog.errors import NameTaken
from frontdesk.core.errors import RequestInvalid

M = TypeVar("M", bound=Model)


def checked(instance: M) -> M:
    """The instance, if its fields and constraints hold. Raises NameTaken or RequestInvalid, naming the field."""
    try:
        instance.full_clean()
    except ValidationError as error:
        field, problems = next(iter(error.error_dict.items()))
        if any(problem.code in {"unique", "unique_together"} for problem in problems):
            raise NameTaken(field="" if field == NON_FIELD_ERRORS else field) from None
        raise RequestInvalid(field="" if field == NON_FIELD_ERRORS else field) from None
    return instance
