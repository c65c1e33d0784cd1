"""Addresses that nobody would type: they find nothing, and never fail."""

from urllib.parse import quote

import pytest
from django.test import Client

from tests.people import customer, signed_in
from tests.support.articles import published

pytestmark = pytest.mark.django_db
ODD = ("a\0b", "\u202e", "🙂" * 300, "%'\\", "a" * 3_000, "9" * 400)
ADDRESSES = (
    "/help/articles/{}/", "/help/{}/", "/help/search/?q={}&language={}", "/help/articles/?page={}",
    "/help/articles/lost-password/?language={}", "/help/r/{}", "/help/pictures/{}",
    "/contact/?article={}", "/contact/?reason={}", "/contact/?area={}", "/contact/?product={}", "/contact/?license={}",
    "/contact/?continues={}", "/contact/?continues=3f0e8a52-7d43-4a55-9c1c-0b6f6d0a7e11&secret={}",
    "/contact/suggestions/?subject={}&area={}", "/contact/confirm/{}/", "/conversations/?q={}&show={}&page={}",
    "/conversations/g/3f0e8a52-7d43-4a55-9c1c-0b6f6d0a7e11/{}/", "/conversations/survey/{}/",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_odd_addresses_never_fail(address: str) -> None:
    published()
    ada = signed_in(customer())
    for odd in ODD:
        for browser in (ada, Client()):
            asked = address.replace("{}", quote(odd, safe=""))
            assert browser.get(asked, follow=True).status_code in {200, 400, 404, 410, 414}, asked
