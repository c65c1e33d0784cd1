"""What the pages of billing share: the way to a provider's own page, and the countries."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from frontdesk.billing.forms import CountryField, countries, country_name
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.bank import Bank
from tests.support.buying import checkout

FAR = "https://pay.example/session/1?a=1&b=2"


def elsewhere(bank: Bank, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Let the bank's pages lie at another address."""
    start = bank.start_checkout
    monkeypatch.setattr(bank, "start_checkout", lambda request: replace(start(request), action_url=address))


@pytest.mark.django_db(transaction=True)
def test_another_hosts_page_is_reached_by_a_page_that_moves_on_by_itself(
    bank: Bank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers hold `form-action 'self'` against a redirect that follows a form, so it is none."""
    desk.plan("plus-3", "Plus")
    elsewhere(bank, monkeypatch, FAR)
    answer = checkout(signed_in(customer()))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0;url=https://pay.example/session/1?a=1&amp;b=2">' in page
    assert 'href="https://pay.example/session/1?a=1&amp;b=2"' in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["http://pay.example/", "javascript:alert(1)"])
def test_no_page_of_a_provider_is_reached_without_a_safe_address(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    desk.plan("plus-3", "Plus")
    elsewhere(bank, monkeypatch, address)
    with pytest.raises(ValueError, match="https"):
        checkout(signed_in(customer()))


def test_all_countries_by_name_in_the_readers_language() -> None:
    english, german = dict(countries("en")), dict(countries("de"))
    assert english["DE"] == "Germany"
    assert german["DE"] == "Deutschland"
    assert len(english) > 240
    assert not {"EU", "UN", "ZZ", "XA"} & set(english)
    names = [name for _, name in countries("de")]
    assert names.index("Österreich") < names.index("Pakistan"), "letters with marks stand beside those without"
    with translation.override("de"):
        assert country_name("FR") == "Frankreich"
        assert country_name("") == ""


@pytest.mark.parametrize("wrong", ["XX", "de", "Germany", "ZZ"])
def test_what_is_no_country_is_refused(wrong: str) -> None:
    field = CountryField()
    assert field.clean("CH") == "CH"
    with pytest.raises(ValidationError):
        field.clean(wrong)
