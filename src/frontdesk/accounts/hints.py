"""Hints on wrong credentials: from what was typed alone, never from whether an account exists."""

from django.utils.translation import gettext as _

MISTYPED = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gamil.com": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmail.co": "hotmail.com",
    "outlok.com": "outlook.com",
    "outlook.co": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahoo.co": "yahoo.com",
    "gmx.ed": "gmx.de",
    "web.ed": "web.de",
    "iclod.com": "icloud.com",
}


def hints_for(email: str, password: str) -> list[str]:
    """What to look at, the most likely first."""
    found = []
    domain = email.rpartition("@")[2].lower()
    if domain in MISTYPED:
        found.append(
            _("The address ends in “%(typed)s”. Did you mean “%(meant)s”?")
            % {"typed": domain, "meant": MISTYPED[domain]}
        )
    if password != password.strip():
        found.append(_("The password begins or ends with a space. It may have been copied along."))
    if password.isupper():
        found.append(_("The password is all in capitals. Is caps lock on?"))
    found.append(_("Capital and small letters count in the password."))
    found.append(_("Perhaps your account has another address: look where our mails arrive."))
    return found
