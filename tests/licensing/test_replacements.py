"""Asking for a seat at the limit: all requests look alike; the owner swaps a device or refuses."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from frontdesk.accounts.models import Message, Person
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.errors import NotFound, TooManyAttempts
from frontdesk.core.models import AuditEntry, OutboxMessage
from frontdesk.licensing import codes, devices, errors, jobs, locks, replacements, seats
from frontdesk.licensing.codes import ParsedCode
from frontdesk.licensing.models import Activation, License, Replacement
from frontdesk.licensing.replacements import Standing
from tests.licensing.conftest import Time
from tests.licensing.test_redemption import redeem
from tests.support.mailbox import secret_of
from tests.support.shop import PRODUCT, device, license_of, new_code, plan_version

pytestmark = pytest.mark.django_db
NETWORK = "192.0.2.0/24"


def take(code: ParsedCode, name: str) -> seats.Seat:
    return seats.take(actor=Actor(ActorKind.DEVICE), device=device(name), code=code, product=PRODUCT)


def ask(code: ParsedCode, name: str = "New laptop", network: str = NETWORK, product: str = PRODUCT) -> Standing:
    return replacements.ask(code_text=code.text, product=product, device=device(name), ip_prefix=network)


def full_license(ada: Person, limit: int = 1) -> tuple[ParsedCode, License, list[Activation]]:
    code = new_code(plan_version(device_limit=limit))
    redeem(ada, code)
    taken = [take(code, f"Old {number}").activation for number in range(limit)]
    return code, license_of(code), [Activation.objects.get(pk=each) for each in taken]


def token_for(standing: Standing) -> str:
    row = OutboxMessage.objects.get(topic=replacements.TOPIC, payload__replacement=str(standing.id))
    return secret_of(row)


def test_the_owner_swaps_a_device_and_the_new_one_has_its_seat(ada: Person) -> None:
    code, license, (old,) = full_license(ada)
    with pytest.raises(errors.DeviceLimitReached):
        take(code, "New laptop")
    standing = ask(code)
    assert replacements.status(standing.id) == Standing(standing.id, "pending", replacements.POLL_AFTER)
    outbox.deliver_due()
    assert "New laptop" in mail_to(ada).text
    token = re.findall(r"/replacements/([\w-]+)/", str(mail.outbox[-1].body))[0]
    assert token not in mail_to(ada).text
    assert replacements.find(token).license == license
    seat = replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=old)
    assert seat.created
    again = take(code, "New laptop")
    assert (again.created, again.activation) == (False, seat.activation)
    assert replacements.status(standing.id).status == "approved"
    old.refresh_from_db()
    license.refresh_from_db()
    assert (old.removed_at is not None, license.seats_used) == (True, 1)
    assert AuditEntry.objects.get(action="replacement.approved").person == ada.id
    with pytest.raises(errors.ReplacementGone):
        replacements.refuse(actor=Actor.customer(ada.id), asked=replacements.find(token))


def mail_to(person: Person) -> Message:
    return Message.objects.filter(person=person, template="licensing/replacement_asked").get()


def test_approving_without_a_swap_takes_a_seat_that_is_free_by_now(ada: Person) -> None:
    code, _license, (old,) = full_license(ada)
    token = token_for(ask(code))
    with pytest.raises(errors.DeviceLimitReached):
        replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=None)
    devices.free(actor=Actor.customer(ada.id), activation=old)
    assert replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=None).created


def test_both_or_neither(ada: Person) -> None:
    """The limit of swaps refuses the new device: then the old one keeps its seat."""
    code = new_code(plan_version(device_limit=1, swap_limit=0))
    license = redeem(ada, code).license
    old = Activation.objects.get(pk=take(code, "Old").activation)
    standing = ask(code)
    token = token_for(standing)
    with pytest.raises(errors.SwapLimitReached):
        replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=old.id)
    old.refresh_from_db()
    license.refresh_from_db()
    assert (old.removed_at, license.seats_used) == (None, 1)
    assert replacements.status(standing.id).status == "pending"


def test_only_a_device_of_this_licence_can_go(ada: Person) -> None:
    code, _license, _old = full_license(ada)
    _other, _license, (foreign,) = full_license(ada)
    token = token_for(ask(code))
    for wrong in (foreign, uuid4()):
        with pytest.raises(NotFound):
            replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=wrong)


def test_refused_and_expired(ada: Person) -> None:
    code, _license, _old = full_license(ada)
    first, second = ask(code), ask(code, "Another")
    replacements.refuse(actor=Actor.customer(ada.id), asked=replacements.find(token_for(first)))
    assert replacements.status(first.id).status == "refused"
    token = token_for(second)
    Replacement.objects.filter(pk=second.id).update(expires_at=clock.real_now())
    assert replacements.status(second.id).status == "expired"
    with pytest.raises(errors.ReplacementGone):
        replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=None)
    with pytest.raises(errors.ReplacementGone):
        replacements.find("something else")
    with pytest.raises(NotFound):
        replacements.status(uuid4())


def test_an_answer_that_came_first_wins(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and locking somebody else refuses."""
    code, _license, (old,) = full_license(ada)
    standing = ask(code)
    genuine = locks.license_row

    def late(license_id: UUID) -> License:
        Replacement.objects.filter(pk=standing.id).update(refused_at=clock.real_now())
        return genuine(license_id)

    monkeypatch.setattr(locks, "license_row", late)
    with pytest.raises(errors.ReplacementGone):
        replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token_for(standing)), swap=old)


def test_all_requests_look_alike_and_cost_the_same(ada: Person) -> None:
    known, _license, _old = full_license(ada)
    unclaimed = new_code()
    take(unclaimed, "Somebody's")
    asked = [
        (known, PRODUCT),
        (codes.generate(), PRODUCT),
        (unclaimed, PRODUCT),
        (new_code(), PRODUCT),
        (known, "other-product"),
    ]
    costs, answers = [], []
    for number, (code, product) in enumerate(asked):
        with CaptureQueriesContext(connection) as queries:
            standing = ask(code, f"Device {number}", product=product)
        costs.append([query["sql"].split()[0] for query in queries])
        answers.append((standing.status, standing.poll_after, replacements.status(standing.id).status))
    assert len(set(map(tuple, costs))) == 1
    assert set(answers) == {("pending", replacements.POLL_AFTER, "pending")}
    outbox.deliver_due()
    assert Message.objects.filter(template="licensing/replacement_asked").count() == 1
    assert OutboxMessage.objects.filter(topic=replacements.TOPIC, delivered_at=None).count() == 0


def test_a_malformed_code_is_named_without_a_look_up() -> None:
    with pytest.raises(errors.CodeMalformed):
        replacements.ask(code_text="ABCDE", product=PRODUCT, device=device(), ip_prefix=NETWORK)
    assert not Replacement.objects.exists()


def test_a_good_code_is_served_however_much_is_asked(ada: Person, time: Time) -> None:
    code, _license, _old = full_license(ada)
    for _ in range(replacements.FROM_NETWORK.count):
        ask(codes.generate())
    for _ in range(replacements.FROM_NETWORK.count + 5):
        assert ask(code).status == "pending"


def test_asking_is_limited_by_network_and_mails_by_licence(ada: Person, time: Time) -> None:
    code, _license, _old = full_license(ada)
    for _ in range(8):
        ask(code)
    for _ in range(replacements.FROM_NETWORK.count):
        ask(codes.generate())
    with pytest.raises(TooManyAttempts):
        ask(codes.generate())
    assert ask(codes.generate(), network="198.51.100.0/24").status == "pending"
    outbox.deliver_due()
    assert Message.objects.filter(person=ada, template="licensing/replacement_asked").count() == (
        replacements.MAILS_A_DAY.count
    )


def test_old_requests_are_forgotten(ada: Person) -> None:
    code, _license, _old = full_license(ada)
    old, kept = ask(code), ask(code)
    Replacement.objects.filter(pk=old.id).update(expires_at=clock.real_now() - timedelta(days=8))
    assert jobs.forget_replacements() == 1
    assert Replacement.objects.get().id == kept.id
    outbox.deliver_due()
    assert Message.objects.filter(template="licensing/replacement_asked").count() == 1
