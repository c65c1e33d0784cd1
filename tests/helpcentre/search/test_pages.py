"""The search's page and the options below the field."""

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from frontdesk.core.throttle import Limit
from frontdesk.support.helpcentre.search import asking, indexing
from tests.helpcentre.search.collection import findable
from tests.people import staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("collection")]


def page(client: Client, query: str, **headers: str) -> str:
    reply = client.get("/help/search/", {"q": query}, headers=headers)
    assert reply.status_code == 200
    return reply.content.decode()


def test_the_page(client: Client) -> None:
    assert 'href="/help/articles/refunds/"' in page(client, "mony back")
    assert 'href="/help/articles/rechnung/"' in page(client, "Rechnungen", **{"accept-language": "de"})
    assert client.get("/help/search/?q=Rechnungen&language=de").content.decode().count('<html lang="de"') == 1


def test_without_a_question_or_an_answer(client: Client) -> None:
    assert "hits" not in page(client, "")
    assert "We found nothing for that" in page(client, "qqqqqqqq")


def test_options_alone(client: Client) -> None:
    html = page(client, "refu", **{"x-part": "options"})
    assert html.count('role="option"') >= 2
    assert "<html" not in html
    assert 'role="option"' not in page(client, "qqqqqqqq", **{"x-part": "options"})


def test_strangers_and_staff_find_the_same_here(client: Client) -> None:
    indexing.put(findable("internal", title="Zebra handbook", is_public=False))
    staff = staff_browser(Role.MANAGER, "mona@halcyon.example")
    assert "Zebra handbook" not in page(client, "zebra") + page(staff, "zebra")


@pytest.mark.parametrize("query", ["\x00", "<script>alert(1)</script>", "%' or 1=1", "a" * 10_000, "😀", "  "])
def test_no_query_fails(client: Client, query: str) -> None:
    html = page(client, query) + page(client, query, **{"x-part": "options"})
    assert "<script>alert" not in html


def test_a_flood_is_told_to_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "SEARCHES", Limit("help-search", 1, 60))
    page(client, "seat")
    assert client.get("/help/search/?q=seat").status_code == 429


def test_every_public_page_has_the_field(client: Client) -> None:
    html = client.get("/help/articles/").content.decode()
    assert 'action="/help/search/"' in html
    assert 'id="top-search"' in html
