"""Reasons around accounts."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class LinkExpired(Refusal):
    """A link from a mail or an invitation that does not work, for whichever reason."""

    reason = declare(
        code="link_expired",
        status=410,
        title=_("This link no longer works"),
        detail=_("It was used already, is too old, or was not copied completely."),
        remedy=_("Ask for a new one where you asked for this one."),
    )
