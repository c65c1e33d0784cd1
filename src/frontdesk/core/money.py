"""Money: whole minor units and an ISO 4217 currency; never a float."""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from babel.numbers import is_currency as is_listed
from django.utils import translation
from django.utils.translation import to_locale


@dataclass(frozen=True)
class Money:
    """An amount in minor units (cents; whole yen)."""

    minor: int
    currency: str

    @property
    def major(self) -> Decimal:
        """The amount in major units, exact, by the currency's number of decimals."""
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    @property
    def plain(self) -> str:
        """As it is kept and compared, the same in every language (`EUR 39.95`); `parse_with_currency` reads it."""
        return f"{self.currency} {self.major}"

    def __str__(self) -> str:
        language = to_locale(translation.get_language() or "en")
        text: str = format_currency(self.major, self.currency, locale=language)
        return text


_WITH_CURRENCY = re.compile(r"([A-Z]{3})\s+(\S+)")
_WRITTEN = re.compile(r"\d{1,9}([.,]\d{1,3})?")


def parse(text: str, currency: str) -> Money:
    """An amount as people write it (`39.95`, `39,95`, `40`). Raises ValueError, also for too many decimals."""
    written = text.strip()
    if not _WRITTEN.fullmatch(written):
        raise ValueError(text)
    minor = Decimal(written.replace(",", ".")).scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise ValueError(text)
    return Money(int(minor), currency)


def is_currency(code: str) -> bool:
    """Whether it is a currency's code of ISO 4217, in capitals."""
    return bool(re.fullmatch(r"[A-Z]{3}", code)) and is_listed(code)


def parse_with_currency(text: str) -> Money:
    """An amount that is written with its currency (`EUR 39.95`). Raises ValueError, also for too many decimals."""
    found = _WITH_CURRENCY.fullmatch(text.strip().upper())
    if not found or not is_currency(found[1]):
        raise ValueError(text)
    return parse(found[2], found[1])
