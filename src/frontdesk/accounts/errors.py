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


class SmsNotSent(Refusal):
    """A budget of SMS is spent; `retry_after` gives seconds."""

    reason = declare(
        code="sms_not_sent",
        status=429,
        title=_("No SMS can be sent now"),
        detail=_("Today's number of SMS is used up: to this phone, or in all."),
        remedy=_("Use another way of signing in, such as your authenticator, a mailed code or a recovery code."),
        members=("retry_after",),
    )
