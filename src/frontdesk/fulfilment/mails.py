"""Mails that need to know of both a licence and its payments."""

from django.conf import settings

from frontdesk.accounts.messages.sending import send_mail
from frontdesk.accounts.models import Message, Person
from frontdesk.licensing.models import License


def renewal_ends(owner: Person, license: License) -> Message:
    """To who received a licence: nobody pays for its next term by itself, and how it goes on."""
    context = {
        "product": license.product.name,
        "plan": license.plan_version.plan.name,
        "ends_at": license.expires_at,
        "action_url": f"{settings.FRONTDESK_URL}/licenses/{license.pk}/",
    }
    return send_mail(to=owner, template="fulfilment/renewal_ends", context=context)


def license_ended(owner: Person, license: License) -> Message:
    """To whom a licence was handed over: what was paid for it has gone back to its payer, so it has ended."""
    context = {
        "product": license.product.name,
        "plan": license.plan_version.plan.name,
        "action_url": f"{settings.FRONTDESK_URL}/shop/",
    }
    return send_mail(to=owner, template="fulfilment/license_ended", context=context)
