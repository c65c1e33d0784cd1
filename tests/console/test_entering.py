"""Who may see the desk: staff with a second factor, each as far as the role goes."""

from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core.actors import Actor
from tests.people import customer, signed_in
from tests.support import bills

pytestmark = pytest.mark.django_db
FOR_AGENTS = ["/desk/inbox/", "/desk/customers/"]
FOR_BILLING = ["/desk/failed-payments/", "/desk/disputes/", "/desk/webhooks/", "/desk/declarations/"]
FOR_MANAGERS = [
    "/desk/reports/",
    "/desk/reports/figures.csv",
    "/desk/accounting/",
    "/desk/accounting/ledger.csv",
]


@pytest.mark.parametrize("page", FOR_AGENTS + FOR_BILLING + FOR_MANAGERS)
def test_strangers_sign_in_first_and_customers_are_refused(db: None, page: str) -> None:
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert signed_in(customer()).get(page).status_code == 403


def test_staff_without_a_second_factor_are_sent_to_set_one_up(db: None) -> None:
    person = add_person(actor=Actor.system(), email="new@halcyon.example", password="x" * 20)
    make_staff(actor=Actor.system(), person=person, role=Role.MANAGER)
    answer = signed_in(person).get("/desk/")
    assert answer.status_code == 302
    assert "2fa" in answer["Location"]


def test_each_role_sees_its_pages(agent: Client, billing: Client, manager: Client) -> None:
    for browser, seen, refused in (
        (agent, FOR_AGENTS, FOR_BILLING + FOR_MANAGERS),
        (billing, FOR_AGENTS + FOR_BILLING, FOR_MANAGERS),
        (manager, FOR_AGENTS + FOR_BILLING + FOR_MANAGERS, []),
    ):
        assert {page: browser.get(page).status_code for page in seen} == dict.fromkeys(seen, 200)
        assert {page: browser.get(page).status_code for page in refused} == dict.fromkeys(refused, 403)
        side = browser.get("/desk/customers/").content.decode()
        for page in (*FOR_BILLING, "/desk/reports/", "/desk/accounting/"):
            assert (f'href="{page}"' in side) == (page in seen)


def test_nothing_of_the_desk_is_kept_by_caches(billing: Client) -> None:
    assert billing.get("/desk/inbox/")["Cache-Control"] == "no-store, private"


def test_agents_see_who_it_is_and_no_money(agent: Client, ada: Person) -> None:
    payment = bills.payment(bills.invoice(bills.order(ada)))
    page = agent.get(f"/desk/customers/{ada.pk}/").content.decode()
    assert "ada@mail.example" in page
    assert "39.95" not in page
    for deed in (
        f"/desk/customers/{ada.pk}/credit/",
        f"/desk/payments/{payment.pk}/",
        f"/desk/payments/{payment.pk}/refund/",
        f"/desk/invoices/{payment.invoice_id}/write-off/",
        f"/desk/invoices/{payment.invoice_id}/pdf/",
        f"/desk/subscriptions/{bills.subscription(ada).pk}/retry/",
        f"/desk/subscriptions/{bills.subscription(ada).pk}/renewal-off/",
        f"/desk/declarations/{uuid4()}/dismiss/",
    ):
        assert agent.get(deed).status_code == 403
        answer = agent.post(deed, {"reason": "x", "once": str(uuid4()), "amount": "1"})
        assert answer.status_code in {403, 405}


@pytest.mark.parametrize(
    "page",
    [
        "customers/{}/",
        "customers/{}/credit/",
        "payments/{}/",
        "payments/{}/refund/",
        "invoices/{}/write-off/",
        "invoices/{}/pdf/",
        "subscriptions/{}/retry/",
        "subscriptions/{}/renewal-off/",
        "declarations/{}/carry-out/",
        "declarations/{}/dismiss/",
    ],
)
def test_what_does_not_exist_is_not_found(billing: Client, page: str) -> None:
    assert billing.get(f"/desk/{page.format(uuid4())}").status_code == 404
    assert billing.post(f"/desk/{page.format(uuid4())}").status_code in {404, 405}
