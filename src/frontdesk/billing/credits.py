"""Credit that agents give, and that the next invoice in its currency uses."""

from frontdesk.accounts.models import Person
from frontdesk.billing.models import Credit
from frontdesk.core.actors import Actor


def give(*, actor: Actor, person: Person, amount_minor: int, currency: str, key: str, reason: str = "") -> Credit:
    """Give credit, once per key; it is booked and mailed. Raises ReasonMissing, RequestInvalid for nothing or less."""
    raise NotImplementedError


def balance(person: Person, currency: str) -> int:
    """What is left of a person's credit."""
    raise NotImplementedError
