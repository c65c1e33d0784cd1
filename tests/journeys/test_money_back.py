"""The money back in the browser: by oneself, without signing in, and from a charge that nobody recognised."""

import re
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.billing import declarations
from frontdesk.billing.models import DeclarationKind, Dispute, Invoice, Order, Payment
from frontdesk.billing.payments import paying, settling
from frontdesk.billing.providers.sandbox import bank, cards
from frontdesk.core import clock, outbox
from frontdesk.core.models import OutboxMessage
from frontdesk.licensing.models import License
from tests.journeys.test_pages_in_browser import walk
from tests.people import PASSWORD, customer, signed_in
from tests.support import bills, sales
from tests.support.mailbox import secret_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def bought(ada: Person) -> Payment:
    """A licence of Halcyon Shield, paid at the sandbox with a card that works."""
    order = sales.place(ada, sales.quoted(sales.for_sale()))
    started = paying.by_page(invoice=Invoice.objects.get(order=order), return_url="http://x/", cancel_url="http://x/")
    script = next(each for each in cards.ALL if each.group == cards.Group.WORKS)
    bank.try_card(ref=started.ref, script=script, exp_month=12, exp_year=2040, turn=0)
    paid = settling.refresh(payment=started.pk)
    assert paid.status == Payment.Status.SUCCEEDED
    return paid


def mailed_code() -> str:
    """The activation code that waits to be mailed."""
    return secret_of(OutboxMessage.objects.filter(topic="mail", secret__isnull=False).get())


def activated(address: str) -> dict[str, Any]:
    """The product's first start with the mailed code."""
    device = {"fingerprint": "machine id of laptop", "name": "Laptop", "platform": "linux", "app_version": "3.2.0"}
    body = {"code": mailed_code(), "product": "halcyon-shield", "device": device}
    answer = httpx.post(f"{address}/api/v1/activations", json=body, timeout=20)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def next_check(address: str, told: dict[str, Any]) -> httpx.Response:
    """What the product asks each day."""
    body = {"fingerprint": "machine id of laptop", "app_version": "3.2.0"}
    headers = {"Authorization": f"Bearer {told['token']}"}
    return httpx.post(f"{address}/api/v1/leases", json=body, headers=headers, timeout=20)


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/account/login/")
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/home/")


def mailed(pattern: str) -> str:
    """The newest link of this shape in the mails that the worker sent."""
    outbox.deliver_due(1000)
    return str([link for each in mail.outbox for link in re.findall(pattern, str(each.body))][-1])


def test_refund_by_oneself_and_the_device_learns_at_its_next_check(
    context: BrowserContext, live_installation: str
) -> None:
    ada = customer()
    bought(ada)
    told = activated(live_installation)
    assert next_check(live_installation, told).status_code == 200
    page = context.new_page()
    sign_in(page, live_installation)

    page.goto(f"{live_installation}/billing/payments/")
    page.get_by_role("link", name=re.compile("Halcyon Shield Plus")).click()
    expect(page.get_by_text("On your bank statement")).to_be_visible()
    page.get_by_role("link", name="Get the money back").click()
    expect(page.get_by_text("The licence ends at once")).to_be_visible()
    page.get_by_role("button", name="Refund now").click()

    expect(page.get_by_text("is on its way back to you")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Refunded", exact=True)).to_be_visible()
    refused = next_check(live_installation, told)
    assert (refused.status_code, refused.json()["code"]) == (403, "license_refunded")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the invoice").click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
    outbox.deliver_due(1000)
    assert any("The credit note" in str(each.body) for each in mail.outbox)


def test_withdraw_without_signing_in(context: BrowserContext, live_installation: str) -> None:
    ada = customer()
    order = Order.objects.get(invoices=bought(ada).invoice)
    page = context.new_page()
    page.goto(live_installation)
    page.get_by_role("contentinfo").get_by_role("link", name="Withdraw from a contract").click()
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("E-mail address").fill(ada.email)
    page.get_by_label("Which contract").fill(order.reference)
    page.get_by_role("main").get_by_role("button", name="Withdraw from the contract", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your withdrawal has arrived")

    page.goto(live_installation + mailed(r"/declarations/[\w-]+/"))
    expect(page.get_by_text(order.reference)).to_be_visible()
    assert License.objects.get().refunded_at is None  # opening the link does nothing
    page.get_by_role("button", name="Withdraw now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your withdrawal is carried out")
    assert License.objects.get().refunded_at is not None


def test_from_a_charge_that_nobody_recognised_to_the_refund(context: BrowserContext, live_installation: str) -> None:
    paid = bought(customer())
    page = context.new_page()
    page.goto(live_installation)
    page.get_by_role("contentinfo").get_by_role("link", name="A charge you do not recognise").click()
    page.get_by_label("Last four digits of the card").fill(paid.card_last4)
    page.get_by_label("Amount").fill("39,95")
    page.get_by_label("Date").fill(clock.now().date().isoformat())
    page.get_by_role("button", name="Ask what it was").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mails")

    page.goto(live_installation + mailed(r"/billing/payments/[\w-]+/refund/"))
    page.get_by_label("E-mail").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Refund now").click()
    expect(page.get_by_text("is on its way back to you")).to_be_visible()


def test_axe_finds_nothing_on_papers(chromium: Browser, live_server: LiveServer) -> None:
    ada = customer()
    order = bills.order(ada, reference="H7K-2QX-9MA", paid_at=clock.now())
    invoice = bills.invoice(order)
    paid = bills.payment(invoice)
    waiting = bills.payment(
        bills.invoice(bills.order(ada)), status=Payment.Status.REQUIRES_ACTION, action_url="/x/", settled_at=None
    )
    failed = bills.payment(bills.invoice(bills.order(ada)), status=Payment.Status.FAILED, decline="expired_card")
    asked = bills.payment(bills.invoice(bills.order(ada)))
    Dispute.objects.create(payment=asked, ref="d", amount_minor=3995, currency="EUR", opened_at=clock.now())
    bills.subscription(ada)
    token = "a" * 43
    made = declarations.declare(kind=DeclarationKind.WITHDRAWAL, name="Ada", email=ada.email, contract=order.reference)
    made.token_hash, made.order = declarations._hash(token), order
    made.save()
    browser = signed_in(ada)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    payments = [f"/billing/payments/{each.pk}/" for each in (paid, waiting, failed, asked)]
    refunds = [f"{payments[0]}refund/", f"{payments[3]}refund/"]
    invoices = ["/billing/invoices/", f"/billing/invoices/{invoice.pk}/", "/billing/details/"]
    public = ["/withdraw/", "/cancel/", "/charge/", f"/declarations/{token}/"]
    paths = ["/billing/payments/", *payments, *refunds, *invoices, *public]
    assert walk(chromium, live_server.url, paths, session) == []
    assert walk(chromium, live_server.url, public) == []
