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


class CodeAlreadyClaimed(Refusal):
    """The code's licence belongs to another account. Possession is proven, so this may be told; not whose it is."""

    reason = declare(
        code="code_already_claimed",
        status=409,
        title=_("This code is already in another account"),
        detail=_("The code is genuine, but its licence was added to another account before."),
        remedy=_(
            "If you have several addresses, sign in with the other one. If you bought the code just now, "
            "ask us and keep the receipt or the card at hand."
        ),
    )


class PlansNotComparable(Refusal):
    """A code of another plan can't be converted, because one of the two plans has no price to compare by."""

    reason = declare(
        code="plans_not_comparable",
        status=409,
        title=_("This code cannot extend that licence"),
        detail=_("The code is for another plan, and the time of the two plans cannot be compared."),
        remedy=_("Redeem the code as a licence of its own: it keeps all its time."),
    )


class ListGone(Refusal):
    """The clear list of a batch was downloaded already, or is past its 24 hours, or not ready yet."""

    reason = declare(
        code="code_list_gone",
        status=409,
        title=_("The list of codes is not there"),
        detail=_("A list of codes can be downloaded once, within 24 hours after the codes were made."),
        remedy=_("If codes are still being made, wait a moment. Otherwise void the batch and make a new one."),
    )


class BatchSizeInvalid(Refusal):
    """A batch holds 1 to 100,000 codes."""

    reason = declare(
        code="batch_size_invalid",
        status=422,
        title=_("That number of codes cannot be made at once"),
        detail=_("A batch holds between 1 and 100,000 codes."),
        remedy=_("Choose a number in that range, and make several batches if you need more."),
    )


class HandOverGone(Refusal):
    """The offer was accepted, withdrawn or is older than seven days, or the link is incomplete."""

    reason = declare(
        code="hand_over_gone",
        status=410,
        title=_("This offer is no longer open"),
        detail=_("The offer of this licence was accepted, withdrawn, or is older than seven days."),
        remedy=_("Ask the person who offered the licence to send a new offer."),
    )


class HandOverAddress(Refusal):
    """The offer went to another address than the verified ones of this account."""

    reason = declare(
        code="hand_over_wrong_address",
        status=403,
        title=_("This offer was sent to another address"),
        detail=_("The licence was offered to an e-mail address that is not a confirmed one of your account."),
        remedy=_("Sign in with the account of that address, or ask for an offer to the address of this account."),
    )


class HandOverToOneself(Refusal):
    """The licence is already in the account of that address."""

    reason = declare(
        code="hand_over_to_oneself",
        status=422,
        title=_("This licence is already in that account"),
        detail=_("The address you entered belongs to the account that the licence is in."),
        remedy=_("Enter the address of the person who shall get the licence."),
    )


class HandOverOpen(Refusal):
    """There is an open offer for the licence already."""

    reason = declare(
        code="hand_over_open",
        status=409,
        title=_("This licence is offered to somebody already"),
        detail=_("A licence can be offered to one address at a time."),
        remedy=_("Withdraw the open offer first, then send a new one."),
    )


class LicenseUnclaimed(Refusal):
    """The licence is in nobody's account yet."""

    reason = declare(
        code="license_unclaimed",
        status=409,
        title=_("This licence is in no account yet"),
        detail=_("The licence was activated on a device and has not been added to an account."),
        remedy=_("Sign in and enter the activation code on the page Activate: the licence is then yours."),
    )


class ReplacementGone(Refusal):
    """The request was answered, is older than a day, or the link is incomplete."""

    reason = declare(
        code="replacement_gone",
        status=410,
        title=_("This request is no longer open"),
        detail=_("The request of the new device was answered already, or is older than 24 hours."),
        remedy=_("Start the activation on the device again and ask once more, or free a device in your account."),
    )


class OfflineRequestUsed(Refusal):
    """The seat that was taken for this very request file has been freed since."""

    reason = declare(
        code="offline_request_used",
        status=409,
        title=_("This request file was used already"),
        detail=_("A seat was taken for it before, and that seat has been given back or freed since."),
        remedy=_("Let the product make a new request on the device, and send that one."),
    )


class NoCodeToReplace(Refusal):
    """The licence came without an activation code, or its codes are void."""

    reason = declare(
        code="no_code_to_replace",
        status=409,
        title=_("This licence has no code that could be replaced"),
        detail=_("The licence did not come with an activation code, or its code was taken out of use."),
        remedy=_("Devices can be activated from your account. Ask us if that does not help."),
    )


class TooManyKept(Refusal):
    """More devices were chosen to stay than the plan allows, or devices that are not on the licence."""

    reason = declare(
        code="too_many_devices_kept",
        status=422,
        title=_("Too many devices are chosen"),
        detail=_("More devices are chosen to stay than the plan allows."),
        remedy=_("Choose at most as many devices as the plan allows."),
        members=("device_limit",),
    )


class OtherProduct(Refusal):
    """A licence can only change to a plan of its own product."""

    reason = declare(
        code="plan_of_other_product",
        status=422,
        title=_("That belongs to another product"),
        detail=_("What you chose is for another product than the licence."),
        remedy=_("Choose a licence and a plan of the same product."),
    )
