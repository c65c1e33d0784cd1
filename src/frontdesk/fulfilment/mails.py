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
