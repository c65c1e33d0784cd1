"""Erasing somebody who is known by nothing but a number."""

from uuid import uuid4

import pytest

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message
from frontdesk.core.personal import Traces
from frontdesk.licensing import erasing
from tests.people import customer
from tests.support import desk

pytestmark = pytest.mark.django_db


def test_without_a_name_or_address_nobody_elses_letters_change() -> None:
    ada = customer()
    license, _ = desk.licensed(ada)
    send_mail(to=ada, template="licensing/hand_over_given", context={"license": license, "name": "Bob"})
    before = list(Message.objects.values_list("subject", "text", "html"))
    erasing.erase(Traces(person=uuid4()))
    assert list(Message.objects.values_list("subject", "text", "html")) == before
    license.refresh_from_db()
    assert license.owner == ada
