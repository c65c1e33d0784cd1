"""Mails that ask "was this you?", each with one link that secures the account."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from frontdesk.accounts.browsers import Browser, user_agents
from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message, Person, SecuringLink
from frontdesk.accounts.tokens import new_token, token_hash
from frontdesk.core import clock, outbox
from frontdesk.core.outbox import Delivery

LASTS = timedelta(days=7)
NEW_BROWSER = "accounts.new_browser"


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


def new_browser(*, person: Person, browser: Browser) -> None:
    """Have the worker tell of a sign-in, now complete, from a browser that was not known."""
    where = browser.place() or browser.ip_prefix
    seen = {"agent": browser.user_agent, "where": where, "at": clock.now().isoformat()}
    outbox.put(topic=NEW_BROWSER, payload={"person": str(person.pk)}, secret=json.dumps(seen))


def tell_of_browser(delivery: Delivery) -> None:
    """The outbox's handler for it."""
    person = Person.objects.filter(pk=delivery.payload["person"], is_active=True).first()
    if person is None:
        return
    seen = json.loads(delivery.secret)
    with translation.override(person.language or None):
        name = user_agents.words(*user_agents.parts(seen["agent"]))
    context = {"at": datetime.fromisoformat(seen["at"]), "browser": name, "where": seen["where"]}
    was_this_you(person=person, cause="person.signed_in", template="accounts/new_browser", context=context)
