"""The command frontdesk-client: readable, exit codes, one JSON object."""

import io
import json
import runpy
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.test_offline import answered
from sdk.python.tests.vectors import CODE, PRODUCT, RELEASE_FILE, TRUST_ROOT

from frontdesk_client.cli import main
from frontdesk_client.cli.face import exit_code
from frontdesk_client.cli.parser import data_folder
from frontdesk_client.client import Client
from frontdesk_client.errors import FrontdeskError, StoreUnusable
from frontdesk_client.transport import Patience

TYPO = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")


class Command:
    """Runs the command and keeps what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str) -> int:
        code = main(arguments)
        self.out, self.err = self._capsys.readouterr()
        return code

    def json(self, *arguments: str) -> tuple[int, Any]:
        """The exit code and the one object."""
        code = self(*arguments, "--json")
        return code, json.loads(self.out)


@pytest.fixture
def command(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("FRONTDESK_SERVER", desk.url)
    monkeypatch.setenv("FRONTDESK_PRODUCT", PRODUCT)
    monkeypatch.setenv("FRONTDESK_TRUST_ROOT", TRUST_ROOT)
    monkeypatch.setenv("FRONTDESK_CLIENT_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("FRONTDESK_DEMO", raising=False)
    monkeypatch.setattr(Patience, "wait_before", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    return Command(capsys)


def test_activate_check_status_deactivate(command: Command) -> None:
    assert command("activate", CODE.lower()) == 0
    assert "Thank you" in command.out
    assert "1 of 5 in use" in command.out
    assert command("activate", CODE) == 0
    assert "activated already" in command.out
    assert command("check") == 0
    assert "may run" in command.out
    assert command("status") == 0
    assert "firewall" in command.out
    assert command("deactivate") == 0
    assert command("status") == 0
    assert "not activated" in command.out
    assert command("check") == 5
    assert "What to do: Enter your activation code." in command.err
    assert "/help/r/not_activated" in command.err
    assert CODE not in command.out + command.err


def test_programs_get_one_object(command: Command) -> None:
    code, told = command.json("activate", CODE)
    assert (code, told["ok"], told["new_seat"], told["license"]["plan"]) == (0, True, True, "plus-5")
    assert told["lease"]["expires_at"].endswith("Z")
    code, told = command.json("status")
    assert (told["activated"], told["problem"]) == (True, None)
    assert command.json("deactivate") == (0, {"ok": True, "activated": False})
    code, told = command.json("status")
    assert (told["activated"], told["problem"]["code"]) == (False, "not_activated")
    code, told = command.json("check")
    assert (code, told["ok"], told["error"]["code"]) == (5, False, "not_activated")
    assert told["error"]["help_url"].startswith("http://127.0.0.1")


def test_refusals_have_their_own_exit_code(command: Command, desk: Desk) -> None:
    assert command("activate", TYPO) == 3
    assert "Look at group 4." in command.err
    desk.device_limit = 0
    assert command("activate", CODE) == 3
    assert "Manage your devices: https://" in command.err
    desk.refusal = "temporarily_unavailable"
    assert command("activate", CODE) == 4


def test_a_face_without_detail_or_remedy(command: Command, desk: Desk) -> None:
    desk.answer_next("POST activations", Reply(403, {"code": "moon_phase_wrong", "title": "Not tonight"}))
    assert command("activate", CODE) == 3
    assert command.err.startswith("Not tonight.\nMore: ")


def test_a_fault_of_the_server_is_for_later(command: Command, desk: Desk) -> None:
    desk.answer_next("POST activations", Reply(500, {"code": "internal_error", "title": "Something broke"}))
    assert command("activate", CODE) == 4
    desk.answer_next("POST activations", Reply(429, {"code": "too_many_attempts"}))
    assert command("activate", CODE) == 4


def test_exit_codes_for_matters_of_this_device() -> None:
    assert exit_code(StoreUnusable()) == 5
    assert isinstance(StoreUnusable(), FrontdeskError)


@pytest.mark.parametrize("missing", ["SERVER", "PRODUCT", "TRUST_ROOT"])
def test_a_setting_that_is_missing(missing: str, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(f"FRONTDESK_{missing}")
    assert command("check") == 2
    assert f"FRONTDESK_{missing}" in command.err


def test_wrong_usage(command: Command) -> None:
    assert command("dance") == 2
    assert command("--help") == 0
    assert "exit codes" in command.out


def test_the_code_from_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"Your code: {CODE}\n"))
    assert command("activate", "-") == 0
    assert command("activate") == 2
    assert "No code was given" in command.err


def test_the_code_is_asked_for(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(f"{CODE}\n"))
    assert command("activate") == 0
    assert "Activation code:" in command.err


def test_replace(command: Command, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    unhurried = {**(Client.__init__.__kwdefaults__ or {}), "sleep": lambda _: None}
    monkeypatch.setattr(Client.__init__, "__kwdefaults__", unhurried)
    assert command("replace", CODE) == 0
    assert "The owner agreed" in command.out
    assert "Waiting for the owner" in command.err
    desk.replacement.extend(["pending", "approved"])
    desk.lease_claims = {"features": []}
    assert command.json("replace", CODE)[0] == 0
    assert command.err == ""
    assert command("status") == 0
    assert "Features" not in command.out


def test_replace_later(command: Command) -> None:
    code, told = command.json("replace", CODE, "--wait", "0")
    assert (code, told["error"]["code"]) == (4, "replacement_pending")
    assert told["error"]["request_id"]


def test_offline_by_files(command: Command, desk: Desk, tmp_path: Path) -> None:
    assert command("offline", "request", CODE, "--out", "request.json") == 0
    request = tmp_path / "request.json"
    assert request.stat().st_mode & 0o777 == 0o600
    (tmp_path / "answer.json").write_text(json.dumps(answered(desk, json.loads(request.read_text()))))
    assert command("offline", "complete", "answer.json") == 0
    assert "activated offline" in command.out
    assert command("offline", "return") == 0
    assert "/offline/return/" in command.out
    assert json.loads((tmp_path / "frontdesk-return.json").read_text())["type"] == "frontdesk-offline-return"


@pytest.mark.parametrize(("content", "code"), [("{", 5), ("[]", 5), (None, 5)])
def test_an_answer_file_that_is_none(content: str | None, code: int, command: Command, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "answer.json").write_text(content)
    assert command("offline", "complete", "answer.json") == code


def test_a_request_file_that_cannot_be_written(command: Command, tmp_path: Path) -> None:
    assert command("offline", "request", CODE, "--out", str(tmp_path / "no" / "such" / "folder")) == 5


def test_release_and_download(command: Command, tmp_path: Path, desk: Desk) -> None:
    command("activate", CODE)
    assert command("release", "--platform", "linux") == 0
    assert "3.2.0 for linux (4.2 kB)" in command.out
    _, told = command.json("release", "--platform", "linux")
    assert "url" not in told["release"]
    assert command("download", "--platform", "linux", "--to", "shield.tar.gz") == 0
    assert "100 %" in command.err
    assert (tmp_path / "shield.tar.gz").read_bytes() == RELEASE_FILE


def test_a_large_download_tells_each_tenth_once(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    command("activate", CODE)
    monkeypatch.setattr("frontdesk_client.releases.CHUNK", 100)
    assert command("download", "--platform", "linux") == 0
    assert command.err.count("%") == 11


def test_doctor(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("doctor", "--code", CODE) == 0
    assert "Nothing stands in the way" in command.out
    assert command("doctor", "--code", TYPO) == 1
    assert "XX  code" in command.out
    code, told = command.json("doctor")
    assert (code, told["healthy"]) == (0, True)
    monkeypatch.delenv("FRONTDESK_SERVER")
    assert command("doctor") == 2


def test_a_demo_that_travels(command: Command, desk: Desk, tmp_path: Path) -> None:
    desk.travelled = timedelta(days=300)
    assert command("activate", CODE) == 5
    assert command("activate", CODE, "--demo") == 0
    assert (tmp_path / "data" / "demo-clock").exists()


def test_a_terminal_without_our_signs(command: Command, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.answer_next("POST activations", Reply(403, {"code": "odd", "title": "Nicht möglich – schade"}))
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", plain)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert main(["activate", CODE]) == 3
    plain.seek(0)
    assert plain.read().startswith("Nicht m?glich ? schade.")


def test_ctrl_c(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Client, code: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Client, "activate", interrupt)
    assert command("activate", CODE) == 130


@pytest.mark.parametrize(
    ("system", "environ", "expected"),
    [
        ("linux", {"XDG_DATA_HOME": "/data"}, Path("/data/frontdesk-client/halcyon-shield")),
        ("linux", {}, Path.home() / ".local/share/frontdesk-client/halcyon-shield"),
        ("darwin", {}, Path.home() / "Library/Application Support/frontdesk-client/halcyon-shield"),
        ("win32", {"LOCALAPPDATA": "/local"}, Path("/local/frontdesk-client/halcyon-shield")),
        ("win32", {}, Path.home() / "AppData/Local/frontdesk-client/halcyon-shield"),
    ],
)
def test_where_the_activation_is_kept(system: str, environ: dict[str, str], expected: Path) -> None:
    assert data_folder("halcyon-shield", environ, system) == expected
    assert data_folder("../evil", environ, system).parent == expected.parent


def test_without_a_data_folder_the_users_own_is_taken(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FRONTDESK_CLIENT_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert command("activate", CODE) == 0
    assert (tmp_path / "frontdesk-client" / PRODUCT / "activation.json").exists()


def test_as_a_module(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["frontdesk-client", "status"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_module("frontdesk_client", run_name="__main__")
    assert stopped.value.code == 0
    assert runpy.run_module("frontdesk_client", run_name="imported")["main"] is not None
