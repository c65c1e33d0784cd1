"""How the vendor wants to chat."""

from typing import Any

import pytest

from frontdesk.core.actors import Actor
from frontdesk.core.models import AuditEntry
from frontdesk.support.chat import settings
from frontdesk.support.chat.errors import SettingsUnfit
from frontdesk.support.chat.settings import Wanted

pytestmark = pytest.mark.django_db


def save(**values: Any) -> None:
    settings.save(actor=Actor.system(), wanted=Wanted(**values))


def test_origins_are_written_as_browsers_write_them() -> None:
    save(sites=("https://Docs.Halcyon.example/", " https://müller.example:443", "", "http://localhost:8080"))
    assert settings.sites() == [
        "https://docs.halcyon.example",
        "https://xn--mller-kva.example",
        "http://localhost:8080",
    ]
    assert AuditEntry.objects.filter(action="chat.settings_saved").exists()
    assert settings.current().take_within_seconds == 90


@pytest.mark.parametrize(
    "site",
    [
        "docs.halcyon.example",
        "http://docs.halcyon.example",
        "https://docs.halcyon.example/help",
        "https://halcyon.example@evil.example",
        "https://*.halcyon.example",
        "https://",
        "https://a.example:x",
        "javascript:alert(1)",
        "https://a.example https://b.example",
        "https://a.example;script-src",
    ],
)
def test_what_is_no_origin_is_refused(site: str) -> None:
    with pytest.raises(SettingsUnfit) as refused:
        save(sites=(site,))
    assert refused.value.members["field"] == "sites"
    assert settings.sites() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("take_within_seconds", 5),
        ("ask_after_minutes", 0),
        ("end_after_minutes", 5),
        ("end_after_minutes", 1_000),
        ("longest_wait_minutes", 0),
    ],
)
def test_what_cannot_work_is_refused(field: str, value: int) -> None:
    with pytest.raises(SettingsUnfit) as refused:
        save(**{field: value})
    assert refused.value.members["field"] == field
