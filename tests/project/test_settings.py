"""Settings: the environment, then the file, then the default; what does not fit stops the start with one line."""

import json
import stat
import threading
from pathlib import Path

import pytest

from frontdesk.project import environment as env
from frontdesk.project.environment import BadSetting
from frontdesk.project.installation import is_demo, is_empty, load_secrets, set_values

NAME = "FRONTDESK_TEST_VALUE"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file; what the process had read before is put back afterwards."""
    monkeypatch.setattr(env, "_from_file", {})
    monkeypatch.setattr(env, "VARIABLES", {})
    return tmp_path / "frontdesk.toml"


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert env.text(NAME, "default", "") == "default"
    file.write_text(f'{NAME} = "from the file"\n')
    env.use_file(file)
    assert env.text(NAME, "default", "") == "from the file"
    assert env.VARIABLES[NAME].source == "file"
    monkeypatch.setenv(NAME, "from outside")
    assert env.text(NAME, "default", "") == "from outside"
    assert env.VARIABLES[NAME].source == "environment"


def test_numbers_switches_and_lists_are_written_as_toml_has_them(file: Path) -> None:
    file.write_text('A = 7\nB = true\nC = ["x", "y"]\n')
    env.use_file(file)
    assert (env.number("A", 1, ""), env.switch("B", False, ""), env.words("C", "", "")) == (7, True, ["x", "y"])
    assert env.unknown_names() == []


def test_a_name_that_nothing_reads_is_told(file: Path) -> None:
    file.write_text('FRONTDESK_BRAND_NMAE = "Halcyon"\n')
    env.use_file(file)
    assert env.unknown_names() == ["FRONTDESK_BRAND_NMAE"]


@pytest.mark.parametrize("content", ["= nonsense", "[table]\na = 1", "a = 1.5"])
def test_a_file_that_cannot_be_used_stops_the_start(file: Path, content: str) -> None:
    file.write_text(content)
    with pytest.raises(BadSetting):
        env.use_file(file)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda: env.number(NAME, 1, "", least=1, most=9), "10"),
        (lambda: env.number(NAME, 1, ""), "ten"),
        (lambda: env.switch(NAME, False, ""), "perhaps"),
        (lambda: env.choice(NAME, "a", "", among=("a", "b")), "c"),
        (lambda: env.origin(NAME, "http://x", ""), "desk.example"),
        (lambda: env.origin(NAME, "http://x", ""), "https://desk.example/path"),
        (lambda: env.zone(NAME, "UTC", ""), "Berlin"),
        (lambda: env.zone(NAME, "UTC", ""), "../../etc/passwd"),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_one_line_with_its_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, read: object, value: str
) -> None:
    monkeypatch.setenv(NAME, value)
    assert callable(read)
    with pytest.raises(BadSetting, match=NAME) as told:
        read()
    assert "\n" not in str(told.value)


def test_secrets_are_never_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "hunter2")
    env.text(NAME, "", "", secret=True)
    assert env.VARIABLES[NAME].value == "(set)"


def test_setting_values_keeps_what_the_operator_wrote(tmp_path: Path) -> None:
    file = tmp_path / "d" / "frontdesk.toml"
    set_values(file, {"A": 'with "quotes"', "B": True})
    file.write_text("# a note\n# C = 1\n" + file.read_text() + "# the end\n")
    set_values(file, {"C": 2, "B": False, "D": "ä"})
    lines = file.read_text().splitlines()
    assert lines == ["# a note", "C = 2", 'A = "with \\"quotes\\""', "B = false", "# the end", 'D = "ä"']
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_empty_and_demo_folders_are_told_apart(tmp_path: Path) -> None:
    assert is_empty(tmp_path)
    assert not is_demo(tmp_path)
    set_values(tmp_path / "frontdesk.toml", {"FRONTDESK_DEMO": True})
    assert not is_empty(tmp_path)
    assert is_demo(tmp_path)


def test_starters_at_once_end_with_the_same_secrets(tmp_path: Path) -> None:
    found = []
    starters = [
        threading.Thread(target=lambda: found.append(load_secrets(tmp_path / "d" / "secrets.json"))) for _ in range(16)
    ]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert len(found) == 16
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "d").iterdir()] == ["secrets.json"]
    assert stat.S_IMODE((tmp_path / "d" / "secrets.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["", "{}", '{"django_key": "x"}', json.dumps({"unknown": 1})])
def test_damaged_secrets_are_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(content)
    with pytest.raises(SystemExit, match="damaged"):
        load_secrets(file)
    assert file.read_text() == content
