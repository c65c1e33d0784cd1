"""Changing the e-mail address: who must confirm, who is told, and the way back."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pyotp
import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.models import AddressChange, Person, Session
from frontdesk.accounts.services import addresses, securing
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from tests.accounts.conftest import PASSWORD, link_in
from tests.people import customer, signed_in
from tests.support.races import at_once

pytestmark = pytest.mark.django_db
Delivered = Callable[[], list[EmailMultiAlternatives]]
SignIn = Callable[..., Client]
OLD, NEW = "ada@example.org", "new@example.org"


def asked(client: Client, delivered: Delivered, email: str = NEW) -> dict[str, EmailMultiAlternatives]:
    delivered()
    response = client.post("/account/email/", {"email": email})
    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == "/account/email/"
    return {mail.to[0]: mail for mail in delivered()}


def changed(client: Client, delivered: Delivered, email: str = NEW) -> dict[str, EmailMultiAlternatives]:
    """Ask and confirm from both; the mails that follow."""
    for mail in asked(client, delivered, email).values():
        assert Client().post(link_in(mail)).status_code == 200
    return {mail.to[0]: mail for mail in delivered()}


def with_authenticator(person: Person) -> Client:
    secret = enrol_authenticator(actor=Actor.system(), person=person)
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert client.post("/account/2fa/authenticate/", {"code": pyotp.TOTP(secret).now()}).status_code == 302
    return client


def test_without_a_second_factor_both_confirm(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    mails = asked(client, delivered)
    assert set(mails) == {OLD, NEW}
    assert Client().get(link_in(mails[NEW])).status_code == 200
    page = client.get("/account/email/").content.decode()
    assert page.count("Waiting") == 3
    first = Client().post(link_in(mails[NEW])).content.decode()
    assert "other address has to be confirmed" in first
    ada.refresh_from_db()
    assert ada.email == OLD
    assert "Confirmed" in client.get("/account/email/").content.decode()
    assert "secure my account" in Client().get(link_in(mails[OLD])).content.decode()
    assert "The new address counts" in Client().post(link_in(mails[OLD])).content.decode()
    ada.refresh_from_db()
    assert ada.email == NEW
    assert list(EmailAddress.objects.filter(user=ada).values_list("email", "verified", "primary")) == [
        (NEW, True, True)
    ]
    assert {mail.to[0] for mail in delivered()} == {OLD, NEW}
    assert "can be taken back" in client.get("/account/email/").content.decode()
    sign_in(NEW)
    assert Client().post("/account/login/", {"login": OLD, "password": PASSWORD}).status_code == 200


def test_the_order_does_not_matter(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    Client().post(link_in(mails[OLD]))
    ada.refresh_from_db()
    assert ada.email == OLD
    Client().post(link_in(mails[NEW]))
    ada.refresh_from_db()
    assert ada.email == NEW


def test_one_mailbox_confirming_twice_is_not_both(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    Client().post(link_in(mails[NEW]))
    Client().post(link_in(mails[NEW]))
    ada.refresh_from_db()
    assert ada.email == OLD


def test_with_a_second_factor_the_new_one_confirms_and_the_old_one_is_told(ada: Person, delivered: Delivered) -> None:
    client = with_authenticator(ada)
    mails = asked(client, delivered)
    assert set(mails) == {OLD, NEW}
    assert "/account/secure/" in link_in(mails[OLD])
    assert "The new address counts" in Client().post(link_in(mails[NEW])).content.decode()
    ada.refresh_from_db()
    assert ada.email == NEW


def test_a_used_link_explains_itself(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    for mail in mails.values():
        Client().post(link_in(mail))
    for mail in mails.values():
        assert Client().get(link_in(mail)).status_code == 410
        assert Client().post(link_in(mail)).status_code == 410


def test_links_expire(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    mails = asked(client, delivered)
    AddressChange.objects.update(expires_at=clock.real_now())
    for mail in mails.values():
        assert Client().get(link_in(mail)).status_code == 410
        assert Client().post(link_in(mail)).status_code == 410
    assert "Waiting" not in client.get("/account/email/").content.decode()
    asked(client, delivered, "third@example.org")


def test_an_open_change_can_be_canceled(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    mails = asked(client, delivered)
    assert Client().post("/account/email/cancel/").status_code == 302
    assert addresses.open_change(ada) is not None
    signed_in(customer("bob@example.org")).post("/account/email/cancel/")
    assert addresses.open_change(ada) is not None
    assert client.post("/account/email/cancel/")["Location"] == "/account/email/"
    assert addresses.open_change(ada) is None
    assert Client().post(link_in(mails[NEW])).status_code == 410
    assert client.post("/account/email/cancel/").status_code == 302
    assert client.get("/account/email/cancel/").status_code == 405


def test_the_newer_change_cancels_the_older(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    first = asked(client, delivered, "first@example.org")
    second = asked(client, delivered, "second@example.org")
    assert Client().post(link_in(first["first@example.org"])).status_code == 410
    assert Client().post(link_in(first[OLD])).status_code == 410
    for mail in second.values():
        assert Client().post(link_in(mail)).status_code == 200
    ada.refresh_from_db()
    assert ada.email == "second@example.org"


def test_an_address_with_an_account_is_not_given_away(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    customer("bob@example.org")
    client = sign_in()
    mails = asked(client, delivered, "bob@example.org")
    assert mails["bob@example.org"].subject == "This address has an account already"
    assert "bob@example.org" in client.get("/account/email/").content.decode(), "the page says what it always says"
    Client().post(link_in(mails[OLD]))
    ada.refresh_from_db()
    assert ada.email == OLD


def test_the_new_address_taken_meanwhile(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    Client().post(link_in(mails[OLD]))
    bob = customer(NEW)
    answer = Client().post(link_in(mails[NEW]))
    assert answer.status_code == 409
    assert "address_taken" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.email == OLD
    assert EmailAddress.objects.get(user=bob).email == NEW
    assert addresses.open_change(ada) is None


def test_ones_own_address_is_no_change(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    answer = sign_in().post("/account/email/", {"email": " ADA@example.org "})
    assert "your address already" in answer.content.decode()
    assert not AddressChange.objects.exists()


def test_changing_takes_a_fresh_proof(ada: Person, delivered: Delivered) -> None:
    client = signed_in(ada)  # signed in some time ago
    answer = client.post("/account/email/", {"email": NEW})
    assert answer["Location"].startswith("/account/reauthenticate/")
    assert not AddressChange.objects.exists()
    client.post(answer["Location"], {"password": "wrong"})
    assert not AddressChange.objects.exists()
    client.post(answer["Location"], {"password": PASSWORD})
    assert AddressChange.objects.get().new_address == NEW, "what was asked goes on after the proof"


def test_the_proof_is_good_for_five_minutes(ada: Person, sign_in: SignIn) -> None:
    client = sign_in()
    session = client.session
    records = session["account_authentication_methods"]
    for record in records:
        record["at"] -= 301
    session["account_authentication_methods"] = records
    session.save()
    assert client.post("/account/email/", {"email": NEW})["Location"].startswith("/account/reauthenticate/")


def test_nobody_floods_mailboxes(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    answers = [client.post("/account/email/", {"email": f"n{at}@example.org"}).status_code for at in range(7)]
    assert answers == [302] * 5 + [429] * 2
    assert len(delivered()) == 10


def test_the_old_address_takes_it_back(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    undo = link_in(changed(client, delivered)[OLD])
    assert Client().get(undo).status_code == 200
    ada.refresh_from_db()
    assert ada.email == NEW, "looking changes nothing"
    assert "old address is back" in Client().post(undo, {"answer": "undo"}).content.decode()
    ada.refresh_from_db()
    assert ada.email == OLD
    assert not ada.must_reset_password
    assert EmailAddress.objects.get(user=ada).email == OLD
    assert [mail.to for mail in delivered()] == [[NEW]]
    assert client.get("/account/security/").status_code == 200
    assert Client().get(undo).status_code == 410
    assert Client().post(undo, {"answer": "undo"}).status_code == 410


def test_taking_it_back_can_secure_the_account_too(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    thief = sign_in()
    undo = link_in(changed(thief, delivered)[OLD])
    assert "Your account is secured" in Client().post(undo, {"answer": "secure"}).content.decode()
    ada.refresh_from_db()
    assert ada.email == OLD
    assert ada.must_reset_password
    assert ada.is_frozen(clock.now())
    assert thief.get("/account/security/").status_code == 302
    assert [mail.to[0] for mail in delivered() if "secured" in mail.subject] == [OLD]


def test_the_way_back_ends_after_72_hours_of_business_time(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    undo = link_in(changed(sign_in(), delivered)[OLD])
    clock.travel(timedelta(hours=71))
    assert Client().get(undo).status_code == 200
    clock.travel(timedelta(hours=2))
    assert Client().get(undo).status_code == 410
    assert Client().post(undo, {"answer": "undo"}).status_code == 410
    ada.refresh_from_db()
    assert ada.email == NEW


def test_a_chain_of_changes_is_undone_from_the_first(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    """Whoever changes it twice must not shake the owner off."""
    thief = sign_in()
    owners = link_in(changed(thief, delivered, "second@example.org")[OLD])
    thiefs = link_in(changed(thief, delivered, "third@example.org")["second@example.org"])
    Client().post(owners, {"answer": "undo"})
    ada.refresh_from_db()
    assert ada.email == OLD
    assert Client().post(thiefs, {"answer": "undo"}).status_code == 410
    ada.refresh_from_db()
    assert ada.email == OLD


def test_the_old_address_may_be_taken_by_then(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    undo = link_in(changed(sign_in(), delivered)[OLD])
    customer(OLD)
    assert Client().post(undo, {"answer": "undo"}).status_code == 409
    ada.refresh_from_db()
    assert ada.email == NEW


def test_the_old_mailbox_says_no(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    thief = sign_in()
    mails = asked(thief, delivered)
    assert "Your account is secured" in Client().post(link_in(mails[OLD]), {"answer": "secure"}).content.decode()
    assert thief.get("/account/security/").status_code == 302
    assert Client().post(link_in(mails[NEW])).status_code == 410
    ada.refresh_from_db()
    assert (ada.email, ada.must_reset_password) == (OLD, True)


def test_the_new_mailbox_cannot_secure(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    assert Client().post(link_in(mails[NEW]), {"answer": "secure"}).status_code == 410
    ada.refresh_from_db()
    assert not ada.must_reset_password


def test_securing_undoes_what_was_changed_since(ada: Person, delivered: Delivered) -> None:
    client = with_authenticator(ada)
    mails = asked(client, delivered)
    Client().post(link_in(mails[NEW]))
    Client().post(link_in(mails[OLD]))  # the link that secures
    ada.refresh_from_db()
    assert (ada.email, ada.must_reset_password) == (OLD, True)


def test_reset_links_die_with_the_address(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    client = sign_in()
    Client().post("/account/password/reset/", {"email": OLD})
    (reset,) = delivered()
    assert Client().get(link_in(reset)).status_code == 200
    changed(client, delivered)
    assert Client().get(link_in(reset)).status_code == 410
    assert client.get("/account/security/").status_code == 200, "whoever is signed in stays so"
    assert Session.objects.filter(person=ada).count() == 1


def test_the_history_says_what_happened(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    undo = link_in(changed(sign_in(), delivered)[OLD])
    Client().post(undo, {"answer": "undo"})
    entries = list(AuditEntry.objects.filter(action__contains="address_change").order_by("id"))
    assert [entry.action for entry in entries] == [
        "person.address_change_asked",
        "person.address_changed",
        "person.address_change_undone",
    ]
    assert all(audit.personal_values(entry) == {"from": OLD, "to": NEW} for entry in entries)
    assert NEW not in str([entry.data for entry in entries])


def test_the_page_asks_for_a_token(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    assert Client(enforce_csrf_checks=True).post(link_in(mails[NEW])).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_leave_one_open(ada: Person) -> None:
    for round_ in range(2):
        names = [f"r{round_}a@example.org", f"r{round_}b@example.org"]
        made = at_once(*[partial(addresses.ask, person=ada, new_address=name) for name in names])
        assert all(isinstance(each, AddressChange) for each in made), made
        newest = AddressChange.objects.get(person=ada, completed_at=None, canceled_at=None)
        assert newest.asked_at == max(each.asked_at for each in AddressChange.objects.filter(person=ada))


@pytest.mark.django_db(transaction=True)
def test_both_mailboxes_confirming_at_once_complete_it_once(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    mails = asked(sign_in(), delivered)
    tokens = [link_in(mail).split("/")[-2] for mail in mails.values()]
    at_once(*[partial(addresses.confirm, token=token) for token in tokens])
    ada.refresh_from_db()
    assert ada.email == NEW
    assert AuditEntry.objects.filter(action="person.address_changed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_do_not_get_the_same_address(delivered: Delivered) -> None:
    people = [customer("one@example.org"), customer("two@example.org")]
    tokens = []
    for person in people:
        enrol_authenticator(actor=Actor.system(), person=person)
        addresses.ask(person=person, new_address=NEW)
        tokens += [link_in(mail).split("/")[-2] for mail in delivered() if mail.to == [NEW]]
    results = at_once(*[partial(addresses.confirm, token=token) for token in tokens])
    assert sum(isinstance(each, AddressChange) for each in results) == 1, results
    assert Person.objects.filter(email=NEW).count() == EmailAddress.objects.filter(email=NEW).count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_back_at_once_happens_once(ada: Person, sign_in: SignIn, delivered: Delivered) -> None:
    token = link_in(changed(sign_in(), delivered)[OLD]).split("/")[-2]
    results = at_once(*[lambda: securing.undo_address_change(token=token, securing=False)] * 3)
    assert sorted(type(each).__name__ for each in results) == ["AddressChange", LinkExpired.__name__, "LinkExpired"]
    ada.refresh_from_db()
    assert ada.email == OLD
