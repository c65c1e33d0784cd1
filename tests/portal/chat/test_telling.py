"""What agents are told of where a chat was begun: no address that lets in whoever has it, and none of a stranger's."""

import re
from importlib import import_module
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve

from frontdesk.accounts.models import Person
from frontdesk.portal.chats import launcher, telling
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import guests
from tests.people import signed_in
from tests.portal.chat.test_beginning import question
from tests.security.walking import BY_KIND, BY_NAME, PART, Place, places
from tests.support import chats, desk
from tests.support.mailbox import secret_sent_to

pytestmark = pytest.mark.django_db
TAKE_OUT = import_module("frontdesk.support.chat.migrations.0002_secrets_out_of_pages")
# Words in addresses that say which page it is. Whoever adds one here says by it that it lets in nobody.
PUBLIC = {"slug", "plan", "provider", "handle", "way", "code"}
LETS_IN = re.compile("token|secret|key|hash|sign|pass|nonce|ticket|ref|state")
SITE = "https://docs.halcyon.example"


def words(place: Place) -> set[str]:
    """The names of the parts of an address that are no numbers."""
    parts = ((found[1] or "str", found[2] or found[3]) for found in PART.finditer(place.route))
    return {name for kind, name in parts if kind not in {"uuid", "int"}}


def request_for(path: str, person: Person) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user, request.resolver_match = person, resolve(path)
    return request


def test_the_walk_reaches_what_lets_in() -> None:
    """The list would be empty if parts of addresses were written in another way."""
    found = {place.route for place in places() if LETS_IN.search(" ".join(words(place)))}
    assert {"hand-over/<str:token>/", "contact/confirm/<str:token>/", "account/password/reset/<str:key>/"} <= found
    assert len(found) >= 20
    assert set(BY_KIND) >= {"uuid", "int"}
    assert BY_NAME["slug"]


def test_of_no_address_with_a_secret_anybody_is_told(ada: Person) -> None:
    told, has_button = [], []
    for place in places():
        if words(place) <= PUBLIC and not LETS_IN.search(" ".join(words(place))):
            continue
        if telling.told(place.path, ""):
            told.append(place.route)
        request = request_for(place.path, ada)
        if launcher.is_shown(request):
            has_button.append(place.route)
        assert quote(place.path, safe="") not in launcher.addresses(request)["page"]
    assert (told, has_button) == ([], [])


def test_of_all_others_they_are() -> None:
    plain = [place for place in places() if not PART.search(place.route) and "^" not in place.route]
    assert len(plain) > 100
    assert [place.path for place in plain if telling.told(place.path, "") != place.path] == []
    for path in (
        f"/licenses/{uuid4()}/",
        "/help/articles/lost-password/",
        "/help/r/link_expired/",
        "/products/shield/",
    ):
        assert telling.told(f"{path}?a=1#b", "") == path


def test_the_page_of_a_link_from_a_mail_has_no_button(kim: Person) -> None:
    guests.ask(guests.Request("grace@example.org", "Help", "It fails."), ip_prefix=desk.NETWORK)
    page = Client().get(f"/contact/confirm/{secret_sent_to('grace@example.org')}/")
    assert page.status_code == 200
    assert "data-chat-corner" not in page.content.decode()


@pytest.mark.parametrize(
    "where",
    [
        "/contact/confirm/abc/",
        "/conversations/g/00000000-0000-4000-8000-000000000000/abc/",
        "/hand-over/abc",
        "/nothing/abc/",
        "/\\evil.example",
        "//evil.example/x",
        "///evil.example",
        "javascript:alert(1)",
        "https://evil.example/help/",
        "http://[",
        "\x01/help/",
    ],
)
def test_what_a_browser_says_is_not_believed(ada: Person, kim: Person, where: str) -> None:
    signed_in(ada).post(f"/chat/?from={quote(where)}", question())
    assert Chat.objects.get().page == ""


@pytest.mark.parametrize("site", ["/\\evil.example", "//evil.example", "javascript:alert(1)", "https://evil.example"])
def test_a_site_that_nobody_named_is_none(ada: Person, kim: Person, site: str) -> None:
    where = f"/chat/?site={quote(site)}&from={quote(site + '/x')}"
    signed_in(ada).post(where, question(), headers={"Frontdesk-Chat": "box"})
    chat = Chat.objects.get()
    assert (chat.site, chat.page) == ("", "")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{SITE}/setup?token=x", f"{SITE}/setup"),
        (f"{SITE}.evil.example/setup", SITE),
        (f"{SITE}@evil.example/setup", SITE),
        ("javascript:alert(1)", SITE),
        ("http://[", SITE),
        ("", SITE),
    ],
)
def test_of_a_site_only_its_own_pages_are(address: str, page: str) -> None:
    assert telling.told(address, SITE) == page


def test_what_was_kept_before_goes_out(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    rows = Chat.objects.filter(pk=chat.pk)
    secret = [place for place in places() if LETS_IN.search(" ".join(words(place)))]
    # What is under these never had the button, nor an address that could be kept.
    never = ("/sandbox/", "/desk/", "/demo/", "/backoffice/")
    secret = [place for place in secret if not place.path.startswith(never)]
    gone = [place.path for place in secret] + ["/\\evil.example", "//evil.example", "javascript:alert(1)"]
    kept = [
        "/",
        "/help/articles/a/",
        "/account/security/",
        "/conversations/",
        f"/conversations/{uuid4()}/",
        "/declarations/",
    ]
    assert len(gone) > 20
    for page in gone + kept:
        rows.update(page=page)
        TAKE_OUT.take_out(apps, connection.schema_editor())
        assert rows.get().page == ("" if page in gone else page)
    rows.update(site=SITE, page=f"{SITE}/setup")
    TAKE_OUT.take_out(apps, connection.schema_editor())
    assert rows.get().page == f"{SITE}/setup"
