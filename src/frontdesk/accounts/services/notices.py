"""Mails that ask "was this you?", each with one link that secures the account."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message, Person, SecuringLink
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import clock

LASTS = timedelta(days=7)


@transaction.atomic
def was_this_you(
    *, person: Person, cause: str, template: str, context: dict[str, Any] | None = None, address: str = ""
) -> Message:
    """Tell a person what happened in their account, with a link that secures it, good for seven days.

    `cause` names what happened in dotted words ("second_factor.added"). `template` is "<app>/<name>" and extends
    `accounts/mail/base_notice.html` and `.txt`, which bring the button. `address` sends it to another address than
    the person's own.
    """
    token, now = new_token(), clock.real_now()
    SecuringLink.objects.create(
        person=person, token_hash=token_hash(token), cause=cause, created_at=now, expires_at=now + LASTS
    )
    link = settings.FRONTDESK_URL + reverse("account_secure", args=[token])
    return send_mail(
        to=person,
        address=address,
        template=template,
        context=context or {},
        secret=link,
        secret_hint=_("(a link, only in the mail)"),
    )
