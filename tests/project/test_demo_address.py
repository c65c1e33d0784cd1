"""What is run beside a demo writes links to where the demo is open."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from frontdesk.project.demo.facts import Facts
from frontdesk.project.installation import SETTINGS_FILE, set_values

NOTED = "http://localhost:8190"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The data of a demo that is, or was, open at an address of its own."""
    set_values(tmp_path / SETTINGS_FILE, {"FRONTDESK_DEMO": True})
    Facts.load(tmp_path).note_address(NOTED)
    return tmp_path


def address(data: Path, **named: str) -> str:
    """The public address that a command has."""
    bare = {name: value for name, value in os.environ.items() if name not in {"PORT", "FRONTDESK_URL"}}
    code = (
        "from frontdesk.project import cli; cli.main(['manage', 'shell', '--no-imports', '-v0', '-c', "
        "'from django.conf import settings; print(settings.FRONTDESK_URL)'])"
    )
    env = bare | {"FRONTDESK_DATA": str(data), "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"} | named
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


def test_a_command_beside_a_demo_leads_to_it(folder: Path) -> None:
    assert address(folder) == NOTED


def test_what_is_named_wins(folder: Path) -> None:
    assert address(folder, PORT="8123") == "http://localhost:8123"
    assert address(folder, FRONTDESK_URL="https://desk.example.org") == "https://desk.example.org"


def test_a_real_installation_is_not_asked(folder: Path) -> None:
    (folder / SETTINGS_FILE).unlink()
    assert address(folder) == "http://localhost:8000"
