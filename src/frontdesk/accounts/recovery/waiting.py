"""The 72 hours: everybody is told, and anybody can stop it."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts import sms
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import AddressChange, Person, Recovery
from frontdesk.accounts.models.recoveries import OPEN
from frontdesk.accounts.recovery.links import address_of, link_hint, recovery_of_stop_token, stop_token
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

FORMER_ADDRESSES = timedelta(days=30)
KEPT = timedelta(days=90)
SMS_LASTS = timedelta(hours=4)  # what providers accept at most


def lock_person(recovery: Recovery) -> Person | None:
    """Whose account it is, locked; everywhere before the recovery itself."""
    if recovery.person_id is None:
        return None
    return Person.objects.select_for_update().filter(pk=recovery.person_id).first()


def addresses_of(person: Person) -> list[str]:
    """Every address we know of somebody: the account's, other confirmed ones, and what it was until lately."""
    confirmed = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    since = clock.now() - FORMER_ADDRESSES
    former = AddressChange.objects.filter(person=person, completed_at__gt=since, undone_at=None)
    return sorted({person.email, *confirmed, *former.values_list("old_address", flat=True)})


def tell(recovery: Recovery, person: Person, *, template: str) -> None:
    """Warn every known address of what is going on, each with the link that stops it."""
    link = address_of("recovery_stop", stop_token(recovery))
    context = {"due_at": recovery.due_at, "new_address": recovery.reach_at if recovery.wants_address else ""}
    _tell_phone(person, link)
    for address in addresses_of(person):
        send_mail(to=person, address=address, template=template, context=context, secret=link, secret_hint=link_hint())


def _tell_phone(person: Person, link: str) -> None:
    """The same by SMS. No budget holds it back, or a stranger could spend it to keep the owner from hearing."""
    if not (person.phone and person.phone_confirmed_at and sms.offered()):
        return
    with translation.override(person.language or translation.get_language() or None):
        text = _("%(vendor)s: somebody wants to get into your account within 72 hours. Not you? Stop it: %(link)s") % {
            "vendor": settings.FRONTDESK_BRAND["name"],
            "link": link,
        }
    sms.send(to=person.phone, text=text, expires_at=clock.real_now() + SMS_LASTS)


def recovery_of_link(token: str) -> Recovery:
    """What a mailed link stops. Raises LinkExpired when there is nothing left to stop."""
    found = Recovery.objects.filter(OPEN, pk=recovery_of_stop_token(token), approved_at__isnull=False).first()
    if found is None:
        raise LinkExpired
    return found


def waiting_for(person: Person) -> Recovery | None:
    """The approved recovery of somebody's account that can still be stopped."""
    return Recovery.objects.filter(OPEN, person=person, approved_at__isnull=False).first()


@transaction.atomic
def stop(*, recovery: Recovery, how: str, actor: Actor | None = None) -> None:
    """End a waiting recovery: by a mailed link ("mail"), in a signed-in browser ("browser"), or because somebody got
    in meanwhile ("sign-in"). Everybody is told. Twice is once.
    """
    person = lock_person(recovery)
    found = Recovery.objects.select_for_update().filter(OPEN, pk=recovery.pk, approved_at__isnull=False).first()
    if found is None or person is None:
        return
    found.stopped_at, found.stopped_by = clock.now(), how
    found.next_at = found.stopped_at + KEPT
    found.save(update_fields=["stopped_at", "stopped_by", "next_at"])
    person.recovery_due_at = None
    person.save(update_fields=["recovery_due_at"])
    audit.record(
        actor=actor or Actor.customer(person.pk),
        action="recovery.stopped",
        subject_type="recovery",
        subject=found.pk,
        person=person.pk,
        data={"how": how},
    )
    for address in addresses_of(person):
        send_mail(to=person, address=address, template="accounts/recovery_stopped", context={})
    if found.reach_at not in addresses_of(person):
        send_mail(to=found.reach_at, template="accounts/recovery_ended", context={})
