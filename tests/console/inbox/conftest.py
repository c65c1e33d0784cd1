"""Two agents at the desk, a customer with a licence, and a conversation of theirs."""

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.support.tickets.models import Conversation
from tests.licensing.conftest import ada, person
from tests.people import staff_browser
from tests.support import desk


@pytest.fixture
def kim(db: None) -> Client:
    """Kim's browser."""
    return staff_browser(Role.AGENT, "kim@halcyon.example")


@pytest.fixture
def lou(db: None) -> Client:
    """Lou's, who may see money."""
    return staff_browser(Role.BILLING_AGENT, "lou@halcyon.example")


@pytest.fixture
def matter(ada: Person) -> Conversation:
    """What Ada wrote about."""
    return desk.conversation(ada)


__all__ = ["ada", "person"]
