"""Which provider takes payments is a setting; another that is still configured serves what was paid through it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from pytest_django import Settings

from frontdesk.billing.providers import configured, registry

KEY = {"key": "sk_test_1", "webhook_secrets": ["whsec_1"], "base": ""}
NONE = {"key": "", "webhook_secrets": [], "base": ""}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    with patch.dict(registry._providers, clear=True), patch.object(registry, "_selling", []):
        yield


@pytest.mark.parametrize(
    ("payments", "stripe", "known", "default"),
    [
        ("sandbox", NONE, ["sandbox"], "sandbox"),
        ("stripe", KEY, ["stripe"], "stripe"),
        ("sandbox", KEY, ["stripe", "sandbox"], "sandbox"),
        ("off", KEY, ["stripe"], ""),
        ("off", NONE, [], ""),
    ],
)
def test_the_settings_say_who_takes_payments(
    settings: Settings, payments: str, stripe: dict[str, object], known: list[str], default: str
) -> None:
    settings.PAYMENTS, settings.STRIPE = payments, stripe
    configured.enter()
    configured.enter()
    assert registry.known() == known
    assert registry.sells() == bool(default)
    if default:
        assert registry.default().name == default
    else:
        with pytest.raises(LookupError):
            registry.default()


def run(program: str, folder: Path, **given: str) -> "subprocess.CompletedProcess[str]":
    environment = {"FRONTDESK_DATA": str(folder), "PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin", **given}
    environment["DJANGO_SETTINGS_MODULE"] = "frontdesk.project.settings"
    program_line = [sys.executable, "-c", program]
    return subprocess.run(program_line, env=environment, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"FRONTDESK_PAYMENTS": "barter"}, "FRONTDESK_PAYMENTS "),
        ({"FRONTDESK_PAYMENTS": "stripe"}, "FRONTDESK_PAYMENTS_STRIPE_KEY"),
        ({"FRONTDESK_PAYMENTS_STRIPE_URL": "http://elsewhere.example"}, "FRONTDESK_PAYMENTS_STRIPE_URL"),
    ],
)
def test_a_setting_that_does_not_fit_stops_the_start(given: dict[str, str], named: str, tmp_path: Path) -> None:
    ended = run("import frontdesk.project.settings", tmp_path, **given)
    assert ended.returncode == 1
    assert named in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(("key", "loaded"), [("", "False"), ("sk_test_1", "True")])
def test_stripes_library_is_loaded_only_where_it_is_used(key: str, loaded: str, tmp_path: Path) -> None:
    program = "import django, sys; django.setup(); print('stripe' in sys.modules)"
    ended = run(program, tmp_path, FRONTDESK_PAYMENTS_STRIPE_KEY=key)
    assert ended.stdout.strip() == loaded, ended.stderr
    assert not key or key not in ended.stderr


@pytest.mark.parametrize(("demo", "default"), [("yes", "sandbox"), ("no", "off")])
def test_without_a_word_a_demo_has_the_test_bank_and_others_sell_nothing(
    demo: str, default: str, tmp_path: Path
) -> None:
    program = "from frontdesk.project import settings; print(settings.PAYMENTS)"
    assert run(program, tmp_path, FRONTDESK_DEMO=demo).stdout.strip() == default
