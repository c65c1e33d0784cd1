"""What makes a password good enough: length, not composition (NIST SP 800-63B-4)."""

import re
from functools import cache
from itertools import pairwise

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontdesk.accounts.models import ALONE, Person

WITH_SECOND_FACTOR = 8
LONGEST = 256
OWN_PART = 6
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "1234567890", "abcdefghijklmnopqrstuvwxyz")


class LengthValidator:
    """At least 15 characters alone, 8 with a second factor; up to 256 are taken whole."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError when it is too short or too long."""
        least = WITH_SECOND_FACTOR if user is not None and user.has_second_factor else ALONE
        if len(password) < least:
            text = ngettext(
                "Use at least %(least)d character. A few words in a row are easy to remember.",
                "Use at least %(least)d characters. A few words in a row are easy to remember.",
                least,
            )
            raise ValidationError(text % {"least": least}, code="password_too_short")
        if len(password) > LONGEST:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": LONGEST}, code="password_too_long")

    def get_help_text(self) -> str:
        """What the page says beforehand."""
        return _("At least %(least)d characters, any you like. A few words in a row are easy to remember.") % {
            "least": ALONE
        }


class BlocklistValidator:
    """Refuses common passwords, also repeated or with digits around them, and runs of keys."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError when anyone would try it early."""
        if is_common(password):
            raise ValidationError(
                _("This is among the passwords that are tried first. Choose something of your own."),
                code="password_too_common",
            )

    def get_help_text(self) -> str:
        """Nothing to say beforehand."""
        return ""


class ContextValidator:
    """Refuses passwords made of the vendor's name, this product's name or the person's own address."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError when too little is left without those words."""
        rest = password.casefold()
        for word in sorted(_context_words(user), key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != password.casefold() and len(set(rest)) < OWN_PART:
            raise ValidationError(
                _("This is too close to your address or our name. Add words that have nothing to do with them."),
                code="password_too_close",
            )

    def get_help_text(self) -> str:
        """Nothing to say beforehand."""
        return ""


def is_common(password: str) -> bool:
    """Whether it is a common password, one repeated or decorated with digits, or a run of keys."""
    word = password.strip().casefold()
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word)
    unit = _repeated_unit(word)
    return len(set(word)) < 5 or unit != word or _is_run(word) or bool({word, core, _repeated_unit(core)} & _common())


def _repeated_unit(word: str) -> str:
    at = (word + word).find(word, 1)
    return word[:at] if 0 < at < len(word) else word


def _is_run(word: str) -> bool:
    """Whether nearly all neighbours are neighbours on the keyboard or in the alphabet."""
    pairs = {a + b for row in ROWS for a, b in pairwise(row)}
    steps = [a + b in pairs or b + a in pairs or a == b for a, b in pairwise(word)]
    return len(steps) >= 7 and sum(steps) >= 0.8 * len(steps)


@cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def _context_words(user: Person | None) -> set[str]:
    words = {"frontdesk", *re.split(r"\W+", str(settings.FRONTDESK_BRAND["name"]))}
    if user is not None:
        words |= set(re.split(r"[^\w]+", f"{user.email} {user.name}"))
        words.add(user.email)
    return {word.casefold() for word in words if len(word) >= 4}
