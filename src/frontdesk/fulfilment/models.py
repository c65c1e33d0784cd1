"""What fulfilment must remember between two events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hold(models.Model):
    """A licence that was suspended because of a dispute, and by nobody else: it is restored when that is decided."""

    dispute = models.UUIDField(_("dispute"), primary_key=True)
    license = models.UUIDField(_("licence"), db_index=True)

    class Meta:
        verbose_name = _("licence on hold")
        verbose_name_plural = _("licences on hold")

    def __str__(self) -> str:
        return f"…{str(self.license)[-6:]}"
