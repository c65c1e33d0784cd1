"""What the contact form knows of where somebody comes from, and what it promises."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.template import Context
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from frontdesk.accounts.models import Person
from frontdesk.core import clock, outbox
from frontdesk.core.throttle import Limit
from frontdesk.portal.templatetags.portal import promised
from frontdesk.support.helpcentre.models import Article
from frontdesk.support.helpcentre.search import asking
from frontdesk.support.tickets import links
from frontdesk.support.tickets.models import Conversation, Message, Participant
from tests.people import customer, signed_in
from tests.support import desk
from tests.support.articles import published

pytestmark = pytest.mark.django_db


def filled(**values: Any) -> dict[str, Any]:
    """What somebody types."""
    return {"subject": "Again", "text": "It went wrong again.", "client_id": str(uuid4()), **values}


def confirm_newest() -> None:
    """Open the newest mail's link and press the button."""
    outbox.deliver_due()
    link = re.findall(r"/contact/confirm/[\w-]+/", str(mail.outbox[-1].body))[-1]
    assert Client().post(str(link)).status_code == 302


@pytest.fixture
def about_shield(db: None) -> Article:
    """An article about the product, without a reason."""
    article = published("slow-scan").article
    Article.objects.filter(pk=article.pk).update(product=desk.shield())
    return article


def test_an_article_brings_its_product_and_leaves_its_trace(about_shield: Article) -> None:
    browser, address = signed_in(customer()), "/contact/?article=slow-scan"
    page = browser.get(address)
    assert page.context["form"]["about"].value() == "product:halcyon-shield"
    assert "You have read “Lost password”" in page.content.decode()
    browser.post(address, filled(about="product:halcyon-shield"))
    opened = Conversation.objects.get()
    assert opened.product == desk.shield()
    said = Message.objects.get(kind="customer").text
    assert said.endswith("Read before: “Lost password”, http://localhost:8000/help/articles/slow-scan/")


def test_so_it_does_for_guests(client: Client, about_shield: Article) -> None:
    address = "/contact/?article=slow-scan"
    form = client.get(address).context["form"]
    client.post(address, filled(email="guest@example.org", about=form["about"].value()))
    confirm_newest()
    assert Conversation.objects.get().product == desk.shield()
    assert "slow-scan" in Message.objects.get(kind="customer").text


def test_what_the_address_names_counts_more_than_the_articles_product(about_shield: Article) -> None:
    ada = customer()
    license, _code = desk.licensed(ada)
    page = signed_in(ada).get(f"/contact/?article=slow-scan&license={license.pk}")
    assert page.context["form"]["about"].value() == f"license:{license.pk}"


def test_the_article_names_its_product(client: Client, about_shield: Article) -> None:
    page = client.get("/help/articles/slow-scan/").content.decode()
    assert '<span class="badge">Halcyon Shield</span>' in page


def test_an_article_that_is_not_there_leaves_nothing(client: Client) -> None:
    assert "You have read" not in client.get("/contact/?article=nothing").content.decode()


@pytest.fixture
def closed(db: None) -> Conversation:
    """A guest's conversation that takes no more replies."""
    talk = desk.conversation("guest@example.org")
    moment = clock.now() - timedelta(days=15)
    Conversation.objects.filter(pk=talk.pk).update(status=Conversation.Status.SOLVED, solved_at=moment)
    return talk


def way_on(talk: Conversation) -> str:
    """Where the closed page leads its guest."""
    path = links.to_conversation(talk.participants.get(role=Participant.Role.REQUESTER)).path
    page = Client().get(path).content.decode()
    assert "it will point back to this one" in page
    return str(re.findall(r'href="(/contact/\?continues=[^"]+)"', page)[0]).replace("&amp;", "&")


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_guest_goes_on_with_a_closed_conversation(closed: Conversation, is_signed_in: bool) -> None:
    address, browser = way_on(closed), signed_in(customer()) if is_signed_in else Client()
    page = browser.get(address)
    assert page["Referrer-Policy"] == "same-origin"
    assert f"This goes on with {closed.reference}" in page.content.decode()
    if not is_signed_in:
        assert page.context["form"]["email"].value() == "guest@example.org"
    browser.post(address, filled(email="guest@example.org"))
    if not is_signed_in:
        confirm_newest()
    assert Conversation.objects.get(subject="Again").continues == closed


def test_nobody_goes_on_with_what_they_may_not_read(closed: Conversation) -> None:
    other = desk.conversation("eve@example.org")
    secret = links.grant_page(other.participants.get())
    for end in ("", "&secret=", "&secret=x", f"&secret={secret}"):
        address = f"/contact/?continues={closed.pk}{end}"
        for browser in (Client(), signed_in(customer(f"eve{len(end)}@example.org"))):
            page = browser.get(address)
            assert closed.reference not in page.content.decode()
    Client().post(address, filled(email="eve@example.org"))
    confirm_newest()
    assert Conversation.objects.get(subject="Again").continues is None


def test_suggestions_are_silent_for_who_asks_too_much(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    published()
    monkeypatch.setattr(asking, "SEARCHES", Limit("help-search", 2, 60))
    pages = [client.get("/contact/suggestions/", {"subject": "password"}) for _time in range(4)]
    assert [page.status_code for page in pages] == [200] * 4
    assert ["Lost password" in page.content.decode() for page in pages] == [True, True, False, False]


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "", "Tuesday, 3 March, 13:05 (UTC)"),
        ("de", "", "Dienstag, 3. März, 13:05 Uhr (UTC)"),
        ("en", "Europe/Berlin", "Tuesday, 3 March, 14:05"),
        ("de", "America/New_York", "Dienstag, 3. März, 08:05 Uhr"),
    ],
)
def test_promised_moments_say_their_zone_to_whoever_has_none(language: str, zone: str, said: str) -> None:
    ada = customer()
    Person.objects.filter(pk=ada.pk).update(time_zone=zone)
    request = RequestFactory().get("/")
    request.user = Person.objects.get(pk=ada.pk)
    moment = datetime(2026, 3, 3, 13, 5, tzinfo=ZoneInfo("UTC"))
    with translation.override(language), timezone.override(request.user.zone):
        assert promised(Context({"request": request}), moment) == said
        assert promised(Context({"request": request}), None) == ""


@pytest.mark.parametrize(("zone", "said"), [("Europe/Berlin", "(CET)"), ("America/Sao_Paulo", "(UTC-03)")])
def test_the_installations_zone_is_named(zone: str, said: str) -> None:
    moment = datetime(2026, 3, 3, 13, 5, tzinfo=ZoneInfo("UTC"))
    with translation.override("en"), timezone.override(ZoneInfo(zone)):
        assert promised(Context({}), moment, "WEEKDAY_FORMAT").endswith(said)
