"""Why a charge was declined, in our own words for what all providers say, and whether trying again can help.

Soft declines are tried again (+2, +7, +14 days after the first failure). Hard ones never: the card networks forbid
it, so the customer is asked for another payment method at once.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from frontdesk.core.reasons import Text

SET_ASIDE = "set_aside"
NOTHING = _("Nothing was charged.")


@dataclass(frozen=True)
class Decline:
    """One reason. `text` tells customers what happened, `charged` what became of the money, `remedy` what helps."""

    code: str
    is_hard: bool
    text: Text
    remedy: Text
    charged: Text = NOTHING

    @property
    def is_by_bank(self) -> bool:
        """Whether a bank declined it; else it was closed by our team."""
        return self.code != SET_ASIDE


_ANOTHER = _("Use another payment method.")
_BANK = _("Ask your bank, or use another payment method.")

ALL = {
    each.code: each
    for each in (
        Decline(
            "insufficient_funds",
            False,
            _("The account did not hold enough."),
            _("We try again. Another card works at once."),
        ),
        Decline("declined", False, _("The bank declined without saying why."), _BANK),
        Decline("processing_error", False, _("The bank could not be reached."), _("We try again by ourselves.")),
        Decline(
            "authentication_required",
            False,
            _("The bank wants you to confirm the payment."),
            _("Confirm it with your bank."),
        ),
        Decline(
            "authentication_failed",
            False,
            _("The payment was not confirmed with the bank."),
            _("Confirm it again, or use another card."),
        ),
        Decline("limit_exceeded", False, _("The card's limit is reached."), _BANK),
        Decline("expired_card", True, _("The card has expired."), _ANOTHER),
        Decline("lost_or_stolen", True, _("The bank has blocked the card."), _ANOTHER),
        Decline("incorrect_details", True, _("The card's details are not right."), _("Enter them again.")),
        Decline("not_supported", True, _("The card cannot be used for this."), _ANOTHER),
        Decline("mandate_revoked", True, _("The permission to charge this card was withdrawn."), _ANOTHER),
        Decline("fraud_suspected", True, _("The bank stopped the payment to protect you."), _BANK),
        Decline(
            SET_ASIDE,
            False,
            _("It could not be settled with the payment service, so our team closed it."),
            _("Pay again, with this card or another one."),
            _("Should something have been taken for it, it goes back to you."),
        ),
        Decline("abandoned", False, _("The payment was not finished."), _("Start it again.")),
    )
}


def of(code: str) -> Decline:
    """The decline with this code; an unknown one counts as a plain soft decline."""
    return ALL.get(code) or ALL["declined"]
