"""Devices that hold seats of several licences of one product: a second code entered on a device takes a second seat.

That is the contract (the answer is 201 with the other licence's id), and sometimes it is meant. Nobody but the owner of
both licences is told, and nothing is freed behind anybody's back: a fingerprint is only what a device says of itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from frontdesk.licensing.models import Activation, License


@dataclass(frozen=True)
class DoubleSeat:
    """A device with its seats, the one seen last in front; each activation has its `license`."""

    seats: tuple[Activation, ...]

    @property
    def name(self) -> str:
        """What the owner calls the device, as it was called last."""
        return self.seats[0].name

    def others(self, license: License) -> list[Activation]:
        """Its seats of other licences."""
        return [seat for seat in self.seats if seat.license_id != license.pk]


def find(licenses: Iterable[License], now: datetime) -> list[DoubleSeat]:
    """The devices among `licenses` (one owner's, with `live_devices`) that hold more than one usable seat."""
    by_device: dict[tuple[UUID, bytes], list[Activation]] = defaultdict(list)
    for license in licenses:
        if license.is_usable_at(now):
            for seat in getattr(license, "live_devices", []):
                seat.license = license  # read with plan and product, which the pages name
                by_device[license.product_id, bytes(seat.fingerprint)].append(seat)
    found = [sorted(seats, key=lambda seat: seat.last_seen_at, reverse=True) for seats in by_device.values()]
    return [DoubleSeat(tuple(seats)) for seats in found if len(seats) > 1]
