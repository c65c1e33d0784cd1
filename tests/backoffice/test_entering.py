"""Who enters the back office, and under which policy its pages run."""

import pytest
from django.contrib import admin
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core.backoffice import BackOfficeAdmin
from tests.backoffice.conftest import SYSTEM, Enter, sign_in

pytestmark = pytest.mark.django_db
LISTS = sorted(f"/backoffice/{model._meta.app_label}/{model._meta.model_name}/" for model in admin.site._registry)


def test_a_visitor_is_sent_to_the_sign_in_page() -> None:
    answer = Client().get("/backoffice/catalog/plan/")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/login/?next=/backoffice/catalog/plan/"


def test_a_customer_is_refused(ada: Person) -> None:
    assert sign_in("ada@example.org").get("/backoffice/").status_code == 403


def test_staff_without_a_second_factor_set_one_up_first(ada: Person) -> None:
    make_staff(actor=SYSTEM, person=ada, role=Role.ADMINISTRATOR)
    answer = sign_in("ada@example.org").get("/backoffice/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/2fa/totp/activate/")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_own_pages_and_no_other(staff: Enter, role: Role) -> None:
    browser = staff(role)
    assert browser.get("/backoffice/").status_code == 200
    seen = {address for address in LISTS if browser.get(address).status_code == 200}
    hidden = {address for address in LISTS if "/staffinvitation/" in address and role != Role.ADMINISTRATOR}
    if role == Role.AGENT:
        hidden |= {address for address in LISTS if "/billing/" in address}
    if role in {Role.AGENT, Role.BILLING_AGENT}:
        hidden |= {address for address in LISTS if "/core/" in address}
    assert seen == set(LISTS) - hidden


def test_nobody_deletes_anything(administrator: Client) -> None:
    for model, page in admin.site._registry.items():
        assert isinstance(page, BackOfficeAdmin)
        assert page.actions is None
        name = f"/backoffice/{model._meta.app_label}/{model._meta.model_name}/"
        someone = Person.objects.get(email="administrator@halcyon.example").pk
        assert administrator.get(f"{name}{someone}/delete/").status_code in {302, 403, 404}
        assert administrator.post(f"{name}{someone}/delete/", {"post": "yes"}).status_code in {302, 403, 404}
    assert Person.objects.filter(email="administrator@halcyon.example").exists()


def test_only_our_own_models_are_there() -> None:
    assert {model.__module__.split(".")[0] for model in admin.site._registry} == {"frontdesk"}


def test_its_pages_have_a_policy_of_their_own_and_nothing_foreign(administrator: Client) -> None:
    answer = administrator.get("/backoffice/")
    policy = answer["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self' 'unsafe-eval';" in policy + ";"
    assert b"<script>" not in answer.content
    assert "unsafe" not in Client().get("/account/login/")["Content-Security-Policy"]


def test_signing_in_and_out_and_the_password_have_one_place(administrator: Client) -> None:
    for address, place in [
        ("/backoffice/login/", "/account/login/"),
        ("/backoffice/logout/", "/account/logout/"),
        ("/backoffice/password_change/", "/account/password/change/"),
    ]:
        answer = administrator.get(address)
        assert answer.status_code == 302, address
        assert answer["Location"].startswith(place), address
