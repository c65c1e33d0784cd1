"""What the licence pages share."""

from uuid import UUID

from frontdesk.accounts.models import Person
from frontdesk.accounts.views.common import acting, for_person
from frontdesk.core.errors import NotFound
from frontdesk.licensing import selectors
from frontdesk.licensing.models import Activation

__all__ = ["acting", "device_of", "for_person"]


def device_of(person: Person, license_id: UUID, activation_id: UUID) -> Activation:
    """A device, seated or freed, of this licence of the person. Raises NotFound."""
    activation = selectors.access_activation(person, activation_id)
    if activation.license_id != license_id:
        raise NotFound
    return activation
