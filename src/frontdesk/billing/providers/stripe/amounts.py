"""Amounts as Stripe counts them. Our minor units follow CLDR, Stripe's its own table; where they differ we convert.

Whatever would have to be rounded is refused: what we book must be what is charged.
"""

from babel.numbers import get_currency_precision

from frontdesk.billing.providers.protocol import ProviderError

# https://docs.stripe.com/currencies: without decimals, with three (the last always 0), all others with two.
ZERO = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
THREE = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
WHOLE_ONLY = frozenset({"ISK"})  # with two decimals that must be 00
REFUSED = frozenset({"UGX"})  # has changed sides, so that a mistake would charge a hundredfold


def to_stripe(minor: int, currency: str) -> int:
    """Our minor units as Stripe's. Raises ProviderError for an amount that Stripe cannot take exactly."""
    if currency in REFUSED:
        raise ProviderError(f"{currency} is not charged through Stripe")
    amount = _scaled(minor, _digits(currency) - get_currency_precision(currency))
    step = 10 if currency in THREE else 100 if currency in WHOLE_ONLY else 1
    if amount <= 0 or amount % step:
        raise ProviderError(f"{minor} {currency} is no amount that Stripe takes")
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Stripe's minor units as ours. Raises ProviderError for an amount that we cannot book exactly."""
    return _scaled(amount, get_currency_precision(currency) - _digits(currency))


def _digits(currency: str) -> int:
    if currency in ZERO:
        return 0
    return 3 if currency in THREE else 2


def _scaled(amount: int, digits: int) -> int:
    if digits >= 0:
        return int(amount * 10**digits)
    whole, rest = divmod(amount, 10**-digits)
    if rest:
        raise ProviderError("an amount with more decimals than its currency has")
    return int(whole)
