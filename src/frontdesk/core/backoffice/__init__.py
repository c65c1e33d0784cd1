"""The mechanism of the back office: pages that show, and deeds that ask for a reason and call a verb."""

from frontdesk.core.backoffice.base import BackOfficeAdmin, Deed, ReadOnlyInline, staff_actor
from frontdesk.core.backoffice.forms import ReasonedModelForm, ReasonForm

__all__ = ["BackOfficeAdmin", "Deed", "ReadOnlyInline", "ReasonForm", "ReasonedModelForm", "staff_actor"]
