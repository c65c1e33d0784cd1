"""Stripe's words for a payment that failed, as ours (`billing.declines`)."""

from collections.abc import Mapping
from typing import Any

# By Stripe's decline code first, then by its error code. What is missing here is a plain, soft `declined`.
DECLINES = {
    "insufficient_funds": "insufficient_funds",
    "withdrawal_count_limit_exceeded": "limit_exceeded",
    "card_velocity_exceeded": "limit_exceeded",
    "amount_too_large": "limit_exceeded",
    "expired_card": "expired_card",
    "invalid_expiry_month": "incorrect_details",
    "invalid_expiry_year": "incorrect_details",
    "incorrect_number": "incorrect_details",
    "invalid_number": "incorrect_details",
    "incorrect_cvc": "incorrect_details",
    "invalid_cvc": "incorrect_details",
    "incorrect_zip": "incorrect_details",
    "incorrect_address": "incorrect_details",
    "incorrect_pin": "incorrect_details",
    "invalid_account": "incorrect_details",
    "new_account_information_available": "incorrect_details",
    "lost_card": "lost_or_stolen",
    "stolen_card": "lost_or_stolen",
    "pickup_card": "lost_or_stolen",
    "restricted_card": "lost_or_stolen",
    "card_not_supported": "not_supported",
    "currency_not_supported": "not_supported",
    "transaction_not_allowed": "not_supported",
    "service_not_allowed": "not_supported",
    "not_permitted": "not_supported",
    "amount_too_small": "not_supported",
    "invalid_amount": "not_supported",
    "testmode_decline": "not_supported",
    "live_mode_test_card": "not_supported",
    "revocation_of_authorization": "mandate_revoked",
    "revocation_of_all_authorizations": "mandate_revoked",
    "stop_payment_order": "mandate_revoked",
    "payment_method_unexpected_state": "mandate_revoked",
    "fraudulent": "fraud_suspected",
    "merchant_blacklist": "fraud_suspected",
    "security_violation": "fraud_suspected",
    "highest_risk_level": "fraud_suspected",
    "processing_error": "processing_error",
    "issuer_not_available": "processing_error",
    "reenter_transaction": "processing_error",
    "try_again_later": "processing_error",
    "approve_with_id": "processing_error",
    "authentication_required": "authentication_required",
    "online_or_offline_pin_required": "authentication_required",
    "payment_intent_authentication_failure": "authentication_failed",
    "setup_intent_authentication_failure": "authentication_failed",
    "authentication_not_handled": "authentication_failed",
}
# Refunds that can never succeed, whoever asks again.
NO_REFUND = frozenset(
    {"charge_already_refunded", "charge_disputed", "refund_disputed_payment", "charge_not_refundable"}
)


def decline_of(error: Mapping[str, Any]) -> str:
    """Our code for an error as Stripe describes it."""
    for name in ("decline_code", "code"):
        if found := DECLINES.get(str(error.get(name) or "")):
            return found
    return "declined"
