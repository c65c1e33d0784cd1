"""Licensing in the back office: nothing derived is edited, every deed asks for a reason and calls a verb."""

from frontdesk.licensing.admin.batches import BatchAdmin
from frontdesk.licensing.admin.codes import CodeAdmin
from frontdesk.licensing.admin.devices import ActivationAdmin
from frontdesk.licensing.admin.licenses import LicenseAdmin

__all__ = ["ActivationAdmin", "BatchAdmin", "CodeAdmin", "LicenseAdmin"]
