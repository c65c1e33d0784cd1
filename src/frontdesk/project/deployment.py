"""What is unsafe in public about an installation's settings, each with what to do."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from frontdesk.accounts import passkeys
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import clock, signing
from frontdesk.core.models import SigningKey

OLD_KEY = timedelta(days=400)


def advice() -> Iterator[str]:
    """One line for each thing, naming the setting or the command that mends it."""
    if settings.FRONTDESK_DEMO:
        yield "FRONTDESK_DEMO is on: mails are shown to everybody, and time can be moved. Never for real customers."
    yield from _address()
    if "*" in settings.ALLOWED_HOSTS:
        yield "FRONTDESK_HOSTS is *: links in mails could be made to point elsewhere. Name the hosts."
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        yield "FRONTDESK_TRUSTED_PROXIES is empty: behind a proxy all visitors would share one throttle."
    if settings.MAIL_ADAPTER != "smtp":
        yield f"FRONTDESK_MAIL is {settings.MAIL_ADAPTER}: no mail leaves this machine."
    if settings.SMS_ADAPTER in {"console", "file"}:
        yield f"FRONTDESK_SMS is {settings.SMS_ADAPTER}: no SMS leaves this machine. Name a provider, or say off."
    if ".example" in settings.DEFAULT_FROM_EMAIL:
        yield "FRONTDESK_MAIL_FROM is an example's address."
    if any("The operator writes this page." in path.read_text() for path in settings.LEGAL_FOLDER.glob("*.md")):
        yield f"The legal pages in {settings.LEGAL_FOLDER} are not all written."
    yield from _keys()
    if not Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        yield "There is no administrator: frontdesk init --admin you@example.com"


def _address() -> Iterator[str]:
    if not settings.HTTPS:
        yield "FRONTDESK_URL is not https://: passwords and tokens would cross the network in clear."
    elif not passkeys.possible():
        yield "FRONTDESK_URL has an IP address: browsers know passkeys only at a name."


def _keys() -> Iterator[str]:
    try:
        signing.key_set()
    except signing.NoKeys:
        yield "There are no signing keys: frontdesk keys root FILE, then frontdesk keys rotate --root FILE"
        return
    if (settings.DATA_FOLDER / "trust-root.pem").exists() and not settings.FRONTDESK_DEMO:
        yield f"The trust root lies on the server, in {settings.DATA_FOLDER}: keep it elsewhere."
    if SigningKey.objects.filter(retired_at=None, created_at__lt=clock.real_now() - OLD_KEY).exists():
        yield "A signing key is older than a year: frontdesk keys rotate --root FILE"
