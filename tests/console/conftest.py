"""A billing agent and a manager at the desk, a customer who paid, and the bank they paid at."""

from typing import Any

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from tests.licensing.conftest import ada, bob, person, time
from tests.people import staff_browser
from tests.support.bank import bank

__all__ = ["ada", "bank", "bob", "person", "time"]


@pytest.fixture
def agent(db: None) -> Client:
    """Somebody who sees no money."""
    return staff_browser(Role.AGENT, "agent@halcyon.example")


@pytest.fixture
def billing(db: None) -> Client:
    """A billing agent."""
    return staff_browser(Role.BILLING_AGENT, "billing@halcyon.example")


@pytest.fixture
def manager(db: None) -> Client:
    """A manager."""
    return staff_browser(Role.MANAGER, "manager@halcyon.example")


def press(browser: Client, address: str, **data: Any) -> Any:
    """Open the page of a deed as a person does, and press its button."""
    form = browser.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() not in {None, False}}
    return browser.post(address, {**values, "reason": "conversation 4711", **data}, follow=True)
