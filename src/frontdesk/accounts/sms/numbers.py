"""Phone numbers: read as people write them, kept as E.164."""

from functools import cache

import phonenumbers
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

REACHED = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER}


class NumberUnreadable(ValueError):
    """Not a phone number, or one of a country that was not said."""


class NumberUnreached(ValueError):
    """A number that takes no SMS from us: a landline, a paid number, or a country that is not served."""


def normalise(text: str, country: str = "") -> str:
    """E.164 of a number as typed; `country` (DE) for one without country code.

    Raises NumberUnreadable and NumberUnreached.
    """
    try:
        number = phonenumbers.parse(text[:60], country or None)
    except NumberParseException:
        raise NumberUnreadable from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise NumberUnreadable
    if phonenumbers.number_type(number) not in REACHED:
        raise NumberUnreached
    if phonenumbers.region_code_for_number(number) not in served():
        raise NumberUnreached
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def shown(number: str) -> str:
    """As people read it: +49 171 3920012."""
    return phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL) if number else ""


def masked(number: str) -> str:
    """Enough for its owner to know it: the country and the last two digits."""
    if not number:
        return ""
    return f"+{phonenumbers.parse(number).country_code} ••• ••{number[-2:]}"


def served() -> set[str]:
    """The countries SMS go to: those of FRONTDESK_SMS_COUNTRIES, all where it is empty."""
    return set(settings.SMS_COUNTRIES) or set(phonenumbers.SUPPORTED_REGIONS)


def countries() -> list[tuple[str, str]]:
    """Served countries for a list: code, and name with country code, in the language that is active."""
    names = _territories(get_language() or "en")
    listed = [(names.get(code, code), code) for code in served()]
    return [(code, f"{name} (+{phonenumbers.country_code_for_region(code)})") for name, code in sorted(listed)]


def likely_country(language: str) -> str:
    """Where somebody with these languages (de-AT) most likely is; empty when nothing says."""
    region = language.replace("_", "-").partition("-")[2].upper() or {"de": "DE"}.get(language.lower(), "")
    return region if region in served() else ""


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language.replace("-", "_")).territories)
