"""The shop: plans compared with their prices, for visitors too."""

from unittest.mock import patch

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.billing.providers import registry
from frontdesk.catalog import plans, products
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.bank import Bank

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bank")]

SHOP = "/shop/halcyon-shield/"


def stock() -> None:
    """Two editions, two terms, two currencies."""
    standard = {"EUR": 2495, "USD": 2799}
    desk.plan("standard-1", "Standard, 1 device, 1 year", devices=1, prices=standard, features=["scan"])
    desk.plan(
        "plus-3",
        "Plus, 3 devices, 1 year",
        prices={"EUR": 3995},
        device_prices={"EUR": 800},
        trial_days=30,
        features=["scan", "web-guard"],
    )
    desk.plan("plus-3-2y", "Plus, 3 devices, 2 years", prices={"EUR": 6995}, term_months=24)


def text(client: Client, address: str = SHOP) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_plans_are_compared_with_price_term_tax_and_what_comes_later(client: Client) -> None:
    stock()
    page = text(client)
    for said in (
        "€24.95",
        "€39.95",
        "a year",
        "All prices with VAT included",
        "€8.00 for each device more",
        "Try it for 30 days free",
        "It renews by itself, if you want that",
        "Money back for 30 days",
        "Web guard",
    ):
        assert said in page
    assert "€69.95" not in page
    assert page.index(">Plus<") < page.index(">Standard<"), "in the order of the list"


def test_another_term_is_a_press_away(client: Client) -> None:
    stock()
    page = text(client, f"{SHOP}?term=24")
    assert "€69.95" in page
    assert "for 2 years" in page
    assert "€39.95" not in page
    assert "€39.95" in text(client, f"{SHOP}?term=7"), "a term that is not sold shows the usual one"


def test_a_currency_is_remembered_and_shows_only_what_has_a_price_in_it(client: Client) -> None:
    stock()
    page = text(client, f"{SHOP}?currency=USD")
    assert "US$27.99" in page or "$27.99" in page
    assert "€" not in page
    again = text(client)
    assert "27.99" in again, "the choice is remembered"
    assert "€24.95" in text(client, f"{SHOP}?currency=XXX"), "one without prices is not"
    assert "27.99" in text(client), "and does not replace what was remembered"


def test_one_product_is_shown_at_once_and_several_with_the_least_price(client: Client) -> None:
    stock()
    assert client.get("/shop/")["Location"] == SHOP
    vault = products.create(actor=desk.SYSTEM, slug="vault", name="Vault")
    made = plans.create(actor=desk.SYSTEM, product=vault, slug="vault-1", name="Vault")
    plans.new_version(actor=desk.SYSTEM, plan=made, device_limit=1, prices={"EUR": 1500})
    page = text(client, "/shop/")
    assert "€24.95" in page
    assert "€15.00" in page
    assert "€24.95" in text(client, "/")
    assert "€15.00" in text(client, "/")


def test_the_public_pages_lead_to_the_shop(client: Client) -> None:
    stock()
    for address in ("/", "/products/halcyon-shield/"):
        page = text(client, address)
        assert "Buy from €24.95" in page
        assert f'href="{SHOP}"' in page


def test_without_a_provider_there_is_no_shop(client: Client) -> None:
    stock()
    with patch.object(registry, "_selling", []):
        for address in ("/shop/", SHOP, f"{SHOP}plus-3/"):
            assert client.get(address).status_code == 404
        assert "Buy" not in text(client, "/")
        page = text(client, "/products/halcyon-shield/")
        assert "Buy" not in page
        assert "€39.95" in page


def test_what_is_not_on_the_list_is_not_sold(client: Client) -> None:
    stock()
    plan = plans.offers(desk.shield())[0].plan
    plans.present(actor=desk.SYSTEM, plan=plan, name=plan.name, is_listed=False, position=0)
    assert client.get(f"{SHOP}{plan.slug}/").status_code == 404
    assert client.get(f"{SHOP}nothing/").status_code == 404
    assert client.get("/shop/nothing/").status_code == 404


def test_an_empty_shop_says_so(client: Client) -> None:
    desk.shield()
    assert "No plan is on offer just now" in text(client)


@pytest.mark.parametrize("address", ["/", "/shop/", SHOP, f"{SHOP}plus-3/", "/products/halcyon-shield/"])
def test_pages_need_few_queries(
    address: str, bank: Bank, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    stock()
    browser = signed_in(customer())
    with django_assert_max_num_queries(15):
        assert browser.get(address).status_code in {200, 302}


@pytest.mark.parametrize("term", ["9" * 5000, "²", "-24", "２４", "0024", ""])
def test_a_term_that_is_none_is_the_usual_one(client: Client, term: str) -> None:
    stock()
    assert "€39.95" in text(client, f"{SHOP}?term={term}")
