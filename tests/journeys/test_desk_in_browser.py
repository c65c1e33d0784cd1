"""axe finds nothing on the desk's pages, light and dark, wide and narrow; the menu and the palette lead everywhere."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.billing.models import DeclarationKind, Dispute, Invoice, Payment, ProviderEvent, Refund
from frontdesk.core import clock
from frontdesk.support.tickets.models import Agent, Area, Calendar, Team
from tests.journeys.test_pages_in_browser import walk
from tests.people import customer, staff_browser
from tests.support import bills, desk, levels, shop

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def eventful(ada: Person) -> tuple[Invoice, Payment]:
    """A customer with something in every part of the page; the open invoice and the paid payment."""
    now = clock.now()
    shop.new_license(owner=ada)
    card = bills.card(ada)
    subscription = bills.subscription(ada, method=card, failed_at=now, next_step="retry", next_action_at=now, tries=1)
    order = bills.order(ada, subscription=subscription, paid_at=now)
    payment = bills.payment(bills.invoice(order, subscription=subscription), method=card)
    unpaid = bills.invoice(bills.order(ada), number=None, issued_at=None, paid_at=None, subscription=subscription)
    bills.payment(unpaid, status=Payment.Status.FAILED, decline="insufficient_funds")
    other = bills.invoice(bills.order(ada), number=None, issued_at=None, paid_at=None)
    bills.payment(other, status=Payment.Status.UNKNOWN, settled_at=None)
    Refund.objects.create(
        payment=payment, person=ada, cause="staff", amount_minor=500, currency="EUR", status="succeeded", key="r",
        requested_at=now, settled_at=now,
    )  # fmt: skip
    Dispute.objects.create(
        payment=payment, ref="d", amount_minor=1000, currency="EUR", reason="fraudulent", opened_at=now
    )
    order.declarations.create(
        kind=DeclarationKind.WITHDRAWAL, name="Ada", email=ada.email, contract="x", token_hash=b"t", declared_at=now
    )
    ProviderEvent.objects.create(
        provider="sandbox", event_id="e", kind="payment.succeeded", object_kind="payment", object_ref="pi",
        raw="{}", received_at=clock.real_now(), attempts=1, verdict="ProviderError",
    )  # fmt: skip
    return unpaid, payment


def test_the_desks_pages(chromium: Browser, live_server: LiveServer) -> None:
    ada = customer("ada@example.org", "Ada Lovelace")
    unpaid, payment = eventful(ada)
    declaration = payment.invoice.order.declarations.get()  # type: ignore[union-attr] # it has an order
    session = staff_browser(Role.MANAGER).cookies[settings.SESSION_COOKIE_NAME].value
    pages = [
        "/desk/inbox/",
        "/desk/customers/",
        "/desk/customers/?q=lovelace",
        f"/desk/customers/{ada.pk}/",
        f"/desk/customers/{ada.pk}/credit/",
        f"/desk/payments/{payment.pk}/",
        f"/desk/payments/{payment.pk}/refund/",
        f"/desk/invoices/{unpaid.pk}/write-off/",
        f"/desk/declarations/{declaration.pk}/carry-out/",
        "/desk/failed-payments/",
        "/desk/disputes/",
        "/desk/declarations/",
        "/desk/webhooks/",
        "/desk/reports/",
        "/desk/accounting/",
    ]
    assert walk(chromium, live_server.url, pages, session) == []


def test_the_pages_of_levels_rules_team_and_service(chromium: Browser, live_server: LiveServer) -> None:
    level = levels.level(default=True, first=60, solve=600)
    levels.is_there(desk.agent(), skills={"linux": 2})
    wanted = [
        {"field": "subject", "is": "is", "value": "laptop"},
        {"field": "channel", "is": "is_not", "value": "mail"},
    ]
    rule = levels.rule("Laptops", conditions=wanted)
    desk.plan()
    team = Team.objects.create(slug="technical", name="Technical")
    area = Area.objects.create(slug="installing", titles={"en": "Installing"}, team=team, skill_id="linux")
    desk.conversation(customer("ada@example.org", "Ada Lovelace"))
    levels.rules_look()
    browser = staff_browser(Role.MANAGER)
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    calendar = Calendar.objects.get()
    pages = [
        "/desk/levels/",
        f"/desk/levels/{level.pk}/",
        f"/desk/levels/{level.pk}/promise/",
        f"/desk/calendars/{calendar.pk}/hours/",
        "/desk/team/",
        f"/desk/team/{Agent.objects.get().pk}/",
        "/desk/rules/",
        f"/desk/rules/{rule.pk}/",
        f"/desk/rules/{rule.pk}/change/",
        "/desk/reports/support/?days=30",
        "/desk/routing/",
        f"/desk/routing/teams/{team.pk}/",
        f"/desk/routing/teams/{team.pk}/removal/",
        "/desk/routing/skills/new/",
        f"/desk/routing/areas/{area.pk}/",
    ]
    assert walk(chromium, live_server.url, pages, session) == []


def test_the_menu_and_the_palette_lead_on(chromium: Browser, live_server: LiveServer) -> None:
    session = staff_browser(Role.BILLING_AGENT).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(viewport={"width": 390, "height": 800}, reduced_motion="reduce")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/desk/customers/")
    page.locator(".desk-end summary").first.click()
    page.get_by_role("link", name="Disputes").click()
    page.wait_for_url("**/desk/disputes/")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Control+k")
    page.keyboard.type("webh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/webhooks/")
    assert page.locator(".desk-side nav:visible a[aria-current=page]").inner_text() == "Webhooks"
    context.close()
