"""What everybody may see: start, products, downloads, help."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.catalog import products, releases
from frontdesk.core import reasons
from tests.people import customer, signed_in
from tests.support import desk

pytestmark = pytest.mark.django_db

AGENTS = {
    "windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    "macos": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18 Safari/605.1.15",
    "linux": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "android": "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36",
    "ios": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
}


def test_the_start_page_says_what_is_sold_and_has_sign_in_at_the_top(client: Client) -> None:
    desk.shield()
    page = client.get("/").content.decode()
    assert "Halcyon Shield" in page
    assert "Sign in" in page[page.index("<header") : page.index("</header>")]
    for address in ("/activate/", "/downloads/", "/help/", "/offline/", "/products/halcyon-shield/"):
        assert f'href="{address}"' in page


def test_the_start_page_of_a_new_installation_is_not_empty(client: Client) -> None:
    assert "What can we do for you?" in client.get("/").content.decode()


def test_a_product_page_shows_editions_and_prices_and_lets_no_script_through(client: Client) -> None:
    desk.plan(minor=3995)
    desk.publish()
    page = client.get("/products/halcyon-shield/", headers={"User-Agent": AGENTS["windows"]}).content.decode()
    assert "€39.95" in page
    assert "<strong>in the background</strong>" in page
    assert "<script>alert" not in page
    assert "Download for Windows" in page


@pytest.mark.parametrize("address", ["/products/vault/", "/products/vault/downloads/", "/products/hidden/"])
def test_products_that_are_not_listed_are_not_there(client: Client, address: str) -> None:
    products.create(actor=desk.SYSTEM, slug="hidden", name="Hidden", is_listed=False)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("platform", AGENTS)
def test_the_visitors_own_platform_comes_first(client: Client, platform: str) -> None:
    desk.publish(platforms=("windows", "macos", "linux", "android", "ios"))
    page = client.get("/downloads/", headers={"User-Agent": AGENTS[platform]}).content.decode()
    shown = re.findall(r'id="for-(\w+)"', page)
    assert shown[0] == platform
    assert sorted(shown) == ["android", "ios", "linux", "macos", "windows"]
    assert page.count("For you") == 1


def test_a_client_hint_wins_over_the_user_agent(client: Client) -> None:
    desk.publish()
    headers = {"User-Agent": AGENTS["linux"], "Sec-CH-UA-Platform": '"Windows"'}
    response = client.get("/downloads/", headers=headers)
    assert re.findall(r'id="for-(\w+)"', response.content.decode())[0] == "windows"
    assert "User-Agent" in response["Vary"]


def test_an_unknown_machine_is_suggested_nothing(client: Client) -> None:
    desk.publish()
    page = client.get("/downloads/", headers={"User-Agent": "curl/8"}).content.decode()
    assert "For you" not in page
    assert "Choose the file for your machine." in page


def test_a_download_has_checksum_signature_command_and_notes(client: Client) -> None:
    file = desk.publish(platforms=("linux",))[0]
    page = client.get("/products/halcyon-shield/downloads/").content.decode()
    assert f'data-copy="{file.sha256}"' in page
    assert f'data-copy="{file.signature}"' in page
    assert f"sha256sum {file.filename}" in page
    assert "<li>Starts twice as fast</li>" in page
    assert "<b>Fixes" not in page


def test_the_lasting_address_leads_to_a_signed_one(client: Client) -> None:
    file = desk.publish()[0]
    response = client.get(f"/downloads/{file.pk}/")
    assert response.status_code == 302
    assert response["Location"].startswith("/api/v1/files/")
    assert response["Location"].endswith(file.filename)


def test_a_withdrawn_file_is_gone(client: Client) -> None:
    file = desk.publish()[0]
    releases.withdraw(actor=desk.SYSTEM, release=file.release)
    assert client.get(f"/downloads/{file.pk}/").status_code == 404
    assert "There is no published version" in client.get("/downloads/").content.decode()


def test_what_comes_with_a_licence_is_open_to_those_who_have_one(client: Client) -> None:
    file = desk.publish(is_public=False)[0]
    address = f"/downloads/{file.pk}/"
    assert client.get(address).status_code == 403
    page = client.get("/downloads/").content.decode()
    assert address not in page
    assert "Sign in with the account that has the licence." in page

    ada, eve = customer(), customer("eve@example.org", "Eve")
    desk.licensed(ada)
    assert signed_in(eve).get(address).status_code == 403
    assert "Enter your code, and the download opens." in signed_in(eve).get("/downloads/").content.decode()
    browser = signed_in(ada)
    assert browser.get(address).status_code == 302
    assert address in browser.get("/downloads/").content.decode()


def test_with_several_products_the_overview_lets_one_choose(client: Client) -> None:
    desk.shield()
    products.create(actor=desk.SYSTEM, slug="halcyon-vault", name="Halcyon Vault")
    page = client.get("/downloads/").content.decode()
    assert "/products/halcyon-vault/downloads/" in page


def test_every_reason_has_a_help_page(client: Client) -> None:
    overview = client.get("/help/r/").content.decode()
    for reason in reasons.every():
        page = client.get(f"/help/r/{reason.code}")
        assert page.status_code == 200, reason.code
        assert reason.code in page.content.decode()
        assert f"/help/r/{reason.code}" in overview


def test_an_unknown_reason_is_a_page_that_helps(client: Client) -> None:
    response = client.get("/help/r/no_such_reason")
    assert response.status_code == 404
    assert "What you can do" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/", "/products/halcyon-shield/", "/downloads/", "/help/", "/activate/", "/offline/"]
)
def test_public_pages_need_few_queries(
    client: Client, address: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk.plan()
    desk.publish()
    with django_assert_max_num_queries(8):
        assert client.get(address).status_code == 200
