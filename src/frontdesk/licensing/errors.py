"""Reasons of licensing. The device API answers with them, and so do the pages."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class CodeMalformed(Refusal):
    """The text holds no code without a typo; `wrong_groups` counts from 1 and is empty when the length is wrong."""

    reason = declare(
        code="code_malformed",
        status=422,
        title=_("There is a typo in the code"),
        detail=_("A code has four groups of five characters, and at least one of these groups cannot be right."),
        remedy=_("Compare it with your card or mail, group by group, and correct it."),
        members=("wrong_groups",),
    )


class CodeUnknown(Refusal):
    """The code was never issued here."""

    reason = declare(
        code="code_unknown",
        status=404,
        title=_("We do not know this code"),
        detail=_("The code has the right form, but none like it was issued here."),
        remedy=_("Check that you typed it in full, and that you bought it from this vendor. Otherwise write to us."),
    )


class CodeBlocked(Refusal):
    """The code was voided or replaced."""

    reason = declare(
        code="code_blocked",
        status=403,
        title=_("This code has been blocked"),
        detail=_("The code is genuine, but it was blocked or replaced by a new one."),
        remedy=_("Look in your account or your mails for a newer code, or ask where you bought it."),
    )


class ProductMismatch(Refusal):
    """A good code of another product."""

    reason = declare(
        code="product_mismatch",
        status=422,
        title=_("This code is for another product"),
        detail=_("The code is good, but it does not belong to the product in which it was entered."),
        remedy=_("Install the product that is named on your card or in your mail, and enter the code there."),
    )


class LicenseExpired(Refusal):
    """Past its end and its grace."""

    reason = declare(
        code="license_expired",
        status=403,
        title=_("The licence has expired"),
        detail=_("Its term is over, and so is the time after it in which the product goes on working."),
        remedy=_("Renew it in your account, or enter a new code."),
    )


class LicenseSuspended(Refusal):
    """Stopped for now."""

    reason = declare(
        code="license_suspended",
        status=403,
        title=_("The licence is suspended"),
        detail=_("It has been stopped for the time being."),
        remedy=_("Sign in to your account to see why, or write to us."),
    )


class LicenseRefunded(Refusal):
    """The money went back, and the licence with it."""

    reason = declare(
        code="license_refunded",
        status=403,
        title=_("The licence was refunded"),
        detail=_("Its price was paid back, so it cannot be used any more."),
        remedy=_("If you want to go on using the product, buy a new licence or enter another code."),
    )


class DeviceLimitReached(Refusal):
    """Every seat is taken; `device_limit` says how many there are, `manage_url` where to free one."""

    reason = declare(
        code="device_limit_reached",
        status=409,
        title=_("All devices of this licence are in use"),
        detail=_("The licence is already active on as many devices as it allows."),
        remedy=_("Free a device that you no longer use, or ask the owner of the licence to replace one."),
        members=("device_limit", "manage_url"),
    )


class SwapLimitReached(Refusal):
    """Devices were exchanged too often within 30 days; `retry_at` says when the next exchange is possible."""

    reason = declare(
        code="swap_limit_reached",
        status=409,
        title=_("Devices were exchanged too often"),
        detail=_("A licence can move to another device a few times in 30 days, and these are used up."),
        remedy=_("Try again at the time shown, go on with a device that is active, or write to us."),
        members=("retry_at",),
    )


class ActivationUnknown(Refusal):
    """The token belongs to no activation."""

    reason = declare(
        code="activation_unknown",
        status=401,
        title=_("We do not know this activation"),
        detail=_("The product showed a proof of activation that is not ours, or that is no longer valid."),
        remedy=_("Enter your activation code again. Your device keeps its seat."),
    )


class ActivationRemoved(Refusal):
    """The device's seat was freed."""

    reason = declare(
        code="activation_removed",
        status=403,
        title=_("This device was removed from the licence"),
        detail=_("Its seat was freed, in the account or by the product itself."),
        remedy=_("Enter your activation code again if you want to use the product here."),
    )


class FingerprintMismatch(Refusal):
    """The token was made for another device."""

    reason = declare(
        code="fingerprint_mismatch",
        status=409,
        title=_("The activation belongs to another device"),
        detail=_("This looks like a copy of an installation, or the device's hardware has changed."),
        remedy=_("Enter your activation code again on this device."),
    )
