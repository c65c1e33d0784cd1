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
    return bare(settings.SUPPORT_ADDRESS)


def token_in(address: str) -> str:
    """The reply token in one of our addresses, or "" ."""
    local, _at, domain = bare(address).partition("@")
    ours, at, our_domain = support_address().partition("@")
    token = local.removeprefix(f"{ours}+")
    return token if at and domain == our_domain and token != local and TOKEN.fullmatch(token) else ""


def is_ours(address: str) -> bool:
    """Whether mail to it comes back to us: the support address, with or without a token, or our mails' sender."""
    plain = bare(address)
    if not plain:
        return False
    local, at, domain = support_address().partition("@")
    to_support = (
        bool(at) and plain.endswith(f"@{domain}") and plain.removesuffix(f"@{domain}").partition("+")[0] == local
    )
    return plain == support_address() or to_support or plain == bare(settings.DEFAULT_FROM_EMAIL)


def bare(address: str) -> str:
    """An address without its name, in lower case."""
    return parseaddr(address)[1].strip().lower()
