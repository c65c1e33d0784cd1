"""One-time codes: single use, ten minutes, for the session that asked, and never more guesses than allowed."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMultiAlternatives
from django.db import connection, connections
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils import crypto, timezone
from psycopg import sql

from frontdesk.accounts import codes
from frontdesk.accounts.codes import Outcome
from frontdesk.accounts.models import Channel, OneTimeCode, Person, Purpose
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.sessions import SessionStore
from frontdesk.core import outbox
from frontdesk.core.actors import Actor
from frontdesk.core.errors import TooManyAttempts

Delivered = Callable[[], list[EmailMultiAlternatives]]
STEP, MAIL, SMS = Purpose.SECOND_STEP, Channel.MAIL, Channel.SMS


def a_request(session: SessionStore | None = None) -> HttpRequest:
    """A request of a browser of its own, or of the one with this session."""
    request = RequestFactory().get("/")
    request.session = session or SessionStore()
    request.user = AnonymousUser()
    return request


def code_in(delivered: Delivered) -> str:
    """The code in the newest mail."""
    found = codes.read(str(delivered()[-1].body))
    assert found
    return found


def forget_throttles() -> None:
    """As if the windows had passed: what stands then is the code's own bound."""
    with connection.cursor() as cursor:
        cursor.execute("delete from core_throttlecounter")


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**codes.DIGITS:08}"


@pytest.mark.django_db
def test_a_mailed_code_is_good_once(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    assert codes.check(request, purpose=STEP, text=typed, person=ada) == ada
    assert codes.try_code(request, purpose=STEP, text=typed).outcome == Outcome.OVER


@pytest.mark.django_db
@pytest.mark.parametrize(
    "shape", ["{0} {1}", "{0}-{1}", " {0}{1}\n", "{0}\u00a0{1}", "Your code: {0} {1}.", "{0}\u200b{1}"]
)
def test_a_pasted_code_is_read(ada: Person, delivered: Delivered, shape: str) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    assert codes.check(request, purpose=STEP, text=shape.format(typed[:4], typed[4:])) == ada


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("12 34 56 78", "12345678"),
        ("１２３４５６７８", "12345678"),
        ("١٢٣٤٥٦٧٨", "12345678"),
        ("Halcyon: 1234 5678 is your code.\n\n@desk.example #12345678", "12345678"),
        ("1234 567", ""),
        ("1234 56789", ""),
        ("1234 5678 or 8765 4321", ""),
        ("", ""),
        ("not a code", ""),
        ("²²²²²²²²", "22222222"),
    ],
)
def test_reading(typed: str, digits: str) -> None:
    assert codes.read(typed) == digits


@pytest.mark.django_db
def test_what_cannot_be_a_code_costs_no_guess(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    for text in ("", "123", "x" * 100_000):
        assert codes.try_code(request, purpose=STEP, text=text).outcome == Outcome.UNREADABLE
    assert OneTimeCode.objects.get().guesses == 0
    assert codes.check(request, purpose=STEP, text=code_in(delivered)) == ada


@pytest.mark.django_db
def test_an_old_code_is_worth_nothing(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    kept = codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    assert kept.expires_at - kept.created_at == timedelta(minutes=10)
    OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert codes.try_code(request, purpose=STEP, text=code_in(delivered)).outcome == Outcome.OVER
    assert OneTimeCode.objects.get().guesses == 0


@pytest.mark.django_db
def test_a_code_is_for_its_session_purpose_and_person(ada: Person, delivered: Delivered) -> None:
    asked = a_request()
    codes.send(asked, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    eve = add_person(actor=Actor.system(), email="eve@example.org")
    stolen = a_request()
    stolen.session[codes.SLOT] = dict(asked.session[codes.SLOT])  # even whoever knows the row's id has not the session
    assert codes.try_code(stolen, purpose=STEP, text=typed).outcome == Outcome.OVER
    assert codes.try_code(asked, purpose=Purpose.SIGN_IN, text=typed).outcome == Outcome.OVER
    assert codes.try_code(asked, purpose=STEP, text=typed, person=eve).outcome == Outcome.OVER
    assert OneTimeCode.objects.get().guesses == 0
    assert codes.check(asked, purpose=STEP, text=typed, person=ada) == ada


@pytest.mark.django_db
def test_a_closed_account_is_not_entered(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    Person.objects.update(is_active=False)
    assert codes.check(request, purpose=STEP, text=code_in(delivered)) is None


@pytest.mark.django_db
def test_a_code_that_went_to_a_former_address_is_worth_nothing(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=Purpose.SIGN_IN, channel=MAIL)
    typed = code_in(delivered)
    Person.objects.update(email="ada@elsewhere.example")
    assert codes.check(request, purpose=Purpose.SIGN_IN, text=typed) is None


@pytest.mark.django_db
def test_five_guesses_and_the_right_one_comes_too_late(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    for _ in range(codes.GUESSES):
        assert codes.try_code(request, purpose=STEP, text=other_than(typed)).outcome == Outcome.WRONG
    forget_throttles()
    assert codes.try_code(request, purpose=STEP, text=typed).outcome == Outcome.OVER
    assert codes.current(request, purpose=STEP) is None


@pytest.mark.django_db
def test_a_new_code_replaces_the_old_one_and_haste_sends_no_second(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    first = codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    assert codes.send(request, person=ada, purpose=STEP, channel=MAIL) == first
    old = code_in(delivered)
    OneTimeCode.objects.update(created_at=timezone.now() - codes.RESEND_AFTER)
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    new = code_in(delivered)
    assert codes.try_code(request, purpose=STEP, text=old).outcome == Outcome.WRONG
    assert codes.check(request, purpose=STEP, text=new) == ada


@pytest.mark.django_db
def test_codes_for_one_address_are_few(ada: Person) -> None:
    for _ in range(5):
        codes.send(a_request(), person=ada, purpose=Purpose.SIGN_IN, channel=MAIL)
    with pytest.raises(TooManyAttempts):
        codes.send(a_request(), person=ada, purpose=Purpose.SIGN_IN, channel=MAIL)
    assert OneTimeCode.objects.count() == 5
    known = a_request()
    known.user = ada
    codes.send(known, person=ada, purpose=Purpose.SIGN_IN, channel=MAIL)  # the owner's own browser is counted apart


@pytest.mark.django_db
def test_a_code_by_sms_names_the_vendor_and_is_bound_to_our_address(ada: Person) -> None:
    Person.objects.update(phone="+491713920012")
    ada.refresh_from_db()
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=SMS)
    assert outbox.deliver_due() == 1
    (file,) = Path(settings.SMS_FOLDER).glob("*.sms")
    sent = json.loads(file.read_text())
    file.unlink()
    typed = codes.read(sent["text"])
    assert sent["to"] == "+491713920012"
    assert sent["text"].startswith(f"Halcyon: {codes.grouped(typed)}")
    assert sent["text"].splitlines()[-1] == f"@localhost #{typed}"
    assert len(sent["text"]) <= 160
    assert codes.check(request, purpose=STEP, text=sent["text"], person=ada) == ada


@pytest.mark.django_db
def test_no_code_lies_in_clear(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    request.session.save()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            query = sql.SQL("select count(*) from {} as t where t::text ~ %s").format(sql.Identifier(table))
            cursor.execute(query, [f"{typed[:4]} ?{typed[4:]}"])
            assert cursor.fetchone() == (0,), table


@pytest.mark.django_db(transaction=True)
def test_fifty_clients_at_once_get_no_more_guesses_than_one(
    ada: Person, delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    request.session.save()
    compared: list[str] = []
    compare = crypto.constant_time_compare

    def counted(first: str, second: str) -> bool:
        compared.append(second)
        return compare(first, second)

    monkeypatch.setattr(codes, "constant_time_compare", counted)
    outcomes = _in_parallel(request.session.session_key or "", [f"{(int(typed) + n) % 10**8:08}" for n in range(1, 51)])
    assert outcomes.count(Outcome.WRONG) == codes.GUESSES
    assert outcomes.count(Outcome.OVER) == 50 - codes.GUESSES
    assert len(compared) == codes.GUESSES


@pytest.mark.django_db(transaction=True)
def test_the_right_code_from_fifty_clients_at_once_is_taken_once(ada: Person, delivered: Delivered) -> None:
    request = a_request()
    codes.send(request, person=ada, purpose=STEP, channel=MAIL)
    typed = code_in(delivered)
    request.session.save()
    outcomes = _in_parallel(request.session.session_key or "", [typed] * 50)
    assert outcomes.count(Outcome.RIGHT) == 1
    assert outcomes.count(Outcome.OVER) == 49


def _in_parallel(session_key: str, guesses: list[str]) -> list[Outcome]:
    def guess(text: str) -> Outcome:
        try:
            return codes.try_code(a_request(SessionStore(session_key)), purpose=STEP, text=text).outcome
        except TooManyAttempts:
            return Outcome.OVER
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as pool:
        return list(pool.map(guess, guesses))


@pytest.mark.django_db
def test_old_codes_are_forgotten(ada: Person) -> None:
    codes.send(a_request(), person=ada, purpose=STEP, channel=MAIL)
    assert codes.forget_old() == 0
    OneTimeCode.objects.update(expires_at=timezone.now() - timedelta(days=1, seconds=1))
    assert codes.forget_old() == 1
