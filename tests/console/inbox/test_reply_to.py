"""A sender who wants answers elsewhere: the agent sees it, and lets that address take part."""

from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.roles import Role
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.support.tickets.mail.incoming import reviewing
from frontdesk.support.tickets.models import Conversation
from tests.people import staff_browser
from tests.support.letters import AUTHSERV, PROVED, SUPPORT, arrives, letter

pytestmark = pytest.mark.django_db


@pytest.fixture
def kim(db: None) -> Client:
    return staff_browser(Role.AGENT, "kim@halcyon.example")


@pytest.fixture(autouse=True)
def proofs(settings: Settings) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV


def opened(reply_to: str, proof: str = PROVED.replace("example.org", "shopform.test")) -> Conversation:
    raw = letter(
        "The form was filled in", sender="noreply@shopform.test", Reply_To=reply_to, Authentication_Results=proof
    )
    mail = arrives(raw)
    if mail.conversation is not None:
        return mail.conversation
    return reviewing.accept(actor=Actor.system("test"), mail=mail)


def test_the_other_address_is_shown_and_added_by_the_agent(kim: Client) -> None:
    talk = opened("Carla <carla@cust.test>")
    address = f"/desk/inbox/{talk.pk}/"
    page = kim.get(address).content.decode()
    assert "carla@cust.test" in page
    assert "Let this address take part too" in page
    copies = f"{address}copies/?to=carla%40cust.test"
    assert copies.split("/desk/")[1].split("?", maxsplit=1)[0] in page
    assert 'value="carla@cust.test"' in kim.get(copies).content.decode()
    assert set(talk.participants.values_list("address", flat=True)) == {"noreply@shopform.test"}
    kim.post(copies, {"addresses": "carla@cust.test", "reason": "She asks for it", "once": str(uuid4())})
    assert talk.participants.filter(address="carla@cust.test").exists()
    assert AuditEntry.objects.filter(action="conversation.copied").exists()
    assert "Let this address take part too" not in kim.get(address).content.decode()


@pytest.mark.parametrize("reply_to", ["noreply@shopform.test", SUPPORT, "nonsense"])
def test_the_senders_own_and_ours_are_no_other(kim: Client, reply_to: str) -> None:
    assert "Let this address take part too" not in kim.get(f"/desk/inbox/{opened(reply_to).pk}/").content.decode()


def test_who_is_not_proved_is_heard_and_followed_nowhere(kim: Client) -> None:
    """Anybody may write such a mail in a customer's name, and answers would go to them."""
    page = kim.get(f"/desk/inbox/{opened('Carla <carla@cust.test>', f'{AUTHSERV}; dmarc=none').pk}/").content.decode()
    assert "carla@cust.test" in page
    assert "Let this address take part too" not in page
