"""The proof: somebody who used everything is erased, and no table and no file knows them any more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client

from frontdesk.accounts.browsers import Browser
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import DataExport, Message, Person, Session
from frontdesk.accounts.recovery import asking
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services import addresses, deletion, erasing, export_building, export_requests, exports, notices
from frontdesk.accounts.services.passwords import ask_for_reset
from frontdesk.accounts.services.profiles import change_profile
from frontdesk.accounts.services.second_factors import enrol_authenticator
from frontdesk.accounts.services.signing_up import add_person
from frontdesk.accounts.services.staff import invite_staff
from frontdesk.billing.models import (
    BillingDetails,
    Credit,
    Declaration,
    DeclarationKind,
    Invoice,
    Payment,
    PaymentMethod,
    ProviderEvent,
    Subscription,
)
from frontdesk.billing.providers.sandbox.models import Intent
from frontdesk.catalog.models import PlanVersion
from frontdesk.core import audit, clock, encryption, outbox, personal, signing
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.models import AuditEntry, OutboxMessage, PersonKey
from frontdesk.licensing import (
    devices,
    hand_overs,
    integrity,
    lost_codes,
    offline,
    redemption,
    replacements,
    seats,
    terms,
)
from frontdesk.licensing.errors import CodeBlocked
from frontdesk.licensing.models import Activation, Code, HandOver, License
from tests.erasure import talking
from tests.erasure.searching import files_with, rows_with
from tests.people import PASSWORD, customer
from tests.support import bills, shop
from tests.support.mailbox import secret_sent_to

pytestmark = pytest.mark.django_db

MARK = "zqmarker"
PHONE = "+4915177766554"
NETWORK = "203.0.113.77"
WORDS = [MARK, PHONE, "203.0.113."]
ADA = f"{MARK}@first.example"
ADA_NOW = f"{MARK}@second.example"
DEVICE = Actor(ActorKind.DEVICE)


class Time:
    """Business time, moved by hand; real time goes on."""

    def __init__(self) -> None:
        self.ahead = timedelta()


@pytest.fixture
def time() -> Iterator[Time]:
    moved = Time()
    with patch.object(clock, "now", lambda: datetime.now(UTC) + moved.ahead):
        yield moved


@pytest.fixture(autouse=True)
def keys(db: None) -> None:
    pem, _root = signing.new_root()
    signing.rotate(root=signing.load_root(pem))


@pytest.fixture
def bob(db: None) -> Person:
    """Somebody else, with things of his own and some in common."""
    bob = customer("bob@else.example", "Bob Else")
    license = shop.new_license(owner=bob)
    seats.take(actor=DEVICE, device=shop.device("Bob's own PC"), license=license.id)
    send_mail(to=bob, template="accounts/password_changed", context={"action_url": "https://x.example/"})
    return bob


@pytest.fixture
def ada(time: Time, bob: Person) -> Person:
    """Somebody who has done everything there is, with a mark in every field."""
    agent = add_person(actor=Actor.system(), email="sam@staff.example", name="Sam")
    staff = Actor.staff(agent.pk, "conversation 4711")
    invite_staff(actor=staff, email=ADA, role=Role.AGENT)
    version = shop.plan_version(device_limit=5)
    _bob_offers_before_she_has_an_account(bob, version)
    ada = add_person(actor=Actor.system(), email=ADA, password=PASSWORD, name=f"{MARK} first name", language="en")
    browser = _signs_in(ada)
    _changes_profile_and_address(ada)
    _asks_for_ways_back(ada, browser)
    _uses_licences(ada, bob, version, staff)
    _buys(ada)
    talking.talks(ada, bob, MARK, ADA)
    _has_a_copy_made(ada)
    return Person.objects.get(pk=ada.pk)


def _bob_offers_before_she_has_an_account(bob: Person, version: PlanVersion) -> None:
    for _ in range(2):
        license = shop.new_license(version, owner=bob)
        hand_overs.offer(actor=Actor.customer(bob.pk), license=license, to_email=ADA)


def _signs_in(ada: Person) -> Client:
    browser = Client(HTTP_USER_AGENT=f"{MARK}-agent/1.0 (X11; Linux)", REMOTE_ADDR=NETWORK)
    assert browser.post("/account/login/", {"login": ADA, "password": PASSWORD}).status_code == 302
    browser.get("/home/")
    second = Client(HTTP_USER_AGENT=f"Mozilla/5.0 (X11) {MARK}/2.0", REMOTE_ADDR=NETWORK)
    assert second.post("/account/login/", {"login": ADA, "password": PASSWORD}).status_code == 302
    assert OutboxMessage.objects.filter(topic=notices.NEW_BROWSER).exclude(secret=None).exists()
    stranger = Client(HTTP_USER_AGENT="another", REMOTE_ADDR="198.51.100.9")
    for _ in range(6):
        stranger.post("/account/login/", {"login": ADA, "password": "wrong horse battery"})
    stranger.post("/account/login/code/", {"email": ADA})
    return browser


def _changes_profile_and_address(ada: Person) -> None:
    change_profile(person=ada, name=f"{MARK} Quill", language="de", time_zone="Europe/Berlin")
    addresses.ask(person=ada, new_address=ADA_NOW)
    for address in (ADA, ADA_NOW):
        link = secret_sent_to(address)
        addresses.confirm(token=link.rstrip("/").rpartition("/")[2])
    ada.refresh_from_db()
    assert ada.email == ADA_NOW
    addresses.ask(person=ada, new_address=f"{MARK}@third.example")
    Person.objects.filter(pk=ada.pk).update(phone=PHONE, phone_confirmed_at=clock.real_now())
    ada.refresh_from_db()


def _asks_for_ways_back(ada: Person, browser: Client) -> None:
    ask_for_reset(email=ADA_NOW)
    where = Browser(f"{MARK}-agent", f"{NETWORK}/24")
    reach_at = f"{MARK}@friend.example"
    asking.ask(email=ADA_NOW, reach_at=reach_at, explanation=f"{MARK} is gone", wants_address=False, browser=where)
    notices.was_this_you(person=ada, cause="test", template="accounts/address_changed")
    enrol_authenticator(actor=Actor.customer(ada.pk), person=ada)
    outbox.put(topic="sms", payload={"expires_at": "2030-01-01T00:00:00+00:00"}, secret=f'{{"to": "{PHONE}"}}')
    outbox.put(topic="accounts.locked", payload={"language": ""}, secret=ADA_NOW)


def _uses_licences(ada: Person, bob: Person, version: PlanVersion, staff: Actor) -> None:
    me = Actor.customer(ada.pk)
    code = shop.new_code(version)
    license = redemption.redeem(actor=me, person=ada, code_text=code.text, ip_prefix=NETWORK).license
    laptop = _seat(license, f"{MARK} laptop")
    devices.rename(actor=me, activation=laptop, name=f"{MARK} other name")
    devices.free(actor=me, activation=_seat(license, f"{MARK} old phone"))
    _goes_offline(code.text)
    asks = shop.device(f"{MARK} tablet")
    replacements.ask(code_text=code.text, product=shop.PRODUCT, device=asks, ip_prefix=NETWORK)
    lost_codes.replace_lost(actor=Actor.staff(staff.person or ada.pk, f"{MARK} called"), license=license)
    extra = shop.new_code(version)
    added = redemption.redeem(actor=me, person=ada, code_text=extra.text, ip_prefix=NETWORK, license=license).term
    assert added
    terms.revoke(actor=staff, term=added, reason=f"{MARK} did not pay")
    given = shop.new_license(version, owner=ada)
    phone = _seat(given, f"{MARK} phone that she kept")
    hand_overs.offer(actor=me, license=given, to_email=bob.email, devices_to_free=[phone])
    token = secret_sent_to(bob.email).rstrip("/").rpartition("/")[2]
    hand_overs.accept(actor=Actor.customer(bob.pk), person=bob, token=token)
    hand_overs.offer(actor=me, license=license, to_email="friend@else.example")


def _buys(ada: Person) -> None:
    """An issued and an open invoice, a card, a declaration, a webhook: with her name wherever there is room for it."""
    buyer = {"name": f"{MARK} Quill", "email": ADA_NOW}
    BillingDetails.objects.create(person=ada, name=MARK, company=MARK, street=MARK, city=MARK, vat_id=MARK)
    card = bills.card(ada, brand="Visa", customer_ref=f"cus_{MARK}")
    subscription = bills.subscription(ada, method=card)
    order = bills.order(ada, email=ADA_NOW, subscription=subscription)
    paid = bills.payment(bills.invoice(order, buyer=buyer), method=card, action_url=f"https://bank.example/{MARK}")
    unpaid = bills.order(ada, email=ADA_NOW)
    bills.invoice(unpaid, buyer=buyer, number=None, issued_at=None, paid_at=None)
    Intent.objects.create(
        ref=f"pi_{uuid4().hex}", key=uuid4().hex, kind="payment", customer=str(ada.pk), customer_ref="cus_1",
        created_at=clock.now(), expires_at=clock.now(), touched_at=clock.real_now(),
    )  # fmt: skip
    for number, about in enumerate((paid.ref, "an object we do not know")):
        ProviderEvent.objects.create(
            provider="sandbox", event_id=f"evt_{number}", kind="payment", object_kind="payment", object_ref=about,
            raw=f'{{"customer": "cus_{MARK}", "name": "{MARK}"}}', received_at=clock.real_now(),
        )  # fmt: skip
    for email in (ADA_NOW, "somebody@else.example"):
        Declaration.objects.create(
            kind=DeclarationKind.WITHDRAWAL, name=MARK, email=email, contract=MARK, note=MARK, order=order,
            token_hash=uuid4().bytes, declared_at=clock.now(),
        )  # fmt: skip
    Credit.objects.create(person=ada, currency="EUR", amount_minor=500, key=uuid4().hex, created_at=clock.now())


def _goes_offline(code: str) -> None:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    request = {
        "type": "frontdesk-offline-request",
        "version": 1,
        "code": code,
        "product": shop.PRODUCT,
        "device": {
            "fingerprint": f"{MARK} fingerprint",
            "name": f"{MARK} workshop",
            "platform": "windows",
            "app_version": MARK,
        },
        "nonce": f"{MARK}{'n' * 30}",
        "public_key": signing.b64(key),
        "created_at": "2026-11-01T12:00:00Z",
    }
    offline.activate(request=request, ip_prefix="198.51.100.0/24")


def _has_a_copy_made(ada: Person) -> None:
    assert export_building.build(export_requests.ask(person=ada).pk)
    export_requests.ask(person=ada)


def _seat(license: License, name: str) -> Activation:
    taken = seats.take(actor=DEVICE, device=shop.device(name, app_version="1.0"), license=license.id)
    return Activation.objects.get(pk=taken.activation)


def leave(ada: Person, time: Time) -> None:
    deletion.ask(person=ada)
    time.ahead = timedelta(days=12)
    deletion.remind_due()
    time.ahead = timedelta(days=14, minutes=1)


def everything() -> dict[str, list[str]]:
    return rows_with([""])


KNOWN_IN = {
    "account_emailaddress",
    "accounts_addresschange",
    "accounts_knownbrowser",
    "accounts_message",
    "accounts_onetimecode",
    "accounts_person",
    "accounts_recovery",
    "accounts_session",
    "accounts_staffinvitation",
    "billing_billingdetails",
    "billing_declaration",
    "billing_invoice",
    "billing_order",
    "billing_payment",
    "billing_paymentmethod",
    "billing_providerevent",
    "licensing_activation",
    "licensing_batch",
    "licensing_handover",
    "licensing_replacement",
    "licensing_term",
    "tickets_attachment",
    "tickets_blockedsender",
    "tickets_conversation",
    "tickets_conversationsearch",
    "tickets_draft",
    "tickets_incomingmail",
    "tickets_message",
    "tickets_outgoingmail",
    "tickets_participant",
    "tickets_pendingcontact",
    "tickets_quietaddress",
    "tickets_rawmail",
    "tickets_reminder",
    "tickets_rulerun",
    "tickets_survey",
}


def left_of_her() -> dict[str, list[str]]:
    """What still names her, but for the one paper that tax law keeps."""
    found = rows_with(WORDS)
    issued = Invoice.objects.filter(number__isnull=False).values_list("number", flat=True)
    papers = [row for row in found.pop("billing_invoice", []) if not any(number in row for number in issued if number)]
    return found | ({"billing_invoice": papers} if papers else {})


def test_no_table_and_no_file_knows_somebody_who_was_erased(ada: Person, bob: Person, time: Time) -> None:
    assert set(rows_with(WORDS)) >= KNOWN_IN  # or the search would prove nothing
    export = DataExport.objects.get(person=ada, ready_at__isnull=False)
    sealed = list(AuditEntry.objects.filter(person=ada.pk).exclude(personal=None))
    assert any(MARK in str(audit.personal_values(entry)) for entry in sealed)
    leave(ada, time)
    faults = integrity.faults()
    audit.seal()
    assert erasing.sweep() == 1
    assert left_of_her() == {}
    assert files_with(settings.DATA_FOLDER, WORDS) == []
    assert not default_storage.exists(exports.path_of(export.pk))
    assert not rows_with([str(ada.pk)]).keys() - {"core_auditentry"}
    _nothing_sealed_opens(ada, sealed)
    audit.seal()
    verdict = audit.verify()
    assert (verdict.faults, verdict.unsealed) == ((), 0)
    assert integrity.faults() == faults  # those of the tests' licences without terms


def _nothing_sealed_opens(ada: Person, sealed: list[AuditEntry]) -> None:
    assert not PersonKey.objects.filter(person=ada.pk).exists()
    for entry in sealed:
        assert audit.personal_values(entry) == {}
        for key in PersonKey.objects.all():
            opened = encryption.unseal(bytes(key.sealed_key), purpose="person key", context=key.person.bytes)
            with pytest.raises(encryption.NotOurs):
                encryption.unseal(bytes(entry.personal or b""), purpose=audit.PERSONAL, key=opened)
    for message in OutboxMessage.objects.exclude(secret=None):
        secret = encryption.unseal(bytes(message.secret or b""), purpose=outbox.SECRET, context=message.key.bytes)
        assert MARK not in secret.decode()
        assert PHONE not in secret.decode()
    assert not Session.objects.filter(person=ada.pk).exists()


def test_what_is_somebody_elses_stays_as_it_was(ada: Person, bob: Person, time: Time) -> None:
    leave(ada, time)
    shared = {row for rows in rows_with(WORDS).values() for row in rows}
    before = {table: [row for row in rows if row not in shared] for table, rows in rows_with([str(bob.pk)]).items()}
    own = Activation.objects.get(name="Bob's own PC")
    erasing.sweep()
    after = rows_with([str(bob.pk)])
    assert before["accounts_person"]
    assert before["accounts_message"]
    assert before["licensing_license"]
    for table, rows in before.items():
        assert set(rows) - set(after.get(table, [])) == set(), table
    own.refresh_from_db()
    assert (own.name, own.removed_at) == ("Bob's own PC", None)
    # Letters in his account about her lose her name, and nothing else.
    letters = Message.objects.filter(person=bob, template__startswith="licensing/hand_over_")
    assert letters.exists()
    assert all("…" in letter.text for letter in letters)


def test_licences_stay_countable_and_belong_to_nobody(ada: Person, time: Time) -> None:
    license = License.objects.get(owner=ada)
    device = Activation.objects.get(license=license, name=f"{MARK} other name")
    leave(ada, time)
    erasing.sweep()
    license.refresh_from_db()
    assert (license.owner, license.seats_used) == (None, 0)
    assert license.terms.count() == 2
    assert not Code.objects.filter(license=license, voided_at=None).exists()
    device.refresh_from_db()
    assert device.removed_at
    assert (device.name, device.offline_key) == ("", None)
    assert len(bytes(device.fingerprint)) == 32
    for each in HandOver.objects.filter(license__owner__isnull=False):
        assert each.to_email != ADA


def test_papers_stay_for_tax_law_and_money_stays_countable(ada: Person, time: Time) -> None:
    leave(ada, time)
    erasing.sweep()
    invoice = Invoice.objects.get(number__isnull=False)
    assert (invoice.person, invoice.buyer["name"]) == (None, f"{MARK} Quill")
    assert Invoice.objects.get(number=None).buyer == {}
    assert [payment.amount_minor for payment in Payment.objects.filter(person=None, card_last4="")] == [3995]
    subscription = Subscription.objects.get()
    assert (subscription.person, subscription.end_reason, subscription.next_action_at) == (None, "erased", None)
    waiting = Declaration.objects.filter(done_at=None)
    assert [(each.email, each.order) for each in waiting] == [("", invoice.order)] * 2
    assert str(personal.kept_by_law()[0])


def test_the_card_is_forgotten_at_the_provider_too(ada: Person, time: Time) -> None:
    leave(ada, time)
    erasing.sweep()
    card = PaymentMethod.objects.get()
    assert (card.person, card.last4, card.customer_ref, card.exp_year) == (None, "", "", None)
    assert card.detached_at
    assert card.forgotten_at is None


def test_she_is_told_before_that_her_subscription_ends(ada: Person) -> None:
    told = " ".join(str(text) for text in personal.consequences(ada.pk))
    assert "Your subscription ends" in told
    assert "Credit" in told


def test_a_dead_code_gives_nobody_the_licence(bob: Person, time: Time) -> None:
    ada = customer(ADA, MARK)
    code = shop.new_code()
    redemption.redeem(actor=Actor.customer(ada.pk), person=ada, code_text=code.text, ip_prefix=NETWORK)
    leave(ada, time)
    erasing.sweep()
    with pytest.raises(CodeBlocked):
        redemption.redeem(actor=Actor.customer(bob.pk), person=bob, code_text=code.text, ip_prefix=NETWORK)
    with pytest.raises(CodeBlocked):
        seats.take(actor=DEVICE, device=shop.device("x"), code=code, product=shop.PRODUCT)


@pytest.mark.parametrize("name", [eraser.name for eraser in personal.erasers()])
def test_a_crash_at_any_step_leaves_all_or_nothing(ada: Person, time: Time, name: str) -> None:
    leave(ada, time)
    before = {table: len(rows) for table, rows in rows_with(WORDS).items()}
    steps = []
    for eraser in personal.erasers():
        steps.append(eraser)
        if eraser.name == name:
            break

    def crash(traces: personal.Traces) -> None:
        raise RuntimeError("killed")

    broken = [*steps, personal.Eraser("broken", 0, crash, ())]
    with patch.object(personal, "erasers", lambda: broken):
        assert erasing.sweep() == 0
    assert {table: len(rows) for table, rows in rows_with(WORDS).items()} == before
    assert erasing.sweep() == 1
    assert left_of_her() == {}
