"""Reasons of billing. Pages, console and commands answer with them."""

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Refusal, declare


class PaymentDeclined(Refusal):
    """The bank said no. Pages say which of `billing.declines` it was, and lead to this for the rest."""

    reason = declare(
        code="payment_declined",
        status=402,
        title=_("The payment was declined"),
        detail=_("Your bank did not let the payment through. Nothing was charged."),
        remedy=_("Try another payment method, or ask your bank and try again."),
        members=("decline",),
    )


class PaymentUnderWay(Refusal):
    """Another try to pay the same invoice has no outcome yet."""

    reason = declare(
        code="payment_under_way",
        status=409,
        title=_("A payment is already under way"),
        detail=_("An earlier try to pay this has no outcome yet, so a second one could charge you twice."),
        remedy=_("Wait a few minutes and look again: the page shows how it ended."),
    )


class PaymentProviderAway(Refusal):
    """The provider does not answer."""

    reason = declare(
        code="payment_provider_away",
        status=503,
        title=_("Payments cannot be taken just now"),
        detail=_("The payment service does not answer. Nothing was charged."),
        remedy=_("Try again in a few minutes. Your order is kept until then."),
    )


class NotPayable(Refusal):
    """The order or invoice was paid, canceled, or has expired."""

    reason = declare(
        code="not_payable",
        status=409,
        title=_("There is nothing to pay here any more"),
        detail=_("It was paid already, was canceled, or waited too long."),
        remedy=_("Look at your billing page. If something is missing there, order again: you are not charged twice."),
    )


class QuoteOutdated(Refusal):
    """What was shown is not what it would cost now."""

    reason = declare(
        code="quote_outdated",
        status=409,
        title=_("The price has changed since you saw it"),
        detail=_("Something that the price depends on is different now, so we did not charge you."),
        remedy=_("Look at the new price and confirm again."),
    )


class OwedOtherwise(Refusal):
    """What is owed of a refund that came back is not what the page said."""

    reason = declare(
        code="owed_otherwise",
        status=409,
        title=_("What is owed has changed since you saw it"),
        detail=_("A bank has given the customer some of this refund meanwhile, so nothing was written down."),
        remedy=_("Look at what is owed now, and confirm again."),
    )


class DiffersOtherwise(Refusal):
    """What the provider says of a payment is not what the page said."""

    reason = declare(
        code="differs_otherwise",
        status=409,
        title=_("The provider says something else by now"),
        detail=_("What it says of this payment has changed since you saw it, so the payment was not given up."),
        remedy=_("Look at what it says now, and confirm again."),
    )


class NotForSale(Refusal):
    """The plan is not offered (any more), or not in this currency."""

    reason = declare(
        code="not_for_sale",
        status=409,
        title=_("This plan is not on offer"),
        detail=_("It was taken off the list, or has no price in this currency."),
        remedy=_("Choose one of the plans on the page."),
    )


class SwitchNotPossible(Refusal):
    """The change of plan cannot be made in this way."""

    reason = declare(
        code="switch_not_possible",
        status=409,
        title=_("This change is not possible now"),
        detail=_("The licence is not running, was handed over, belongs to another product, or has this plan already."),
        remedy=_("Renew the licence first, or choose another plan."),
    )


class ChangePlanned(Refusal):
    """A term that is paid ahead would be of the plan that goes."""

    reason = declare(
        code="change_planned",
        status=409,
        title=_("A change is planned for the next term"),
        detail=_("The next term is of the plan that was chosen, and is charged when it begins."),
        remedy=_("To renew earlier as it is, drop the change on the subscription's page first."),
    )


class SubscriptionOver(Refusal):
    """The subscription has ended."""

    reason = declare(
        code="subscription_over",
        status=409,
        title=_("This subscription has ended"),
        detail=_("It is over, so there is nothing to change on it."),
        remedy=_("Buy the plan again: the licence and its devices come back."),
    )


class CouponUnknown(Refusal):
    """There is no such coupon, or it is not for this. All alike, so that nobody can search for codes."""

    reason = declare(
        code="coupon_not_valid",
        status=422,
        title=_("This coupon cannot be used here"),
        detail=_("It does not exist, has ended, is used up, or is for another product or currency."),
        remedy=_("Check how it is written, or order without it."),
    )


class TrialUsed(Refusal):
    """One trial for each product and person."""

    reason = declare(
        code="trial_used",
        status=409,
        title=_("You have tried this product before"),
        detail=_("There is one trial for each customer and product."),
        remedy=_("Buy a plan: within the time for refunds you can change your mind."),
    )


class RefundNotPossible(Refusal):
    """Nothing (or not so much) can go back: never paid, all back already, or a dispute is open.

    Or not by the customer alone: the licence was handed over, or a later paid term stands on an upgrade or devices.
    """

    reason = declare(
        code="refund_not_possible",
        status=409,
        title=_("This cannot be refunded"),
        detail=_("It was not paid, has gone back already, your bank is looking into it, or only we can decide it."),
        remedy=_("Look at the payment's page for how it stands, or write to us."),
    )


class RefundTooLate(Refusal):
    """The time in which customers refund by themselves is over; `until` says when it ended."""

    reason = declare(
        code="refund_too_late",
        status=409,
        title=_("The time for a refund by yourself is over"),
        detail=_("Payments can be refunded on this page for a number of days."),
        remedy=_("Write to us and tell us what is wrong: a person decides."),
        members=("until",),
    )


class RefundNeedsManager(Refusal):
    """The amount is above what a billing agent may refund or give as credit; `limit` in minor units."""

    reason = declare(
        code="refund_needs_manager",
        status=403,
        title=_("This needs a manager"),
        detail=_("With what went before, the amount is above what your role may refund or give."),
        remedy=_("Ask a manager to do it, or give a part."),
        members=("limit",),
    )


class OwnAccount(Refusal):
    """Nobody gives the vendor's money to themselves."""

    reason = declare(
        code="own_account",
        status=403,
        title=_("This is your own account"),
        detail=_("Nobody gives a refund or credit to their own account, whatever their role."),
        remedy=_("Ask a colleague to look at it."),
    )


class LastMethod(Refusal):
    """The card is needed for a subscription that renews by itself."""

    reason = declare(
        code="last_payment_method",
        status=409,
        title=_("This card is needed for a renewal"),
        detail=_("A subscription that renews by itself is paid with it."),
        remedy=_("Use another card for renewals first, or switch the automatic renewal off."),
    )


class DeclarationGone(Refusal):
    """The mailed link was used, is incomplete, or is too old."""

    reason = declare(
        code="declaration_gone",
        status=410,
        title=_("This link is no longer open"),
        detail=_("The declaration was confirmed already, or the link is incomplete."),
        remedy=_("Open the link from the mail again in full. The date on which you declared it counts in any case."),
    )
