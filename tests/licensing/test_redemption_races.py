"""Several at once, on real connections: one code gives its time once, whoever enters it."""

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from allauth.account.models import EmailAddress
from django.db import connections

from frontdesk.accounts.models import Person
from frontdesk.core.actors import Actor, ActorKind
from frontdesk.core.reasons import Refusal
from frontdesk.licensing import batches, hand_overs, integrity, redemption, replacements, seats
from frontdesk.licensing.models import Activation, Code, License, Term
from tests.licensing.test_hand_overs import offered
from tests.licensing.test_redemption import redeem
from tests.licensing.test_replacements import ask, full_license, token_for
from tests.support.shop import PRODUCT, device, license_of, new_code, plan_version

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")


def at_once(*calls: Callable[[], T]) -> list[T | str]:
    """Run the calls in a thread each, starting together; what each returned, or the code of its refusal."""
    start = threading.Barrier(len(calls))
    outcomes: list[T | str] = ["never ran"] * len(calls)

    def run(place: int, call: Callable[[], T]) -> None:
        start.wait()
        try:
            outcomes[place] = call()
        except Refusal as refusal:
            outcomes[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def people(count: int) -> list[Person]:
    made = [Person.objects.create_user(email=f"p{number}@mail.example") for number in range(count)]
    for person in made:
        EmailAddress.objects.create(user=person, email=person.email, verified=True)
    return made


@pytest.mark.parametrize("attempt", range(5))
def test_one_code_entered_by_four_people_is_one_persons(attempt: int) -> None:
    code, entrants = new_code(), people(4)
    outcomes = at_once(*[lambda person=person: redeem(person, code).effect for person in entrants])
    assert sorted(outcomes) == ["code_already_claimed"] * 3 + ["new"]
    assert (License.objects.count(), Term.objects.count()) == (1, 1)
    assert license_of(code).owner == entrants[outcomes.index(redemption.Effect.NEW)]
    assert integrity.faults() == []


@pytest.mark.parametrize("attempt", range(5))
def test_a_device_and_people_at_once_make_one_licence_with_one_owner(attempt: int) -> None:
    code, entrants = new_code(), people(2)

    def activate() -> str:
        seats.take(actor=Actor(ActorKind.DEVICE), device=device(), code=code, product=PRODUCT)
        return "seated"

    outcomes = at_once(activate, *[lambda person=person: str(redeem(person, code).effect) for person in entrants])
    assert outcomes[0] == "seated"
    assert set(outcomes[1:]) in ({"new", "code_already_claimed"}, {"claim", "code_already_claimed"})
    license = license_of(code)
    assert (License.objects.count(), Term.objects.count(), license.seats_used) == (1, 1, 1)
    assert license.owner in entrants
    assert integrity.faults() == []


def test_one_code_on_two_licences_at_once_extends_one() -> None:
    version, (ada,) = plan_version(code_days=30), people(1)
    held = [redeem(ada, new_code(version)).license for _ in range(2)]
    code = new_code(version)
    outcomes = at_once(*[lambda license=license: redeem(ada, code, license).effect for license in held * 2])
    assert sorted(outcomes) == ["already_yours"] * 3 + ["stack"]
    assert Term.objects.count() == 3
    assert integrity.faults() == []


def test_several_codes_on_one_licence_at_once_all_count() -> None:
    version, (ada,) = plan_version(code_days=30), people(1)
    license = redeem(ada, new_code(version)).license
    fresh = [new_code(version) for _ in range(6)]
    outcomes = at_once(*[lambda code=code: redeem(ada, code, license).effect for code in fresh])
    assert set(outcomes) == {"stack"}
    license.refresh_from_db()
    assert (license.expires_at - license.starts_at).days == 210
    assert integrity.faults() == []


def test_voiding_a_batch_and_entering_its_codes_at_once_leaves_no_time() -> None:
    (ada,) = people(1)
    code = new_code()
    batch = Code.objects.get().batch
    system = Actor.system()
    outcomes = at_once(
        lambda: str(redeem(ada, code).effect),
        lambda: str(batches.void_batch(actor=system, batch=batch, reason="stolen")),
    )
    assert outcomes in (["new", "1"], ["code_blocked", "1"])
    assert not Term.objects.filter(revoked_at=None).exists()
    assert integrity.faults() == []


def test_an_offer_is_accepted_once() -> None:
    ada, bob = people(2)
    license = redeem(ada, new_code()).license
    token = offered(ada, license, bob)

    def accept() -> str:
        return str(hand_overs.accept(actor=Actor.customer(bob.id), person=bob, token=token).id)

    assert sorted(at_once(accept, accept, accept)) == sorted([str(license.id), "hand_over_gone", "hand_over_gone"])


def test_a_request_is_approved_once() -> None:
    (ada,) = people(1)
    code, license, old = full_license(ada, limit=2)
    token = token_for(ask(code))

    def approve(swap: Activation) -> Callable[[], bool]:
        return lambda: (
            replacements.approve(actor=Actor.customer(ada.id), asked=replacements.find(token), swap=swap).created
        )

    outcomes = at_once(approve(old[0]), approve(old[1]))
    assert set(outcomes) == {True, "replacement_gone"}
    assert license.activations.filter(removed_at=None).count() == 2
    assert integrity.faults() == []
