"""Ways through the test bank that its tests share: all cards are used on its pages, as people use them."""

from typing import Any

from django.test import Client

from frontdesk.billing.providers.protocol import CardFacts, Customer, ObjectKind, Snapshot
from frontdesk.billing.providers.sandbox.adapter import Sandbox
from frontdesk.billing.providers.sandbox.cards import BY_CODE
from frontdesk.billing.providers.sandbox.models import Intent
from tests.support import requests

BANK = Sandbox()


def use(browser: Client, snapshot: Snapshot, code: str, **more: Any) -> Any:
    """Enter a test card on the page of a payment or setup, at its present turn."""
    turn = Intent.objects.get(ref=snapshot.ref).turn
    return browser.post(snapshot.action_url, {"number": BY_CODE[code].number, "turn": turn, **more})


def now(snapshot: Snapshot) -> Snapshot:
    """The same, as the bank has it now."""
    return BANK.fetch(snapshot.kind, snapshot.ref)


def paid(code: str = "good", key: str = "checkout-1", **values: Any) -> Snapshot:
    """A payment made on the page, confirmed where the card wants it."""
    started = BANK.start_checkout(requests.checkout(key, **values))
    browser = Client()
    answer = use(browser, started, code)
    if "/confirm/" in answer["Location"]:
        browser.post(answer["Location"], {"answer": "yes"})
    return now(started)


def kept_card(code: str, customer: Customer = requests.ADA, key: str = "setup-1", **more: Any) -> CardFacts:
    """A card that was left with the bank."""
    started = BANK.start_setup(requests.setup(key, customer=customer))
    browser = Client()
    answer = use(browser, started, code, **more)
    if "/confirm/" in answer["Location"]:
        browser.post(answer["Location"], {"answer": "yes"})
    card = BANK.fetch(ObjectKind.SETUP, started.ref).card
    assert card is not None
    return card
