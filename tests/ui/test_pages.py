"""The component page, the brand's stylesheet and mark, and the error pages come out right."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django.fixtures import Settings


def test_the_component_page_is_open_in_the_demo(client: Client, db: None) -> None:
    page = client.get(reverse("ui:showcase"))
    assert page.status_code == 200
    assert b"<style" not in page.content
    assert b" style=" not in page.content
    assert not re.search(rb"<script(?![^>]*\bsrc=)", page.content)


def test_the_component_page_is_hidden_outside_the_demo(client: Client, db: None, settings: Settings) -> None:
    settings.FRONTDESK_DEMO = False
    page = client.get(reverse("ui:showcase"))
    assert page.status_code == 404
    assert "There is nothing at this address" in page.content.decode()


def test_sign_in_is_at_the_top_of_a_public_page_and_leads_back(client: Client, db: None) -> None:
    page = client.get(reverse("ui:showcase")).content.decode()
    header = page[page.index("<header") : page.index("</header>")]
    assert "/account/login/?next=%2Fui%2F" in header


def test_the_brand_sets_three_properties(client: Client, settings: Settings) -> None:
    settings.FRONTDESK_BRAND = {"name": "Halcyon", "hue": 30, "chroma": "0.1", "radius": 4}
    css = client.get(reverse("ui:brand_css"))
    assert css["Content-Type"].startswith("text/css")
    assert "--brand-hue: 30.0; --brand-chroma: 0.1; --radius: 4.0px" in css.content.decode()


def test_impossible_brand_values_fall_back(client: Client, settings: Settings) -> None:
    settings.FRONTDESK_BRAND = {"hue": "red; } body { display: none", "chroma": 9, "radius": -3}
    css = client.get(reverse("ui:brand_css")).content.decode()
    assert "--brand-hue: 222; --brand-chroma: 0.16; --radius: 0px" in css


def test_the_mark_shows_the_vendors_initial(client: Client, settings: Settings) -> None:
    settings.FRONTDESK_BRAND = {"name": "<Halcyon>"}
    svg = client.get(reverse("ui:mark")).content.decode()
    assert "&lt;</text>" in svg


@pytest.mark.parametrize(
    "template",
    [
        "400.html",
        "403.html",
        "404.html",
        "403_cookies.html",
        "403_csrf.html",
        "403_foreign.html",
        "500.html",
        "503.html",
    ],
)
def test_an_error_page_explains_and_says_what_to_do(template: str, rf: RequestFactory) -> None:
    page = render_to_string(template)
    assert "What you can do" in page
    assert "<h1>" in page
    assert 'href="' in page[page.index("<h1>") :]


def test_the_mail_layout_comes_as_text_and_html() -> None:
    context = {"action_url": "https://desk.example/x/?a=1&b=2", "action_label": "Confirm", "reference": "M-1"}
    text = render_to_string("ui/base_mail.txt", context)
    assert "https://desk.example/x/?a=1&b=2" in text
    assert "Reference: M-1" in text
    html = render_to_string("ui/base_mail.html", context)
    assert 'href="https://desk.example/x/?a=1&amp;b=2"' in html
