"""Reasons that belong to no domain."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class RequestInvalid(Refusal):
    """The request has not the shape the contract asks for; `field` names the member."""

    reason = declare(
        code="request_invalid",
        status=422,
        title=_("The request is not complete"),
        detail=_("Something in the request is missing or has a form we cannot read."),
        remedy=_("Correct the field that is named and send it again. Updating the product usually helps."),
        members=("field",),
    )


class RequestTooLarge(Refusal):
    """The body is over the limit."""

    reason = declare(
        code="request_too_large",
        status=413,
        title=_("That is too large"),
        detail=_("What was sent is larger than we accept here."),
        remedy=_("Send less at once. An activation needs only the code and the device's name."),
    )


class NotFound(Refusal):
    """There is nothing here, or nothing for this person: both look alike."""

    reason = declare(
        code="not_found",
        status=404,
        title=_("There is nothing here"),
        detail=_("The page or object does not exist, or it belongs to another account."),
        remedy=_("Check the address, and that you are signed in with the right account."),
    )


class PermissionMissing(Refusal):
    """The person's role does not include this."""

    reason = declare(
        code="permission_missing",
        status=403,
        title=_("Your role does not include this"),
        detail=_("Somebody with another role can do this for you."),
        remedy=_("Ask an administrator of this installation."),
    )


class TooManyAttempts(Refusal):
    """A throttle is full; `retry_after` gives seconds."""

    reason = declare(
        code="too_many_attempts",
        status=429,
        title=_("Too many attempts"),
        detail=_("There were too many of these from here in a short time, so we slow down. Nothing was changed."),
        remedy=_("Wait a little and try again."),
        members=("retry_after",),
    )


class TemporarilyUnavailable(Refusal):
    """The database is away; nothing was half done."""

    reason = declare(
        code="temporarily_unavailable",
        status=503,
        title=_("We are back in a moment"),
        detail=_("The service cannot be reached just now. Nothing was changed and nothing was charged."),
        remedy=_("Try again in a minute. Products that are activated go on working meanwhile."),
    )


class ReasonMissing(Refusal):
    """Staff must say why."""

    reason = declare(
        code="reason_missing",
        status=422,
        title=_("Please say why"),
        detail=_("Actions on a customer's matters are explained in the audit, so each one needs a reason."),
        remedy=_("Write a short reason, such as the conversation's number, and confirm again."),
    )


class ClockTravelRefused(Refusal):
    """Only a demo travels in time, and only forward."""

    reason = declare(
        code="clock_travel_refused",
        status=403,
        title=_("Time travel is for the demo"),
        detail=_("Business time can be moved only in a demo installation, and only forward."),
        remedy=_("Start the demo with `make run` and travel there."),
    )
