"""Clock, money, reasons, encryption, signatures."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from frontdesk.core import clock, encryption, reasons, signing
from frontdesk.core.actors import Actor
from frontdesk.core.errors import ClockTravelRefused, RequestInvalid
from frontdesk.core.money import Money, parse


@pytest.mark.django_db
def test_only_a_demo_travels_and_only_forward(settings: Settings) -> None:
    before = clock.now()
    clock.travel(timedelta(days=30))
    assert timedelta(days=30) <= clock.now() - before < timedelta(days=30, seconds=5)
    assert clock.real_now() - before < timedelta(seconds=5)
    with pytest.raises(ClockTravelRefused):
        clock.travel(timedelta(days=-1))
    settings.FRONTDESK_DEMO = False
    with pytest.raises(ClockTravelRefused):
        clock.travel(timedelta(days=1))
    assert clock.offset() == timedelta()


@pytest.fixture(autouse=True)
def forget_travels() -> None:
    """The clock remembers its offset for a second; the next test has a fresh database."""
    clock.forget()


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("39.95", "EUR", 3995), (" 39,9 ", "EUR", 3990), ("40", "EUR", 4000), ("500", "JPY", 500), ("1.234", "KWD", 1234)],
)
def test_amounts_are_read_as_people_write_them(text: str, currency: str, minor: int) -> None:
    assert parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("39.955", "EUR"), ("5.5", "JPY"), ("-1", "EUR"), ("1.000,00", "EUR"), ("", "EUR"), ("x", "EUR")],
)
def test_what_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        parse(text, currency)


@pytest.mark.parametrize(("money", "text"), [(Money(3995, "EUR"), "€39.95"), (Money(500, "JPY"), "¥500")])
def test_money_is_shown_by_its_currencys_decimals(money: Money, text: str) -> None:
    assert str(money) == text


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        reasons.declare(code="request_invalid", status=422, title="", detail="", remedy="")
    with pytest.raises(ValueError, match="not a reason"):
        reasons.declare(code="Not Good", status=422, title="", detail="", remedy="")


def test_a_problem_document_names_code_remedy_and_help() -> None:
    problem = RequestInvalid(field="device.name").problem("https://desk.example")
    assert problem["code"] == "request_invalid"
    assert problem["field"] == "device.name"
    assert problem["type"] == problem["help_url"] == "https://desk.example/help/r/request_invalid"


def test_staff_must_say_why() -> None:
    with pytest.raises(ValueError, match="reason"):
        Actor.staff(uuid4(), "  ")


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_sealed_values_open_only_in_their_place(plain: bytes, context: bytes) -> None:
    sealed = encryption.seal(plain, purpose="test", context=context)
    assert encryption.unseal(sealed, purpose="test", context=context) == plain
    for changed in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:]):
        with pytest.raises(encryption.NotOurs):
            encryption.unseal(changed, purpose="test", context=context)
    with pytest.raises(encryption.NotOurs):
        encryption.unseal(sealed, purpose="other", context=context)


@pytest.mark.django_db
def test_a_key_set_is_signed_by_the_root_and_rotation_keeps_the_old_key_trusted() -> None:
    pem, root_text = signing.new_root()
    root = signing.load_root(pem)
    first = signing.rotate(root=root)
    old = signing.signer("lease")
    second = signing.rotate(root=root)
    assert second.serial == first.serial + 1
    assert signing.trust_root() == root_text
    published = signing.key_set()
    content = signing.verify_jws(published["signature"], signing.public_bytes(root.key), typ="frontdesk-keys+jwt")
    assert content == {"keys": published["keys"], "serial": 2}
    kids = [key["kid"] for key in published["keys"]]
    assert old.kid in kids
    assert signing.signer("lease").kid in kids
    assert signing.signer("lease").kid != old.kid


@pytest.mark.django_db
def test_another_root_is_refused() -> None:
    signing.rotate(root=signing.load_root(signing.new_root()[0]))
    with pytest.raises(signing.WrongRoot):
        signing.rotate(root=signing.load_root(signing.new_root()[0]))
    with pytest.raises(signing.WrongRoot):
        signing.load_root(b"nonsense")
