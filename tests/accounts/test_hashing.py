"""What a password costs to check. All other tests hash at the least cost."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts import hashers
from frontdesk.accounts.models import Person
from frontdesk.project import settings as product
from tests.accounts.conftest import PASSWORD
from tests.support.hashing import PRODUCT, LightHasher

ADVISED = "m=19456,t=2,p=1"  # OWASP: 19 MiB, two passes, one lane


def cost(encoded: str) -> str:
    """The parameters in a hash."""
    found = re.match(r"argon2\$argon2id\$v=19\$([^$]+)\$", encoded)
    assert found, encoded.split("$")[:2]
    return found[1]


def test_the_product_hashes_as_advised(settings: Settings) -> None:
    assert product.PASSWORD_HASHERS == [PRODUCT]
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    encoded = make_password(PASSWORD)
    assert cost(encoded) == ADVISED
    assert check_password(PASSWORD, encoded)
    assert cost(hashers.decoy()) == ADVISED, "an unknown address costs the same"


@pytest.mark.django_db
def test_a_hash_of_another_cost_is_renewed_at_the_next_sign_in(
    ada: Person, sign_in: Callable[..., Client], settings: Settings
) -> None:
    assert cost(ada.password) == f"m={LightHasher.memory_cost},t={LightHasher.time_cost},p=1"
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    sign_in()
    ada.refresh_from_db()
    assert cost(ada.password) == ADVISED
    assert ada.check_password(PASSWORD)
