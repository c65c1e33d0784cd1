"""`frontdesk check --deploy` finds each unsafe setting, says what could happen, and what to do."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from frontdesk.accounts.models import Person
from frontdesk.accounts.roles import Role
from frontdesk.accounts.services.staff import make_staff
from frontdesk.core import signing
from frontdesk.core.actors import Actor
from frontdesk.project import deployment
from frontdesk.project.installation import Secrets
from tests.people import customer

pytestmark = pytest.mark.django_db
FRESH = Secrets.fresh()
STRIPE = {"key": "sk_live_1", "webhook_secrets": ["whsec_1"], "base": ""}
SELLER = {"name": "Aurora", "address": "1 High Street", "vat_id": "", "email": ""}
SAFE: dict[str, Any] = {
    "FRONTDESK_DEMO": False,
    "DEBUG": False,
    "FRONTDESK_URL": "https://desk.aurora.test",
    "HTTPS": True,
    "ALLOWED_HOSTS": ["desk.aurora.test"],
    "TRUSTED_PROXIES": ["127.0.0.1/32"],
    "MAIL_ADAPTER": "smtp",
    "EMAIL_HOST": "mail.aurora.test",
    "EMAIL_USE_TLS": True,
    "DEFAULT_FROM_EMAIL": "Desk <desk@aurora.test>",
    "SMS_ADAPTER": "off",
    "PAYMENTS": "stripe",
    "STRIPE": STRIPE,
    "FRONTDESK_SELLER": SELLER,
    "SESSION_COOKIE_AGE": 90 * 86400,
    "SESSION_IDLE_SECONDS": 14 * 86400,
    "S3_ENDPOINT": "",
    "METRICS_TOKEN": "",
    "SECRETS": FRESH,
}


@pytest.fixture
def safe(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with which nothing is wrong but its keys."""
    for name, value in SAFE.items():
        setattr(settings, name, value)
    settings.DATA_FOLDER, settings.SECRETS_FILE = tmp_path, tmp_path / "secrets.json"
    settings.LEGAL_FOLDER = tmp_path / "legal"
    settings.SECRETS_FILE.touch(mode=0o600)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    make_staff(actor=Actor.system(), person=customer(), role=Role.ADMINISTRATOR)
    monkeypatch.setattr(signing, "key_set", dict)
    return settings


def test_nothing_is_said_of_a_safe_installation(safe: Settings) -> None:
    assert list(deployment.advice()) == []


@pytest.mark.parametrize(
    ("values", "about", "do"),
    [
        ({"FRONTDESK_DEMO": True}, "FRONTDESK_DEMO is on", "frontdesk init"),
        ({"DEBUG": True}, "DEBUG is on", "Remove it"),
        ({"FRONTDESK_URL": "http://desk.aurora.test", "HTTPS": False}, "FRONTDESK_URL is not https", "certificate"),
        ({"FRONTDESK_URL": "https://localhost:8000"}, "FRONTDESK_URL is https://localhost", "public address"),
        ({"FRONTDESK_URL": "https://203.0.113.5"}, "FRONTDESK_URL has an IP address", "Give the machine a name"),
        ({"ALLOWED_HOSTS": ["*"]}, "FRONTDESK_HOSTS is *", "Name the hosts"),
        ({"TRUSTED_PROXIES": []}, "FRONTDESK_TRUSTED_PROXIES is empty", "Name your proxies"),
        ({"TRUSTED_PROXIES": ["0.0.0.0/0"]}, "FRONTDESK_TRUSTED_PROXIES has 0.0.0.0/0", "only your own"),
        ({"TRUSTED_PROXIES": ["::/0"]}, "FRONTDESK_TRUSTED_PROXIES has ::/0", "only your own"),
        ({"MAIL_ADAPTER": "file"}, "FRONTDESK_MAIL is file", "Set smtp"),
        ({"MAIL_ADAPTER": "console"}, "FRONTDESK_MAIL is console", "Set smtp"),
        ({"EMAIL_USE_TLS": False}, "FRONTDESK_SMTP_STARTTLS is off", "Turn it on"),
        ({"DEFAULT_FROM_EMAIL": "x@y.example"}, "FRONTDESK_MAIL_FROM", "your domain"),
        ({"SMS_ADAPTER": "console"}, "FRONTDESK_SMS is console", "or say off"),
        ({"SMS_ADAPTER": "file"}, "FRONTDESK_SMS is file", "or say off"),
        ({"SMS_ADAPTER": "http", "SMS_HTTP": {"url": "http://sms.test"}}, "FRONTDESK_SMS_HTTP_URL", "Use https"),
        ({"SMS_ADAPTER": "twilio", "SMS_TWILIO": {"url": "http://sms.test"}}, "FRONTDESK_SMS_TWILIO_URL", "Use https"),
        ({"FRONTDESK_SELLER": SELLER | {"address": ""}}, "FRONTDESK_SELLER_ADDRESS is empty", "_VAT_ID"),
        ({"PAYMENTS": "sandbox"}, "FRONTDESK_PAYMENTS is sandbox", "Set stripe, or off"),
        ({"STRIPE": STRIPE | {"key": "rk_test_1"}}, "STRIPE_KEY is a test key", "Set the live key"),
        ({"STRIPE": STRIPE | {"webhook_secrets": []}}, "WEBHOOK_SECRET is empty", "/webhooks/stripe/"),
        ({"STRIPE": STRIPE | {"base": "https://x.test"}}, "FRONTDESK_PAYMENTS_STRIPE_URL", "Remove it"),
        ({"SESSION_COOKIE_AGE": 365 * 86400}, "FRONTDESK_SESSION_DAYS is 365", "At most 90"),
        ({"SESSION_IDLE_SECONDS": 60 * 86400}, "FRONTDESK_SESSION_IDLE_DAYS is 60", "At most 30"),
        ({"S3_ENDPOINT": "http://s3.test"}, "FRONTDESK_S3_ENDPOINT", "Use https"),
        ({"METRICS_TOKEN": "short"}, "FRONTDESK_METRICS_TOKEN", "32 random"),
        ({"SECRETS": replace(FRESH, master_key="a" * 64)}, "weak master_key", "frontdesk init"),
        ({"SECRETS": replace(FRESH, token_key="short")}, "weak token_key", "frontdesk init"),
        ({"SECRETS": replace(FRESH, token_key=FRESH.master_key)}, "one secret twice", "its own"),
    ],
)
def test_each_unsafe_setting_is_named_with_what_to_do(
    safe: Settings, values: dict[str, Any], about: str, do: str
) -> None:
    for name, value in values.items():
        setattr(safe, name, value)
    (line,) = list(deployment.advice())
    assert about in line
    assert do in line


def test_payments_that_are_off_are_safe(safe: Settings) -> None:
    safe.PAYMENTS, safe.STRIPE = "off", STRIPE | {"key": "", "webhook_secrets": []}
    assert list(deployment.advice()) == []


@pytest.mark.parametrize(("mode", "who"), [(0o644, "everybody"), (0o640, "its group"), (0o606, "everybody")])
def test_secrets_that_others_can_read_are_told(safe: Settings, mode: int, who: str) -> None:
    safe.SECRETS_FILE.chmod(mode)
    (line,) = list(deployment.advice())
    assert f"can be read by {who}" in line
    assert f"chmod 600 {safe.SECRETS_FILE}" in line


def test_a_data_folder_open_to_all_is_told(safe: Settings, tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    (line,) = list(deployment.advice())
    assert "chmod 700" in line


def test_a_trust_root_on_the_server_is_told_under_any_name(safe: Settings, tmp_path: Path) -> None:
    (tmp_path / "public.pem").write_text("-----BEGIN PUBLIC KEY-----")
    assert list(deployment.advice()) == []
    (tmp_path / "copy of root.pem").write_text("-----BEGIN PRIVATE KEY-----")
    (line,) = list(deployment.advice())
    assert "the trust root lies on the server" in line


def test_a_trust_root_where_init_wrote_it_is_told(
    safe: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "app"
    program.mkdir()
    (program / "frontdesk-trust-root.pem").write_text("-----BEGIN PRIVATE KEY-----")
    assert list(deployment.advice()) == []
    monkeypatch.chdir(program)
    (line,) = list(deployment.advice())
    assert "the trust root lies on the server" in line


def test_a_database_elsewhere_without_a_checked_certificate_is_told(
    safe: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    Person.objects.exists()  # the connection is there before its address changes
    safe.EMBEDDED = None
    monkeypatch.setitem(safe.DATABASES["default"], "HOST", "db.aurora.test")
    monkeypatch.setitem(safe.DATABASES["default"], "OPTIONS", {"sslmode": "require"})
    (line,) = list(deployment.advice())
    assert "sslmode=verify-full" in line
    monkeypatch.setitem(safe.DATABASES["default"], "OPTIONS", {"sslmode": "verify-full"})
    assert list(deployment.advice()) == []


def test_running_as_root_and_unwritten_legal_pages_are_told(safe: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    safe.LEGAL_FOLDER.mkdir()
    (safe.LEGAL_FOLDER / "terms.md").write_text("The operator writes this page.")
    first, second = list(deployment.advice())
    assert "as root" in first
    assert "legal pages" in second


def test_missing_keys_and_a_missing_administrator_are_told(safe: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise signing.NoKeys

    monkeypatch.setattr(signing, "key_set", none)
    Person.objects.update(role="")
    keys, administrator = list(deployment.advice())
    assert "frontdesk keys root" in keys
    assert "frontdesk init --admin" in administrator
