"""Reasons that only a program meets."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class RequestTimeout(Refusal):
    """The body did not arrive in time."""

    reason = declare(
        code="request_timeout",
        status=408,
        title=_("The request took too long to arrive"),
        detail=_("We stopped waiting, because the rest of the request did not come."),
        remedy=_("Check the connection and send it again."),
    )


class MethodNotAllowed(Refusal):
    """The address exists, but not for this verb."""

    reason = declare(
        code="method_not_allowed",
        status=405,
        title=_("This address is not used that way"),
        detail=_("The address exists, but it does not answer this kind of request."),
        remedy=_("The description of the interface says which requests each address answers."),
    )


class RequestAmbiguous(Refusal):
    """The headers contradict each other about where the body ends, or whom the request asks."""

    reason = declare(
        code="request_ambiguous",
        status=400,
        title=_("The request contradicts itself"),
        detail=_("Its headers say different things about its length or its destination, so we did not read it."),
        remedy=_(
            "Send one Host, and either one Content-Length or Transfer-Encoding: chunked. A proxy may be the cause."
        ),
    )


class InternalError(Refusal):
    """A fault of ours; it is in the log."""

    reason = declare(
        code="internal_error",
        status=500,
        title=_("Something broke on our side"),
        detail=_("It is not your fault. The fault is in our log, without anything you entered."),
        remedy=_("Try again in a minute. If it happens again, write to us."),
    )
