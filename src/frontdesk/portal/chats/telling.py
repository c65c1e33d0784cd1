"""Which of our addresses agents may be told: where a chat was begun is kept, and shown to all of them.

Some addresses let in whoever has them (what mails carry: to confirm, to replace a code, to a guest's conversation).
Those are told to nobody, and the chat's button does not stand on their pages.
"""

from urllib.parse import urlsplit
from uuid import UUID

from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

# Parts of addresses that are words, and known to say what a page shows. Any other may be a secret, and counts as one.
PUBLIC = {"slug", "plan", "provider", "handle", "way"}
PUBLIC_THERE = {("portal:reason", "code")}


def may_be_told(found: ResolverMatch) -> bool:
    """Whether nothing in this address is a secret: numbers let nobody in, and words are those that we know."""
    return not found.args and all(
        isinstance(value, UUID | int) or name in PUBLIC or (found.view_name, name) in PUBLIC_THERE
        for name, value in (found.captured_kwargs or {}).items()  # type: ignore[attr-defined]  # unknown to the stubs
    )


def told(address: str, site: str) -> str:
    """The page as it may be kept and shown: a path of ours that may be told, or an address of `site`, which the chat's
    settings name ("": ours); never what stands behind `?`. Empty for all else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return site
    if site:
        page = f"{site}{parts.path}" if f"{parts.scheme}://{parts.netloc}" == site else site
        is_there = url_has_allowed_host_and_scheme(page, allowed_hosts={urlsplit(site).netloc})
        return page if is_there else site
    is_path = not parts.scheme and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return parts.path if is_path and _is_page(parts.path) else ""


def _is_page(path: str) -> bool:
    """Whether a page of ours stands there, and may be told: what only looks like one may have a secret in it."""
    try:
        return may_be_told(resolve(path))
    except Resolver404:
        return False
