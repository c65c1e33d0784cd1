"""Removed cards are forgotten by their provider too: called outside, again and again until it has heard."""

import structlog
from django.db.models import F

from frontdesk.billing import outside
from frontdesk.billing.models import PaymentMethod
from frontdesk.billing.providers import registry
from frontdesk.billing.providers.protocol import ProviderError
from frontdesk.core import clock

log = structlog.get_logger(__name__)


def forget(method: PaymentMethod) -> bool:
    """Tell the provider of a removed card; False when it cannot be asked now. Safe to repeat. Outside transactions.

    One that is removed stays removed until it is forgotten (`cards.keep`), so that this tells of none that is in use.
    """
    if method.detached_at is None or method.forgotten_at is not None:
        return True
    try:
        provider = registry.get(method.provider)
        outside.call("detach", lambda: provider.detach(method.ref))
    except (ProviderError, KeyError) as error:
        log.warning("card_not_forgotten", method=str(method.pk), error=type(error).__name__)
        return False
    PaymentMethod.objects.filter(pk=method.pk, forgotten_at=None).update(forgotten_at=clock.now())
    return True


def sweep(limit: int = 100) -> int:
    """Tell providers of the removed cards that they have not heard of; returns how many now have."""
    waiting = PaymentMethod.objects.filter(detached_at__isnull=False, forgotten_at=None).order_by(F("detached_at"))
    return sum(forget(method) for method in waiting[:limit])
