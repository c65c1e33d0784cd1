"""Shared by the account tests: a person, a browser, and the mails that went out."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.models import Person
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from tests.accounts.attack import FAST, CountingHasher

PASSWORD = "seven quiet herons wade"
LINK = re.compile(r"https?://\S+")


@pytest.fixture
def ada(db: None) -> Person:
    """A customer with a confirmed address."""
    return add_person(actor=Actor.system(), email="ada@example.org", password=PASSWORD, name="Ada")


@pytest.fixture
def fast(settings: Settings) -> list[str]:
    """Hashing at the least cost; what reached the hasher."""
    settings.PASSWORD_HASHERS = [FAST]
    CountingHasher.seen.clear()
    return CountingHasher.seen


@pytest.fixture
def browser() -> Client:
    """A browser that is not signed in."""
    return Client()


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """Sign in through the page; returns the browser."""

    def sign_in(email: str = "ada@example.org", password: str = PASSWORD) -> Client:
        client = Client()
        response = client.post("/account/login/", {"login": email, "password": password})
        assert response.status_code == 302, response.content.decode()
        return client

    return sign_in


@pytest.fixture
def delivered() -> Callable[[], list[EmailMultiAlternatives]]:
    """Let the worker deliver, and take the mails that went out since the last time."""

    def delivered() -> list[EmailMultiAlternatives]:
        outbox.deliver_due()
        taken = [message for message in mail.outbox if isinstance(message, EmailMultiAlternatives)]
        mail.outbox.clear()
        return taken

    return delivered


def link_in(message: EmailMultiAlternatives) -> str:
    """The path of the first link in a mail."""
    found = LINK.search(str(message.body))
    assert found, message.body
    return "/" + found.group().split("/", 3)[3]
