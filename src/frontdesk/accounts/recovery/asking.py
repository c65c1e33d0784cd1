"""Asking for a recovery. What the page answers, and what it costs, is the same whether or not there is an account."""

from datetime import timedelta

from django.db import transaction

from frontdesk.accounts.browsers import Browser
from frontdesk.accounts.errors import LinkExpired
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Person, Recovery
from frontdesk.accounts.models.recoveries import OPEN
from frontdesk.accounts.recovery import caps
from frontdesk.accounts.recovery.links import address_of, link_hint
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import audit, clock
from frontdesk.core.actors import Actor

CONFIRM_WITHIN = timedelta(hours=24)
JUDGE_WITHIN = timedelta(days=30)


@transaction.atomic
def ask(*, email: str, reach_at: str, explanation: str, wants_address: bool, browser: Browser) -> None:
    """Take a request, and mail a link to the address that was given to reach them at: only a confirmed one counts."""
    email, reach_at = email.strip().lower(), reach_at.strip().lower()
    person = Person.objects.filter(email=email, is_active=True).first()
    if not caps.may_mail(reach_at):
        return
    token, now = new_token(), clock.now()
    Recovery.objects.create(
        person=person,
        email=email,
        reach_at=reach_at,
        explanation=explanation,
        wants_address=wants_address and email != reach_at,
        user_agent=browser.user_agent,
        ip_prefix=browser.ip_prefix,
        asked_at=now,
        reach_token_hash=token_hash(token),
        reach_expires_at=clock.real_now() + CONFIRM_WITHIN,
        next_at=now + CONFIRM_WITHIN,
    )
    link = address_of("recovery_confirm", token)
    send_mail(to=reach_at, template="accounts/recovery_confirm", context={}, secret=link, secret_hint=link_hint())


def unconfirmed(token: str) -> Recovery:
    """The request behind a mailed link, confirmed or not yet. Raises LinkExpired."""
    found = Recovery.objects.filter(OPEN, reach_token_hash=token_hash(token)).first()
    if found is None or not (found.reached_at or _in_time(found)):
        raise LinkExpired
    return found


@transaction.atomic
def confirm(*, token: str) -> None:
    """The address reads our mails: from now on staff see the request. Raises LinkExpired; twice is once."""
    found = Recovery.objects.select_for_update().filter(OPEN, reach_token_hash=token_hash(token)).first()
    if found is None or not (found.reached_at or _in_time(found)):
        raise LinkExpired
    if found.reached_at:
        return
    found.reached_at = clock.now()
    found.next_at = found.reached_at + JUDGE_WITHIN
    found.save(update_fields=["reached_at", "next_at"])
    audit.record(
        actor=Actor.system("recovery"),
        action="recovery.asked",
        subject_type="recovery",
        subject=found.pk,
        person=found.person_id,
    )


def _in_time(recovery: Recovery) -> bool:
    return recovery.reach_expires_at is not None and recovery.reach_expires_at > clock.real_now()
