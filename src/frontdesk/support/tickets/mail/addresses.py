"""The addresses that conversations are reached at: the support address, with a reply token behind a plus."""

import re
from email.utils import parseaddr

from django.conf import settings

TOKEN = re.compile(r"[a-z2-7]{26}")


def reply_address(token: str) -> str:
    """Where replies to a conversation go: support+<token>@the vendor's domain; "" when it takes no mail."""
    local, at, domain = support_address().partition("@")
    return f"{local}+{token}@{domain}" if at else ""


def support_address() -> str:
    """The bare address that customers write to, in lower case; "" when there is none."""
    return _bare(settings.SUPPORT_ADDRESS)


def token_in(address: str) -> str:
    """The reply token in one of our addresses, or "" ."""
    local, _at, domain = _bare(address).partition("@")
    ours, at, our_domain = support_address().partition("@")
    token = local.removeprefix(f"{ours}+")
    return token if at and domain == our_domain and token != local and TOKEN.fullmatch(token) else ""


def is_ours(address: str) -> bool:
    """Whether mail to it comes back to us: the support address, with or without a token, or our mails' sender."""
    bare = _bare(address)
    if not bare:
        return False
    local, at, domain = support_address().partition("@")
    to_support = bool(at) and bare.endswith(f"@{domain}") and bare.removesuffix(f"@{domain}").partition("+")[0] == local
    return bare == support_address() or to_support or bare == _bare(settings.DEFAULT_FROM_EMAIL)


def _bare(address: str) -> str:
    return parseaddr(address)[1].strip().lower()
