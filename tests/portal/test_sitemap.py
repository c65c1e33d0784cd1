"""What search engines are told."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.support.helpcentre import articles
from tests.support import desk
from tests.support.articles import SYSTEM, category, draft, published, writing

pytestmark = pytest.mark.django_db
SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def listed(client: Client) -> dict[str, Any]:
    answer = client.get("/sitemap.xml")
    assert answer["Content-Type"] == "application/xml"
    root = ET.fromstring(answer.content)  # noqa: S314 - our own
    return {str(url.findtext("s:loc", namespaces=SPACE)): url for url in root.findall("s:url", SPACE)}


def test_every_public_page_in_every_language_stands_in_the_sitemap(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    desk.shield()
    shown = published(category=category())
    published(language="de", said=writing("Passwort & mehr"))
    draft("secret")
    published("only-english")
    with django_assert_max_num_queries(8):
        found = listed(client)
    paths = {address.removeprefix("http://localhost:8000") for address in found}
    assert {"/", "/help/", "/products/halcyon-shield/", "/help/account/", "/help/r/code_unknown"} <= paths
    assert {path for path in paths if "articles" in path} == {
        "/help/articles/lost-password/?language=de", "/help/articles/lost-password/?language=en",
        "/help/articles/only-english/?language=en",
    }  # fmt: skip
    german = found["http://localhost:8000/help/articles/lost-password/?language=de"]
    others = {link.get("hreflang"): link.get("href") for link in german.findall("x:link", SPACE)}
    assert others["en"] == "http://localhost:8000/help/articles/lost-password/?language=en"
    assert german.findtext("s:lastmod", namespaces=SPACE)
    articles.unpublish(actor=SYSTEM, translation=shown)
    assert "http://localhost:8000/help/articles/lost-password/?language=en" not in listed(client)


def test_every_address_in_it_answers(client: Client) -> None:
    published(category=category())
    for address in listed(client):
        assert client.get(address.removeprefix("http://localhost:8000")).status_code == 200, address


def test_robots_are_led_to_it_and_away_from_what_is_private(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert "Sitemap: http://localhost:8000/sitemap.xml" in lines
    assert {"Disallow: /desk/", "Disallow: /account/", "Disallow: /help/search/"} <= set(lines)
    assert not any(
        "/help/articles/".startswith(line.removeprefix("Disallow: ")) for line in lines if "Disallow" in line
    )
