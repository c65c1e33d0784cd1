"""The chat on other sites: who may frame it, how it gets along without cookies, and what the script weighs."""

import gzip
import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.catalog.errors import DownloadExpired
from frontdesk.core import clock
from frontdesk.support.chat import settings
from frontdesk.support.chat.models import Chat
from frontdesk.support.tickets import files
from tests.people import signed_in, staff_browser
from tests.portal.chat.test_beginning import as_guest, hidden
from tests.portal.chat.test_room import PNG
from tests.support import chats, desk
from tests.support.mailbox import secret_sent_to

pytestmark = pytest.mark.django_db
SITE = "https://docs.halcyon.example"
BOX = {"Frontdesk-Chat": "box"}
SECRET = "Frontdesk-Chat-Secret"


@pytest.fixture
def site(db: None) -> str:
    """A site that the settings name."""
    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=(SITE, "https://www.halcyon.example")))
    return SITE


def directive(policy: str, name: str) -> list[str]:
    """What a policy says of one thing."""
    return next((part.split()[1:] for part in policy.split(";") if part.split()[:1] == [name]), [])


def test_the_sites_of_the_settings_may_frame_it_and_nobody_else(site: str) -> None:
    answer = Client().get(f"/chat/box/?site={site}&language=de")
    policy = answer["Content-Security-Policy"]
    assert directive(policy, "frame-ancestors") == [SITE, "https://www.halcyon.example"]
    assert directive(policy, "script-src") == ["'self'"]
    assert "X-Frame-Options" not in answer
    assert f'data-chat-box="{site}"' in answer.content.decode()
    assert 'lang="de"' in answer.content.decode()


def test_the_frame_can_lead_to_a_window_of_its_own(site: str) -> None:
    """For browsers that keep nothing in it; the address carries what the chat is about, and nothing that lets in."""
    page = unescape(Client().get(f"/chat/box/?site={site}&from={site}/x&article=lost&language=de").content.decode())
    (line,) = re.findall(r"<p [^>]*data-chat-forgets hidden>.*</p>", page)
    assert 'href="/chat/?article=lost" target="_blank" rel="noopener"' in line
    assert "Den Chat in einem eigenen Fenster öffnen" in line


@pytest.mark.parametrize("site", ["", "https://evil.example", "https://docs.halcyon.example.evil.example"])
def test_other_sites_get_nothing(site: str) -> None:
    settings.save(actor=desk.SYSTEM, wanted=settings.Wanted(sites=(SITE,)))
    assert Client().get(f"/chat/box/?site={site}").status_code == 404


def test_our_own_pages_are_framed_by_nobody(site: str) -> None:
    answer = Client().get("/chat/")
    assert directive(answer["Content-Security-Policy"], "frame-ancestors") == ["'none'"]
    assert answer["X-Frame-Options"] == "DENY"


def test_a_guest_chats_without_any_cookie(site: str, kim: Person) -> None:
    where = f"/chat/?site={site}&from={site}/setup?token=x"
    page = Client(enforce_csrf_checks=True).post(where, as_guest(), headers=BOX).content.decode()
    code = secret_sent_to("grace@example.org")
    begun = Client(enforce_csrf_checks=True).post(where, {**hidden(page), "code": code}, headers=BOX)
    assert not any(name.endswith("chat") or name == "chat_on" for name in begun.cookies)
    chat = Chat.objects.get()
    assert (chat.site, chat.page) == (site, f"{site}/setup")
    shown = {**BOX, SECRET: begun[SECRET]}
    said = {"text": "Hello?", "client_id": str(uuid4())}
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(f"/chat/c/{chat.pk}/say/", said, headers=BOX).status_code == 404
    assert stranger.post(f"/chat/c/{chat.pk}/say/", said, headers=shown).status_code == 200
    assert "Hello?" in stranger.get(f"/chat/c/{chat.pk}/news/?after=1", headers=shown).json()["lines"]


def test_without_our_header_the_token_is_asked_for(ada: Person, kim: Person) -> None:
    chat = chats.begin(ada)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada)
    said = {"text": "Hello?", "client_id": str(uuid4())}
    assert browser.post(f"/chat/c/{chat.pk}/say/", said).status_code == 403
    assert browser.post(f"/chat/c/{chat.pk}/say/", said, headers={"Frontdesk-Chat": "piece"}).status_code == 403
    assert browser.post(f"/chat/c/{chat.pk}/say/", said, headers=BOX).status_code == 200


@pytest.mark.parametrize("foreign", [{"Origin": SITE}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_the_header_of_another_origin_opens_nothing(ada: Person, kim: Person, foreign: dict[str, str]) -> None:
    chat = chats.begin(ada)
    browser = Client()
    browser.force_login(ada)
    said = {"text": "Hello?", "client_id": str(uuid4())}
    assert browser.post(f"/chat/c/{chat.pk}/say/", said, headers={**BOX, **foreign}).status_code == 404


def test_the_script_is_small_and_needs_no_leave(site: str) -> None:
    answer = Client().get("/chat/embed.js")
    source = answer.content.decode()
    assert answer["Content-Type"].startswith("text/javascript")
    assert len(gzip.compress(answer.content)) < 15_000
    assert "public" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    assert "%CHAT%" not in source
    assert "Den Chat verkleinern" in source
    assert not re.search(r"\beval\b|innerHTML|new Function|setAttribute\(\"style\"|\"\*\"", source)


def test_the_settings_show_what_the_other_site_needs(db: None) -> None:
    page = unescape(staff_browser(Role.MANAGER, "maud@halcyon.example").get("/desk/chats/settings/").content.decode())
    ours = project.FRONTDESK_URL
    assert f'<script src="{ours}/chat/embed.js" async></script>' in page
    assert f"script-src {ours}; frame-src {ours}" in page


def test_what_was_typed_comes_along_to_the_form(site: str) -> None:
    """Nobody is there: the frame leads to the form in a window of its own, without cookie or token."""
    page = Client(enforce_csrf_checks=True).post(f"/chat/?site={site}", as_guest(), headers=BOX).content.decode()
    assert "What you have written comes along." in page
    assert 'action="/contact/"' in page
    brought = {"text": as_guest()["text"], "email": "grace@example.org", **hidden(page)}
    form = Client(enforce_csrf_checks=True).post("/contact/", brought, headers={"Origin": "http://testserver"})
    assert form.status_code == 200
    assert as_guest()["text"] in form.content.decode()
    assert "grace@example.org" in form.content.decode()
    assert "csrf" in form.cookies  # with which it can be sent


def test_files_in_the_frame_can_be_opened_as_long_as_one_chats(
    site: str, ada: Person, kim: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are fetched without our header, by an address that was made when they were said."""
    chat, browser = chats.begin(ada), signed_in(ada)
    form = {"text": "See", "client_id": str(uuid4()), "files": [SimpleUploadedFile("a.png", PNG)]}
    browser.post(f"/chat/c/{chat.pk}/say/", form)
    page = browser.get(f"/chat/c/{chat.pk}/piece/", headers=BOX).content.decode()
    (token, name) = re.findall(rf'href="{files.PREFIX}([^/]+)/([^"]+)"', page)[0]
    began = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(hours=3))
    assert files.locate(token, name).is_shown
    monkeypatch.setattr(clock, "real_now", lambda: began + timedelta(hours=13))
    with pytest.raises(DownloadExpired):
        files.locate(token, name)


def test_in_the_frame_no_other_page_takes_the_sites_place(site: str, ada: Person, kim: Person) -> None:
    chat, browser = chats.begin(ada), signed_in(ada)
    chats.answers(kim, chat)
    over = browser.post(f"/chat/c/{chat.pk}/end/", headers=BOX).content.decode()
    assert f'href="/conversations/{chat.pk}/" target="_blank"' in over
    assert "_top" not in over
