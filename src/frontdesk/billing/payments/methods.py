"""Payment methods of a customer."""

from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.billing.models import PaymentMethod
from frontdesk.core.actors import Actor


def access_methods(person: Person) -> list[PaymentMethod]:
    """The cards a person has, the default first."""
    raise NotImplementedError


def access_method(person: Person, method_id: UUID) -> PaymentMethod:
    """One of them. Raises NotFound."""
    raise NotImplementedError


def start_adding(*, person: Person, return_url: str, cancel_url: str, key: str) -> str:
    """The address of the provider's page for leaving a card. Outside transactions. Raises PaymentProviderAway."""
    raise NotImplementedError


def finish_adding(*, actor: Actor, person: Person, provider: str, setup_ref: str) -> PaymentMethod | None:
    """Keep the card that was left there (None: none was); the first becomes the default. Outside transactions."""
    raise NotImplementedError


def make_default(*, actor: Actor, method: PaymentMethod) -> None:
    """Use this card for all of the person's renewals; failed ones are tried again at once."""
    raise NotImplementedError


def remove(*, actor: Actor, method: PaymentMethod) -> None:
    """Forget a card, here and at the provider. Raises LastMethod."""
    raise NotImplementedError
