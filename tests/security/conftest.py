"""An installation with a customer who owns something, and three browsers to look at it with."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.catalog.models import Price
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.licensing import seats
from frontdesk.licensing.models import Activation
from tests.people import customer, signed_in, staff_browser
from tests.support.shop import PRODUCT, device, license_of, new_code, plan_version


@dataclass(frozen=True)
class House:
    """The customer, and the ids that stand in addresses."""

    ada: Person
    ids: dict[str, UUID | str]

    def browser(self, who: str, *, csrf: bool = False) -> Client:
        """A browser of a guest, the customer, or an administrator, which checks CSRF tokens if asked to."""
        made = Client()
        if who != "guest":
            made = signed_in(self.ada) if who == "customer" else staff_browser(ADMIN)
        made.handler.enforce_csrf_checks = csrf
        return made


ADMIN = Role.ADMINISTRATOR
WHO = ("guest", "customer", "staff")


@pytest.fixture
def house(db: None) -> House:
    """A licence with a device, and a message."""
    ada = customer()
    version = plan_version()
    Price.objects.create(plan_version=version, currency="EUR", minor=2000)
    code = new_code(version)
    actor = Actor.customer(ada.pk)
    seats.take(actor=actor, device=device(), code=code, product=PRODUCT)
    owned = license_of(code)
    owned.owner_id = ada.pk
    owned.save()
    message = send_mail(to=ada, template="accounts/password_changed", context={"action_url": "http://localhost/"})
    activation = Activation.objects.get(license=owned)
    ids: dict[str, UUID | str] = {"license_id": owned.pk, "activation_id": activation.pk, "message_id": message.pk}
    return House(ada, ids)


@pytest.fixture
def ada(db: None) -> Person:
    """A customer alone."""
    return customer()


@pytest.fixture
def delivered() -> Callable[[], list[EmailMultiAlternatives]]:
    """Let the worker deliver, and take the mails that went out since the last time."""

    def delivered() -> list[EmailMultiAlternatives]:
        outbox.deliver_due()
        taken = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
        mail.outbox.clear()
        return taken

    return delivered
