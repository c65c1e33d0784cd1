"""What is unsafe in public about an installation's settings: what it is, what could happen, and what to do.

Each line begins with the setting, file or person that it is about, and ends with the way to mend it.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from frontdesk.accounts.factors import passkeys
from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.core import clock, signing
from frontdesk.core.models import SigningKey
from frontdesk.project.installation import SETTINGS_FILE

OLD_KEY = timedelta(days=400)
DAY = 86_400
LONGEST_SESSION = 90  # days
LONGEST_IDLE = 30  # days
SHORTEST_SECRET = 32  # characters
FEWEST_SYMBOLS = 10  # different ones in a secret
WIDEST_PROXY = {4: 8, 6: 32}  # the shortest prefix that can still be somebody's own proxies
TEST_KEYS = ("sk_test_", "rk_test_")
OURS = ("localhost", "127.0.0.1", "::1", "")


def advice() -> Iterator[str]:
    """One line for each unsafe thing."""
    yield from _mode()
    yield from _address()
    yield from _messages()
    yield from _payments()
    yield from _sessions()
    yield from _elsewhere()
    yield from _files()
    yield from _keys()
    if any("The operator writes this page." in path.read_text() for path in settings.LEGAL_FOLDER.glob("*.md")):
        yield f"The legal pages in {settings.LEGAL_FOLDER} are not all written. Write them; the law asks for them."
    if not Person.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        yield "There is no administrator, so nobody can help customers. Make one: frontdesk init --admin you@…"


def _mode() -> Iterator[str]:
    if settings.FRONTDESK_DEMO:
        yield (
            "FRONTDESK_DEMO is on: everybody can read all mails, and time can be moved. Never for real customers: "
            "make a new installation with frontdesk init."
        )
    if settings.DEBUG:
        yield "DEBUG is on: error pages would show settings and what people typed. Remove it."
    if os.geteuid() == 0:
        yield (
            "It runs as root: whoever breaks into it would own the machine. Run it as a user of its own, who owns "
            "the data folder and nothing else."
        )


def _address() -> Iterator[str]:
    host = urlsplit(settings.FRONTDESK_URL).hostname or ""
    if not settings.HTTPS:
        yield (
            "FRONTDESK_URL is not https://: passwords and sessions would cross the network in clear, and cookies "
            "are not bound to the host. Put a proxy with a certificate in front, and set the https address."
        )
    elif not passkeys.possible():
        yield "FRONTDESK_URL has an IP address: browsers know passkeys only at a name. Give the machine a name."
    if host in OURS or host.endswith(".example"):
        yield f"FRONTDESK_URL is {settings.FRONTDESK_URL}: links in mails lead nowhere. Set the public address."
    if "*" in settings.ALLOWED_HOSTS:
        yield (
            "FRONTDESK_HOSTS is *: requests for other hosts' names are served, which caches and password managers "
            "can be misled with. Name the hosts."
        )
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        yield (
            "FRONTDESK_TRUSTED_PROXIES is empty: behind a proxy all visitors share one throttle, so that one attacker "
            "slows down everybody. Name your proxies' addresses, such as 127.0.0.1/32."
        )
    for network in map(ip_network, settings.TRUSTED_PROXIES):
        if network.prefixlen < WIDEST_PROXY[network.version]:
            yield (
                f"FRONTDESK_TRUSTED_PROXIES has {network}: visitors could choose the address they are counted by, "
                "and escape every throttle. Name only your own proxies."
            )


def _messages() -> Iterator[str]:
    if settings.MAIL_ADAPTER != "smtp":
        where = f"they lie readable in {settings.EMAIL_FILE_PATH}" if settings.MAIL_ADAPTER == "file" else "in the logs"
        yield (
            f"FRONTDESK_MAIL is {settings.MAIL_ADAPTER}: no mail leaves this machine, and links for new passwords "
            f"stand where others may read them ({where}). Set smtp and FRONTDESK_SMTP_HOST."
        )
    elif not settings.EMAIL_USE_TLS and settings.EMAIL_HOST not in OURS:
        yield (
            f"FRONTDESK_SMTP_STARTTLS is off, and {settings.EMAIL_HOST} is another machine: mails with links for new "
            "passwords cross the network in clear. Turn it on."
        )
    if ".example" in settings.DEFAULT_FROM_EMAIL:
        yield "FRONTDESK_MAIL_FROM is an example's address: mails would be refused. Set an address of your domain."
    if settings.SMS_ADAPTER in {"console", "file"}:
        yield (
            f"FRONTDESK_SMS is {settings.SMS_ADAPTER}: no SMS leaves this machine, and codes stand where others may "
            "read them. Name a provider, or say off."
        )
    for adapter, name, url in [
        ("twilio", "FRONTDESK_SMS_TWILIO_URL", settings.SMS_TWILIO["url"]),
        ("http", "FRONTDESK_SMS_HTTP_URL", settings.SMS_HTTP["url"]),
    ]:
        if adapter == settings.SMS_ADAPTER and not url.startswith("https://"):
            yield f"{name} is not https://: codes and the provider's password cross the network in clear. Use https."


def _payments() -> Iterator[str]:
    stripe = settings.STRIPE
    if settings.PAYMENTS != "off" and not settings.FRONTDESK_SELLER["address"]:
        yield (
            "FRONTDESK_SELLER_ADDRESS is empty: invoices do not say who sells, and one that was issued cannot be "
            "changed. Set it, and FRONTDESK_SELLER_NAME and _VAT_ID."
        )
    if settings.PAYMENTS == "sandbox":
        yield (
            "FRONTDESK_PAYMENTS is sandbox: a test bank takes the payments, so that everybody gets licences for "
            "nothing. Set stripe, or off."
        )
    if not stripe["key"]:
        return
    if stripe["key"].startswith(TEST_KEYS):
        yield (
            "FRONTDESK_PAYMENTS_STRIPE_KEY is a test key: nobody really pays, and licences are given for nothing. Set "
            "the live key."
        )
    if not stripe["webhook_secrets"]:
        yield (
            "FRONTDESK_PAYMENTS_STRIPE_WEBHOOK_SECRET is empty: disputes and refunds at Stripe are noticed at night "
            f"only. Make an endpoint for {settings.FRONTDESK_URL}/webhooks/stripe/ there, and set its secret."
        )
    if stripe["base"]:
        yield f"FRONTDESK_PAYMENTS_STRIPE_URL is {stripe['base']}: payments go there, not to Stripe. Remove it."


def _sessions() -> Iterator[str]:
    days, idle = settings.SESSION_COOKIE_AGE // DAY, settings.SESSION_IDLE_SECONDS // DAY
    if days > LONGEST_SESSION:
        yield (
            f"FRONTDESK_SESSION_DAYS is {days}: a stolen session stays good for so long. At most {LONGEST_SESSION} "
            "is advised."
        )
    if idle > LONGEST_IDLE:
        yield (
            f"FRONTDESK_SESSION_IDLE_DAYS is {idle}: a browser that is forgotten somewhere stays signed in for so "
            f"long. At most {LONGEST_IDLE} is advised."
        )


def _elsewhere() -> Iterator[str]:
    """What goes to other machines."""
    database: dict[str, Any] = dict(settings.DATABASES["default"])
    mode = str(database["OPTIONS"].get("sslmode", ""))
    host = str(database["HOST"])
    if not settings.EMBEDDED and not host.startswith("/") and host not in OURS and mode != "verify-full":
        yield (
            f"DATABASE_URL has sslmode {mode or 'prefer'}: whoever is on the way to {host} could read and change "
            "everything. Add ?sslmode=verify-full."
        )
    if settings.S3_ENDPOINT.startswith("http://"):
        yield "FRONTDESK_S3_ENDPOINT is not https://: files and the access key cross the network in clear. Use https."
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_SECRET:
        yield f"FRONTDESK_METRICS_TOKEN is short and can be guessed. Use {SHORTEST_SECRET} random characters or more."


def _files() -> Iterator[str]:
    """Secrets that others on this machine can read, or could guess."""
    for path in (settings.SECRETS_FILE, settings.DATA_FOLDER / SETTINGS_FILE):
        if path.exists() and (loose := _opened_to(path)):
            yield f"{path} can be read by {loose}: with it, a copy of the database is open. chmod 600 {path}"
    if settings.DATA_FOLDER.exists() and stat.S_IMODE(settings.DATA_FOLDER.stat().st_mode) & stat.S_IWOTH:
        yield f"{settings.DATA_FOLDER} can be written by everybody on this machine. chmod 700 {settings.DATA_FOLDER}"
    kept = asdict(settings.SECRETS)
    for name, value in kept.items():
        if len(value) < SHORTEST_SECRET or len(set(value)) < FEWEST_SYMBOLS:
            yield (
                f"{settings.SECRETS_FILE} has a weak {name}: it could be guessed. In a new installation, let frontdesk "
                "init make it; in one with customers ask for help first, since a new one makes data unreadable."
            )
    if len(set(kept.values())) < len(kept):
        yield f"{settings.SECRETS_FILE} has one secret twice: whoever learns one has both. Each must be its own."


def _opened_to(path: Path) -> str:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & (stat.S_IROTH | stat.S_IWOTH):
        return "everybody on this machine"
    return "its group" if mode & (stat.S_IRGRP | stat.S_IWGRP) else ""


def _keys() -> Iterator[str]:
    try:
        signing.key_set()
    except signing.NoKeys:
        yield "There are no signing keys: frontdesk keys root FILE, then frontdesk keys rotate --root FILE"
        return
    if not settings.FRONTDESK_DEMO:
        here = Path.cwd()  # where init writes it unless told otherwise
        for path in sorted({*settings.DATA_FOLDER.glob("*.pem"), *here.glob("*.pem")}):
            if b"PRIVATE KEY" in path.read_bytes():
                yield (
                    f"{path}: the trust root lies on the server. Whoever copies it can make licences for ever. Move it "
                    "to a place without a network; it is needed only to rotate keys."
                )
    if SigningKey.objects.filter(retired_at=None, created_at__lt=clock.real_now() - OLD_KEY).exists():
        yield "A signing key is older than a year: frontdesk keys rotate --root FILE"
