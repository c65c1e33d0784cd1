"""Activate: the field, the way through sign-in, the preview, the confirmation, and every refusal told apart."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frontdesk.accounts.models import Session
from frontdesk.catalog.models import Price
from frontdesk.licensing import batches, codes, seats
from frontdesk.licensing.models import Code, License
from tests.people import PASSWORD, customer, signed_in
from tests.support import desk
from tests.support.shop import device, new_code, plan_version

pytestmark = pytest.mark.django_db
CHECK = "/activate/check/"


def enter(browser: Client, text: str) -> str:
    """Enter a code and follow to the next page."""
    response = browser.post("/activate/", {"code": text}, follow=True)
    return response.content.decode()


def test_the_wrong_group_is_named_in_words(client: Client) -> None:
    code = new_code(desk.plan()).text
    wrong = code[:12] + ("0" if code[12] != "0" else "1") + code[13:]
    response = client.post("/activate/", {"code": wrong})
    assert response.status_code == 422
    assert "There is a typo in the third group." in response.content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Enter the code from your card or mail."),
        ("7K2QX", "There is no complete code in this."),
        ("AAAAA-AAAAA-AAAAA-AAAAA", "None of the four groups is right."),
        ("x" * 5000, "That is more than we can look through."),
        ("\0" * 20, "Null characters are not allowed."),
    ],
)
def test_what_is_no_code_is_told_what_is_missing(client: Client, text: str, said: str) -> None:
    response = client.post("/activate/", {"code": text})
    assert response.status_code == 422
    assert said in response.content.decode()


def test_two_wrong_groups_are_both_named(client: Client) -> None:
    code = new_code(desk.plan()).text
    flip = {True: "1", False: "0"}
    wrong = flip[code[0] == "0"] + code[1:6] + flip[code[6] == "0"] + code[7:]
    assert "typos in the first and second group" in client.post("/activate/", {"code": wrong}).content.decode()


def test_a_visitor_learns_both_ways_and_nothing_about_the_code(client: Client) -> None:
    good = new_code(desk.plan())
    page = enter(client, f"Dear Ada, your code is {good.text.lower()} - have fun!")
    assert "<h1>The code reads well</h1>" in page
    assert "/account/login/?next=/activate/check/" in page
    assert "/account/signup/?next=/activate/check/" in page
    assert good.text not in page
    assert good.tail in page
    assert "<h1>The code reads well</h1>" in enter(client, codes.generate().text)


def test_the_code_stands_in_no_address_and_not_in_clear_in_the_database(client: Client) -> None:
    code = new_code(desk.plan())
    response = client.post("/activate/", {"code": code.text})
    assert response["Location"] == CHECK
    sealed = b"".join(bytes(row.sealed_data) for row in Session.objects.all())
    assert sealed
    assert code.text.encode() not in sealed


def test_a_visitors_code_comes_along_through_sign_in() -> None:
    person, browser, code = customer(), Client(), new_code(desk.plan())
    enter(browser, code.text)
    response = browser.post(
        f"/account/login/?next={CHECK}", {"login": person.email, "password": PASSWORD, "next": CHECK}
    )
    assert response["Location"] == CHECK
    assert f'<strong class="code-text">{code.tail}</strong> is good' in browser.get(CHECK).content.decode()


def test_home_reminds_of_a_code_that_waits() -> None:
    browser, code = signed_in(customer()), new_code(desk.plan())
    enter(browser, code.text)
    assert f"Your code ending in {code.tail} is waiting" in browser.get("/home/").content.decode()


def test_a_new_code_becomes_a_licence_once_however_often_the_button_is_pressed() -> None:
    person = customer()
    browser, code = signed_in(person), new_code(desk.plan())
    assert "3 devices, until" in enter(browser, code.text)
    assert License.objects.count() == 0
    first = browser.post(CHECK, {"onto": "new"})
    license = License.objects.get(owner=person)
    assert first["Location"] == f"/activate/done/{license.pk}/"
    assert browser.post(CHECK, {"onto": "new"})["Location"] == first["Location"]
    assert License.objects.count() == 1
    page = browser.get(first["Location"]).content.decode()
    assert "What to do next" in page
    assert "/products/halcyon-shield/downloads/" in page
    assert browser.get(CHECK)["Location"] == "/activate/"


def test_a_second_code_extends_as_previewed() -> None:
    person = customer()
    license, _code = desk.licensed(person)
    before = license.expires_at
    browser, second = signed_in(person), new_code(desk.plan())
    page = enter(browser, second.text)
    assert "More time for your Halcyon Shield Plus" in page
    browser.post(CHECK, {"onto": str(license.pk)})
    license.refresh_from_db()
    assert (license.expires_at - before).days == 365
    assert f"{license.expires_at:%B %Y}" in page


def test_a_code_of_another_plan_explains_what_it_counts_for() -> None:
    person = customer()
    desk.licensed(person, desk.plan("premium-5", "Premium", devices=5, minor=6000))
    page = enter(signed_in(person), new_code(desk.plan("plus-3", "Plus", minor=3000)).text)
    assert (
        "The code was sold as 365 days of Plus. By its value a day, that is 182 days and 12 hours of Premium." in page
    )


def test_a_code_on_a_licence_with_more_devices_explains_what_it_counts_for() -> None:
    person, plan = customer(), plan_version()
    Price.objects.create(plan_version=plan, currency="EUR", minor=3000, device_minor=1500)
    license, _code = desk.licensed(person, plan)
    License.objects.filter(pk=license.pk).update(added_devices=2)
    page = enter(signed_in(person), new_code(plan).text)
    assert "By its value a day, that is 182 days and 12 hours of Plus with 2 more devices." in page


def test_plans_without_a_price_to_compare_by_are_not_offered_to_extend() -> None:
    person = customer()
    desk.licensed(person, plan_version(device_limit=7))
    page = enter(signed_in(person), new_code(desk.plan()).text)
    assert "More time for your" not in page
    assert "3 devices, until" in page


def test_a_code_that_a_device_redeemed_is_claimed() -> None:
    code = new_code(desk.plan())
    seats.take(actor=desk.SYSTEM, device=device(), code=code, product="halcyon-shield")
    person = customer()
    browser = signed_in(person)
    page = enter(browser, code.text)
    assert "Put this licence on your account" in page
    assert "1 of 3 devices used" in page
    browser.post(CHECK)
    assert License.objects.get().owner == person


def test_ones_own_code_leads_to_its_licence() -> None:
    person = customer()
    license, code = desk.licensed(person)
    page = enter(signed_in(person), code.text)
    assert "This code is yours already" in page
    assert f"/licenses/{license.pk}/" in page


def test_refusals_are_told_apart_to_whoever_has_the_code() -> None:
    ada, eve = customer(), customer("eve@example.org", "Eve")
    _license, claimed = desk.licensed(ada)
    blocked = new_code(desk.plan())
    batches.void_codes(actor=desk.SYSTEM, codes=Code.objects.filter(hash=codes.digest(blocked)), reason="test")
    browser = signed_in(eve)
    assert "This code is already in another account" in enter(browser, claimed.text)
    assert "This code has been blocked" in enter(browser, blocked.text)
    page = enter(browser, codes.generate().text)
    assert "We do not know this code" in page
    assert "/help/r/code_unknown" in page
    assert "ada@example.org" not in page


def test_a_licence_of_somebody_else_cannot_be_extended() -> None:
    license, _code = desk.licensed(customer())
    browser = signed_in(customer("eve@example.org", "Eve"))
    enter(browser, new_code(desk.plan()).text)
    for chosen in (str(license.pk), "nonsense"):
        enter(browser, new_code(desk.plan()).text)
        assert browser.post(CHECK, {"onto": chosen}).status_code == 404


def test_guessing_is_slowed_down_but_a_good_code_is_served() -> None:
    browser = signed_in(customer())
    pages = [browser.post("/activate/", {"code": codes.generate().text}, follow=True) for _ in range(25)]
    assert [page.status_code for page in pages][:1] == [404]
    assert pages[-1].status_code == 429
    assert "3 devices, until" in enter(browser, new_code(desk.plan()).text)


def test_the_done_page_is_the_owners_alone() -> None:
    license, _code = desk.licensed(customer())
    address = f"/activate/done/{license.pk}/"
    assert signed_in(customer("eve@example.org", "Eve")).get(address).status_code == 404
    assert Client().get(address)["Location"].startswith("/account/login/")


def test_the_preview_needs_few_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    person = customer()
    for number in range(6):
        desk.licensed(person, desk.plan(f"plan-{number}", f"Plan {number}", minor=1000 + number))
    browser = signed_in(person)
    browser.post("/activate/", {"code": new_code(desk.plan()).text})
    with django_assert_max_num_queries(15):
        page = browser.get(CHECK)
    assert len(re.findall(r'name="onto"', page.content.decode())) == 5
