"""What somebody is told they lose with their account, before they delete it."""

import pytest

from frontdesk.core import personal
from tests.people import customer
from tests.support import desk, shop

pytestmark = pytest.mark.django_db


def test_without_a_licence_there_is_nothing_to_lose() -> None:
    assert personal.consequences(customer().pk) == []


def test_licences_codes_and_devices_are_named() -> None:
    ada = customer()
    held, _code = desk.licensed(ada)
    texts = [str(text) for text in personal.consequences(ada.pk)]
    assert texts[0].startswith("Your licence ends")
    assert texts[1].startswith("Its activation codes")
    assert not any("stops:" in text for text in texts)
    desk.seat(held)
    shop.new_license(owner=ada)
    texts = [str(text) for text in personal.consequences(ada.pk)]
    assert texts[0].startswith("Your 2 licences end")
    assert texts[1].startswith("Their activation codes")
    assert any(text.startswith("1 device stops: within a day") for text in texts)
    assert "hand it over before" in texts[-1]
