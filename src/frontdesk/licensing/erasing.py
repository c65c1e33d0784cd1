"""Erasing an owner: seats end, codes stay dead, and what stays for others' accounts names nobody.

Licences, terms and codes are kept without owner, since sales and batches are counted by them.
"""

import re
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import connection
from django.db.models import Q, QuerySet

from frontdesk.accounts.events import PersonLeaves
from frontdesk.accounts.models import Message
from frontdesk.core import blackening, clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.personal import Traces
from frontdesk.licensing import mails, notes, replacements, seats
from frontdesk.licensing.models import (
    Activation,
    Batch,
    BatchKind,
    Code,
    HandOver,
    License,
    RefusedActivation,
    Replacement,
    Term,
)

COVERS = (
    "licensing.License",
    "licensing.Term",
    "licensing.Code",
    "licensing.Batch",
    "licensing.Activation",
    "licensing.RefusedActivation",
    "licensing.Replacement",
    "licensing.HandOver",
    "core.OutboxMessage",
)
ERASED = Actor.system("the owner's account was deleted")
SOMEBODY = "…"  # stands where a name or an address was


def erase(traces: Traces) -> None:
    """One person's part of licensing."""
    held = _locked(traces.person)
    ids = [license.id for license in held]
    _forget_hand_overs(traces)
    _kill_codes(ids)
    live = Activation.objects.filter(license__in=ids, removed_at=None).order_by("license_id", "id")
    for activation in live.values_list("id", flat=True):
        seats.remove(actor=ERASED, activation=activation)
    _forget_devices(list(Activation.objects.filter(license__in=ids).values_list("id", flat=True)))
    _forget_requests(ids)
    RefusedActivation.objects.filter(license__in=ids).delete()
    Term.objects.filter(license__in=ids).exclude(revoked_reason="").update(revoked_reason="")
    made_for_them = Batch.objects.filter(kind__in=(BatchKind.REPLACEMENT, BatchKind.ORDER), codes__license__in=ids)
    Batch.objects.filter(pk__in=made_for_them.values("pk")).update(reason="", label="")
    for license in held:
        notes.of_license(actor=ERASED, action="license.owner_erased", license=license)
    License.objects.filter(pk__in=ids).update(owner=None)


def lock(event: PersonLeaves) -> None:
    """Take the rows that the erasure will change, in the order of all licensing: codes by id, then licences by id."""
    live = Code.objects.filter(license__owner=event.person, voided_at=None)
    list(live.select_for_update(of=("self",), no_key=True).order_by("id").values_list("id", flat=True))
    _locked(event.person)


def _locked(person: UUID) -> list[License]:
    held = License.objects.select_for_update(of=("self",), no_key=True).filter(owner=person)
    return list(held.order_by("id"))


def _kill_codes(licenses: list[UUID]) -> None:
    """Nobody can claim a licence without owner whose codes are void."""
    Code.objects.filter(license__in=licenses, voided_at=None).update(voided_at=clock.now())


def _forget_devices(ids: list[UUID]) -> None:
    """Names and marks of devices; what proves a token stays, so that a device that asks is told it was removed."""
    outbox.forget(topic=mails.DEVICE_ADDED, member="activation_id", values=ids)
    with connection.cursor() as cursor:
        cursor.execute(
            """update licensing_activation set name = '', app_version = '', offline_nonce = '', offline_key = null,
                      fingerprint = sha256(gen_random_uuid()::text::bytea) where id = any (%s)""",
            [ids],
        )


def _forget_requests(licenses: list[UUID]) -> None:
    asked = Replacement.objects.filter(license__in=licenses)
    outbox.forget(topic=replacements.TOPIC, member="replacement", values=asked.values_list("id", flat=True))
    asked.delete()


def _forget_hand_overs(traces: Traces) -> None:
    """Offers by the person and to them; the letters about them in the other one's account lose the name."""
    offered = HandOver.objects.filter(offered_by=traces.person)
    for offer in offered.filter(accepted_at__isnull=False):
        # Devices that the person took along when the licence left them; those that stayed belong to the new owner.
        freed = Activation.objects.filter(license=offer.license_id, removed_at__isnull=False)
        taken = freed.filter(Q(pk__in=offer.devices_to_free) | Q(removed_at__lte=offer.accepted_at))
        _forget_devices(list(taken.values_list("id", flat=True)))
    received = HandOver.objects.filter(to_email__in=traces.addresses)
    names = traces.names | traces.addresses
    for address in set(offered.values_list("to_email", flat=True)):
        theirs = EmailAddress.objects.filter(email=address, verified=True).values("user")
        _blacken(Message.objects.filter(Q(address=address) | Q(person__in=theirs)), names)
    givers = received.values("offered_by")
    _blacken(Message.objects.filter(person__in=givers).exclude(person=traces.person), traces.addresses)
    offered.delete()
    received.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=clock.real_now())
    received.update(to_email="")


def _blacken(letters: QuerySet[Message], names: frozenset[str]) -> None:
    """Take names out of other people's letters about a hand-over."""
    if not names:
        return
    pattern, written = _any_of(names), _any_of(frozenset(name for name in names if "@" in name))
    for letter in letters.filter(template__startswith="licensing/hand_over_").iterator():
        letter.subject, letter.text = (pattern.sub(SOMEBODY, text) for text in (letter.subject, letter.text))
        letter.html = blackening.in_html(
            letter.html,
            words=lambda text: pattern.sub(SOMEBODY, text),
            addresses=lambda link: written.sub(SOMEBODY, link),
        )
        letter.save(update_fields=["subject", "text", "html"])


def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest_first) or r"(?!)")
