"""What fulfilment must remember between two events."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog.models import Plan
from frontdesk.support.tickets.models import ServiceLevel


class Hold(models.Model):
    """A licence that was suspended because of a dispute, and by nobody else: it is restored when that is decided."""

    dispute = models.UUIDField(_("dispute"), primary_key=True)
    license = models.UUIDField(_("licence"), db_index=True)

    class Meta:
        verbose_name = _("licence on hold")
        verbose_name_plural = _("licences on hold")

    def __str__(self) -> str:
        return f"…{str(self.license)[-6:]}"


class PlanLevel(models.Model):
    """The service level that a plan comes with. Plans without one have the default level."""

    plan = models.OneToOneField(Plan, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("plan"))
    level = models.ForeignKey(ServiceLevel, models.CASCADE, related_name="+", verbose_name=_("service level"))

    class Meta:
        verbose_name = _("service level of a plan")
        verbose_name_plural = _("service levels of plans")

    def __str__(self) -> str:
        return f"{self.plan}: {self.level}"
