"""The cast of the chat's pages."""

import pytest

from frontdesk.accounts.models import Person
from tests.licensing.conftest import time
from tests.people import customer
from tests.support import chats, desk

__all__ = ["time"]


@pytest.fixture
def ada(db: None) -> Person:
    """A customer."""
    return customer()


@pytest.fixture
def kim(db: None) -> Person:
    """An agent who is there."""
    agent = desk.agent()
    chats.come(agent)
    return agent
