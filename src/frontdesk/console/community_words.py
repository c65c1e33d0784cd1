"""Reasons that moderators give often, to choose from; whom it concerns reads them."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Text

REASONS: tuple[Text, ...] = (
    _("Advertising"),
    _("Rude or hurtful"),
    _("Shows what is private"),
    _("Has nothing to do with the topic"),
    _("The same was posted before"),
    _("Thank you, everything is fine"),
)
