"""A NUL in an address leads nowhere, and is no part of a question: PostgreSQL would refuse it, and the page fail."""

import pytest
from django.test import Client

from tests.people import customer, signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/help/articles/%00/", "/help/%00/", "/help/pictures/%00", "/shop/%00/", "/%00"])
def test_a_path_with_a_nul_is_not_found(path: str) -> None:
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/contact/?article=%00",
        "/contact/?product=%00&reason=%00",
        "/contact/suggestions/?area=%00",
        "/help/search/?q=%00",
    ],
)
def test_a_question_is_asked_without_its_nul(address: str) -> None:
    assert Client().get(address).status_code == 200


def test_customers_may_look_for_one() -> None:
    browser = signed_in(customer())
    assert browser.get("/conversations/?q=%00").status_code == 200
    assert browser.get("/conversations/?q=a%00b").status_code == 200
