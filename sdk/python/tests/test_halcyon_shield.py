"""The example product against a desk: what a person sees and where each refusal leads."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from examples.halcyon_shield import __main__ as program
from examples.halcyon_shield import dialogs, installer
from examples.halcyon_shield.screen import Screen
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.test_offline import answered
from sdk.python.tests.vectors import CODE, TRUST_ROOT

from frontdesk_client import Patience
from frontdesk_client.client import Client

TYPO = CODE[:6] + ("A" if CODE[6] != "A" else "B") + CODE[7:]
ROOT = Path(__file__).parents[3]


class Product:
    """Runs the product with prepared answers and keeps the screen."""

    def __init__(self, desk: Desk, data: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.data = data
        self.screen = ""
        self._desk, self._capsys, self._patch = desk, capsys, patch

    def __call__(self, *arguments: str, answers: str = "") -> int:
        self._patch.setattr(sys, "stdin", io.StringIO(answers))
        settings = ["--server", self._desk.url, "--trust-root", TRUST_ROOT, "--data", str(self.data)]
        code = program.main([*arguments, *settings])
        self.screen = self._capsys.readouterr().out
        return code


@pytest.fixture
def product(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Product:
    monkeypatch.setattr(Patience, "wait_before", lambda *_: None)
    monkeypatch.delenv("FRONTDESK_DEMO", raising=False)
    return Product(desk, tmp_path / "data", capsys, monkeypatch)


def test_installing_shows_steps_and_verifies(product: Product, tmp_path: Path) -> None:
    assert product("install", "--to", str(tmp_path / "app")) == 0
    for step in ("Step 1 of 4", "Step 2 of 4", "100%", "Step 3 of 4", "3 files", "Step 4 of 4", "installed"):
        assert step in product.screen
    assert installer.is_installed(tmp_path / "app")
    (tmp_path / "app" / "rules.txt").write_text("changed")
    assert not installer.is_installed(tmp_path / "app")
    assert product("install", "--to", str(tmp_path / "app")) == 0
    assert installer.is_installed(tmp_path / "app")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app"]


def test_installing_where_it_cannot_be(product: Product, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert product("install", "--to", str(tmp_path / "file" / "below")) == 2
    assert "did not succeed" in product.screen


def test_the_first_start_asks_and_later_ones_do_not(product: Product, desk: Desk) -> None:
    assert product(answers=f"{CODE.lower()}\n") == 0
    assert "Welcome" in product.screen
    assert "1 of 5" in product.screen
    assert "You are protected." in product.screen
    asked = len(desk.seen)
    assert product() == 0
    assert "Activation code:" not in product.screen
    assert len(desk.seen) == asked
    assert product("status") == 0
    assert product("deactivate") == 0
    assert product("status") == 5
    assert product("deactivate") == 5


def test_a_typo_is_pointed_at_and_corrected(product: Product) -> None:
    assert product(answers=f"{TYPO}\nnonsense\nc\n{CODE}\n") == 0
    assert f"{TYPO}\n" + " " * 12 + "^^^^^\n" in product.screen
    assert "Please type one of" in product.screen


def test_nobody_there_to_answer(product: Product) -> None:
    assert product(answers="") == 1
    assert product(answers=f"{TYPO}\nq\n") == 1
    assert "Nothing was changed" in product.screen


def test_at_the_limit_the_owner_is_asked(product: Product, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.seats = {f"other-{number}": "" for number in range(5)}
    waits: list[float] = []

    def free_one(self: Client, code: str, on_wait: Callable[[str, float], None]) -> object:
        on_wait("request", 5)
        waits.append(5)
        desk.seats.popitem()
        return self.activate(code)

    monkeypatch.setattr(Client, "replace", free_one)
    assert product(answers=f"{CODE}\na\n") == 0
    assert "All devices of this licence are in use" in product.screen
    assert "gets a mail now" in product.screen
    assert waits == [5]


def test_at_the_limit_the_owners_page_is_opened(product: Product, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.device_limit = 0
    opened: list[str] = []

    def no_browser(url: str) -> bool:
        opened.append(url)
        return False

    monkeypatch.setattr(dialogs.open_page, "__defaults__", (no_browser,))
    assert product(answers=f"{CODE}\nm\nr\nq\n") == 1
    assert opened == ["https://desk.halcyon.example/activate/"]
    assert "No browser was found" in product.screen


def test_with_a_code_and_no_terminal_nothing_is_asked(product: Product, desk: Desk) -> None:
    desk.device_limit = 0
    assert product("--code", CODE) == 3
    assert "Your choice" not in product.screen
    assert "Your devices:" in product.screen
    desk.device_limit = 5
    desk.answer_next("POST activations", Reply(500, {"code": "internal_error"}), Reply(404, raw=b"<html>"))
    assert product("--code", CODE) == 4
    assert product("--code", CODE) == 4
    assert product("--code", CODE) == 0
    assert product("--code", CODE) == 0


def test_no_connection_leads_to_the_doctor_and_offline(product: Product, desk: Desk, tmp_path: Path) -> None:
    desk.answer_next("POST activations", Reply(503, raw=b""), Reply(503, raw=b""))
    answer = tmp_path / "answer.json"

    def make_answer(self: Client, code: str) -> dict[str, object]:
        request = original(self, code)
        answer.write_text(json.dumps(answered(desk, request)))
        return request

    original = Client.request_offline
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request_offline", make_answer)
        assert product(answers=f"{CODE}\nr\nd\no\n/no/such/file\n{answer}\n") == 0
    assert "The licence server is there and well." in product.screen
    assert "cannot be read as an answer file" in product.screen
    assert (product.data / "halcyon-shield-request.json").stat().st_mode & 0o777 == 0o600


def test_days_without_network_are_survived(product: Product, desk: Desk) -> None:
    desk.travelled = timedelta(days=300)
    assert product("--code", CODE, "--demo") == 0
    desk.travelled = timedelta(days=305)
    desk.answer_next("POST leases", Reply(503, raw=b""))
    assert product("--demo") == 0
    assert "could not be confirmed today" in product.screen
    assert "runs without a connection until" in product.screen
    desk.travelled = timedelta(days=320)
    desk.answer_next("POST leases", *[Reply(503, raw=b"")] * 2)
    assert product("--demo", answers="r\nr\n") == 0
    assert "has not been confirmed for too long" in product.screen


def test_a_removed_device_says_so_and_asks_for_the_code(product: Product, desk: Desk) -> None:
    assert product("--code", CODE) == 0
    desk.lease_claims = {"refresh_after": 0}
    assert product("--code", CODE) == 0
    desk.answer_next("POST leases", Reply(403, {"code": "activation_removed"}))
    store = json.loads((product.data / "activation.json").read_text())
    (product.data / "activation.json").write_text(json.dumps(store | {"lease": desk.lease_for(_fingerprint(desk))}))
    assert product(answers=f"\n{CODE}\n") == 0
    assert "This device was removed from the licence" in product.screen


def _fingerprint(desk: Desk) -> str:
    return next(iter(desk.seats))


def test_one_machine_can_play_several_devices(product: Product, desk: Desk, tmp_path: Path) -> None:
    desk.device_limit = 2
    for name, code in (("Desktop", 0), ("Laptop", 0), ("Laptop", 0), ("Tablet", 3)):
        product.data = tmp_path / name
        assert product("--device", name, "--code", CODE) == code
    assert list(desk.seats.values()) == ["Desktop", "Laptop"]


def test_settings_that_cannot_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--trust-root", "nonsense"]) == 2
    assert "FRONTDESK_TRUST_ROOT" in capsys.readouterr().out


def test_a_narrow_dumb_terminal_gets_plain_signs() -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    screen = Screen(out, io.StringIO())
    screen.title("Halcyon Shield", "3.2.0")
    screen.progress(1, 2, "half")
    screen.progress(2, 2, "whole")
    screen.good(screen.meter(1, 3))
    screen.rows([])
    screen.say("  Nicht möglich …", "long words " * 20, "https://desk.halcyon.example/" + "x" * 100)
    out.seek(0)
    shown = out.read()
    assert "#..  1 of 3" in shown
    assert "half" not in shown
    assert "    Nicht m?glich ?\n" in shown
    assert "\n  https://desk.halcyon.example/" + "x" * 100 + "\n" in shown
    assert max(len(line) for line in shown.splitlines() if "long words" in line) <= 72


def test_as_a_program_of_its_own(desk: Desk, tmp_path: Path) -> None:
    source = str(ROOT / "sdk/python/src")
    environ = {"FRONTDESK_SERVER": desk.url, "FRONTDESK_TRUST_ROOT": TRUST_ROOT, "PYTHONPATH": source}
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-m", "examples.halcyon_shield", "--data", str(tmp_path), "--code", CODE],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "You are protected." in finished.stdout
