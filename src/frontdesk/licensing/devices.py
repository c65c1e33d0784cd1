"""What an owner does with the devices of a licence."""

from django.db import transaction

from frontdesk.core.actors import Actor
from frontdesk.core.errors import RequestInvalid
from frontdesk.licensing import notes, seats
from frontdesk.licensing.models import Activation

LONGEST_NAME = 100


@transaction.atomic
def rename(*, actor: Actor, activation: Activation, name: str) -> Activation:
    """Call a device something else. Raises RequestInvalid for a name of no or over 100 characters."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise RequestInvalid(field="name")
    activation.name = name
    activation.save(update_fields=["name"])
    data = {"activation": str(activation.id)}
    notes.of_license(actor=notes.explained(actor), action="device.renamed", license=activation.license, data=data)
    return activation


def free(*, actor: Actor, activation: Activation) -> bool:
    """Free a device's seat; False when it was free already. Never refused, whatever the licence's state.

    The device stops within a day if it is online, at the latest at `selectors.stops_by`. Raises ReasonMissing.
    """
    freed = seats.remove(actor=notes.explained(actor), activation=activation.id)
    activation.refresh_from_db(fields=["removed_at", "removed_by"])
    return freed
