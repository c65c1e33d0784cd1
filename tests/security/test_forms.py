"""No form is taken from another site: every address refuses a POST without a token, whoever is signed in."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.accounts.models import Recovery, Session
from frontdesk.core import clock
from frontdesk.core.models import AuditEntry, OutboxMessage
from tests.people import PASSWORD, customer
from tests.security.conftest import WHO, House
from tests.security.walking import places

pytestmark = pytest.mark.django_db


# The chat's script, its frame, and the tickets that a sealed pass is shown for: they take nothing.
OPEN = {"chat/embed.js", "chat/box/", "chat/ticket/<str:token>/"}
# What programs send: with a signature or a secret of its own, without session or cookie (tests/billing/test_webhooks.py
# and the like); the second is the one click of RFC 8058, which mail programs send.
SIGNED = {
    "webhooks/<slug:provider>/",
    "conversations/quiet/<int:participant_id>/<str:secret>/",
    "webhooks/mail/<slug:provider>/",
    "community/quiet/<uuid:mail_id>/<str:secret>/",
}
# The contact form asks for the token itself, but for what the chat brings, which only fills it in (a frame on another
# site has no cookie): the test below shows that it takes nothing.
FILLED_IN = "contact/"
# Checked by the chat itself: the token on our own pages, a header that no other site can send in its frame.
OF_CHAT = {place.route for place in places() if place.route.startswith("chat/") and place.route not in OPEN}


def test_no_other_view_is_exempt() -> None:
    assert {place.route for place in places() if getattr(place.view, "csrf_exempt", False)} == (
        SIGNED | OF_CHAT | {FILLED_IN}
    )


@pytest.mark.parametrize("who", WHO)
def test_what_only_fills_in_the_contact_form_takes_nothing(house: House, who: str) -> None:
    """Though it holds all that the form needs, and a file."""
    browser = house.browser(who, csrf=True)
    filled = {"text": "It fails.", "subject": "Help", "area": "other", "name": "Eve", "email": "eve@example.org"}
    files = {"files": [SimpleUploadedFile("a.txt", b"all well")], "client_id": str(uuid4()), "upload_key": "x" * 43}
    before = everything()
    answer = browser.post("/contact/", {**filled, **files, "brought": "chat"})
    assert answer.status_code == 200
    assert "It fails." in answer.content.decode()
    assert everything() == before
    assert browser.post("/contact/?brought=chat", {**filled, "client_id": str(uuid4())}).status_code == 403
    assert browser.post("/contact/files/", {**files, "brought": "chat"}).status_code == 403
    assert everything() == before


def everything() -> dict[str, int]:
    """How many rows there are of each kind."""
    return {str(each): each._default_manager.count() for each in apps.get_models() if each._meta.managed}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/webhooks/sandbox/", 400),
        ("/webhooks/nonsense/", 404),
        ("/webhooks/mail/nonsense/", 404),
        ("/webhooks/mail/postmark/", 404),
        ("/conversations/quiet/1/nonsense/", 410),
        ("/community/quiet/00000000-0000-4000-8000-000000000000/nonsense/", 410),
    ],
)
def test_what_is_exempt_takes_nothing_unsigned(house: House, path: str, status: int) -> None:
    browser = house.browser("staff", csrf=True)
    before = AuditEntry.objects.count()
    assert browser.post(path, b"{}", content_type="application/json").status_code == status
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("who", WHO)
def test_every_address_refuses_a_post_without_a_token(house: House, who: str) -> None:
    browser, taken = house.browser(who, csrf=True), []
    before = (AuditEntry.objects.count(), OutboxMessage.objects.count(), Session.objects.count())
    for place in places(house.ids):
        if place.route in SIGNED:
            continue
        answer = browser.post(place.path, {"reason": "x"})
        # A page that only leads elsewhere goes on leading there, as when it is just looked at.
        led_on = answer.status_code == 302 and answer["Location"] == browser.get(place.path).get("Location")
        only_shows = place.route in OF_CHAT and answer.status_code == 405
        if answer.status_code != 403 and not led_on and not only_shows:
            taken.append(f"{place.path}: {answer.status_code}")
    assert taken == []
    assert (AuditEntry.objects.count(), OutboxMessage.objects.count(), Session.objects.count()) == before


@pytest.mark.parametrize("where", ["field", "header", "cookie alone"])
def test_a_strangers_token_is_refused(house: House, where: str) -> None:
    stranger = Client(enforce_csrf_checks=True)
    token = stranger.get("/account/login/").cookies["csrf"].value
    victim = house.browser("customer", csrf=True)
    victim.get("/account/security/")
    if where == "field":
        answer = victim.post("/account/logout/", {"csrfmiddlewaretoken": token})
    elif where == "header":
        answer = victim.post("/account/logout/", headers={"X-CSRFToken": token})
    else:
        answer = victim.post("/account/logout/")
    assert answer.status_code == 403
    assert Session.objects.filter(person=house.ada).exists()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://testserver.evil.example", "http://testserver:81"]
)
def test_a_right_token_from_another_origin_is_refused(house: House, origin: str) -> None:
    browser = house.browser("customer", csrf=True)
    page = browser.get("/account/logout/")
    token = str(page.context["csrf_token"])
    refused = browser.post("/account/logout/", {"csrfmiddlewaretoken": token}, headers={"origin": origin})
    assert refused.status_code == 403
    fine = browser.post("/account/logout/", {"csrfmiddlewaretoken": token}, headers={"origin": "http://testserver"})
    assert fine.status_code == 302


def test_the_button_that_stops_a_recovery_needs_its_own_page(house: House) -> None:
    now = clock.now()
    Recovery.objects.create(
        person=house.ada, reach_at="x@y.example", asked_at=now, reached_at=now, approved_at=now, due_at=now
    )
    assert house.browser("customer", csrf=True).post("/account/recover/stop/").status_code == 403
    assert Recovery.objects.get().is_waiting


def test_signing_in_from_another_site_is_refused(db: None) -> None:
    """Otherwise a stranger could sign a visitor in to the stranger's own account and read what they enter there."""
    customer("mallory@example.org")
    victim = Client(enforce_csrf_checks=True)
    victim.get("/account/login/")
    answer = victim.post("/account/login/", {"login": "mallory@example.org", "password": PASSWORD})
    assert answer.status_code == 403
    assert victim.get("/account/security/").status_code == 302
