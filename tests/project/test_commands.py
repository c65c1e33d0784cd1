"""The operator's commands on an installation of their own: init, keys, codes, check, backup and restore."""

import csv
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.project.desk import Desk

pytestmark = pytest.mark.timeout(300)
INIT = [
    "init", "--name", "Aurora", "--url", "https://desk.aurora.example", "--mail-from", "Desk <desk@aurora.example>",
    "--language", "de", "--admin", "owner@aurora.example",
]  # fmt: skip
PLAN = """
from frontdesk.catalog import plans, products
from frontdesk.core.actors import Actor
actor = Actor.system("test")
product = products.create(actor=actor, slug="aurora-draw", name="Aurora Draw")
plan = plans.create(actor=actor, product=product, slug="home-2", name="Home")
plans.new_version(actor=actor, plan=plan, device_limit=2, prices={"EUR": 1000})
"""
SEAT = """
import sys
from frontdesk.core.actors import Actor
from frontdesk.licensing import codes, seats
device = seats.Device(fingerprint="a device of the test", name="Mill", platform="linux", app_version="1.0")
seat = seats.take(actor=Actor.system("test"), device=device, code=codes.parse({code!r}), product="aurora-draw")
print("seated", seat.created, seat.license.devices_used)
"""


@pytest.fixture(scope="module")
def root_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stick") / "root.pem"


@pytest.fixture(scope="module")
def desk(new_desk: Callable[..., Desk], root_file: Path) -> Desk:
    """An installation as `init` leaves it, with a plan to sell."""
    made = new_desk()
    printed = made.run(*INIT, "--root-file", str(root_file))
    assert re.search(r"https://desk\.aurora\.example/\S+\n", printed), "the administrator's link"
    made.run("manage", "shell", "-v0", "-c", PLAN)
    return made


@pytest.fixture(scope="module")
def made_codes(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    out = tmp_path_factory.mktemp("codes") / "codes.csv"
    printed = desk.run("codes", "make", "aurora-draw/home-2", "25", "--reason", "shop cards", "--out", str(out))
    assert "25 codes for Aurora Draw Home" in printed
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with out.open() as file:
        return [row["code"] for row in csv.DictReader(file)]


def test_init_writes_settings_legal_pages_and_the_root_where_it_was_told(desk: Desk, root_file: Path) -> None:
    settings = (desk.data / "frontdesk.toml").read_text()
    assert 'FRONTDESK_BRAND_NAME = "Aurora"' in settings
    assert 'FRONTDESK_LANGUAGE = "de"' in settings
    assert {path.name for path in (desk.data / "legal").iterdir()} == {"imprint.md", "privacy.md", "terms.md"}
    assert stat.S_IMODE(root_file.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" in root_file.read_bytes()
    assert not list(desk.data.rglob("*.pem"))


def test_init_again_keeps_what_is_there(desk: Desk, root_file: Path) -> None:
    (desk.data / "legal" / "terms.md").write_text("# Our terms\n\nFair ones.\n")
    root, keys = root_file.read_bytes(), desk.run("keys", "show")
    printed = desk.run("init", "--name", "Aurora Studios")
    assert "Signing keys are there" in printed
    settings = (desk.data / "frontdesk.toml").read_text()
    assert 'FRONTDESK_BRAND_NAME = "Aurora Studios"' in settings
    assert 'FRONTDESK_URL = "https://desk.aurora.example"' in settings
    assert (desk.data / "legal" / "terms.md").read_text().startswith("# Our terms")
    assert (root_file.read_bytes(), desk.run("keys", "show")) == (root, keys)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "say --name"),
        (["--name", "A"], "say --url"),
        (["--name", "A", "--url", "desk.example", "--mail-from", "a@b.example"], "must look like https://"),
        (["--name", "A", "--url", "https://desk.example", "--mail-from", "nobody"], "must hold an e-mail address"),
    ],
)
def test_init_says_in_one_line_what_is_missing_or_wrong(
    new_desk: Callable[..., Desk], arguments: list[str], told: str
) -> None:
    printed = new_desk().run("init", *arguments, fails=True)
    assert told in printed
    assert len(printed.strip().splitlines()) == 1


def test_a_root_is_never_overwritten_and_another_one_is_refused(desk: Desk, root_file: Path, tmp_path: Path) -> None:
    assert "never overwritten" in desk.run("keys", "root", str(root_file), fails=True)
    desk.run("keys", "root", str(tmp_path / "other.pem"))
    assert "another trust root" in desk.run("keys", "rotate", "--root", str(tmp_path / "other.pem"), fails=True)
    (tmp_path / "nonsense.pem").write_text("nonsense")
    assert "not a key file" in desk.run("keys", "rotate", "--root", str(tmp_path / "nonsense.pem"), fails=True)


def test_rotated_keys_sign_and_the_old_ones_stay_trusted(desk: Desk, root_file: Path) -> None:
    printed = desk.run("keys", "rotate", "--root", str(root_file))
    assert "Key set 2" in printed
    assert len(re.findall(r"(?m)^  lease +signs ", printed)) == 1
    assert len(re.findall(r"(?m)^  lease +trusted ", printed)) == 1


def test_a_list_of_codes_is_taken_once_and_voided_codes_are_dead(desk: Desk, made_codes: list[str]) -> None:
    assert len(set(made_codes)) == 25
    batch = next(line.split()[0] for line in desk.run("codes", "batches").splitlines() if " 25 " in line)
    taken = desk.run("codes", "export", batch, str(desk.data / "again.csv"), fails=True)
    assert not (desk.data / "again.csv").exists(), taken
    assert desk.run("codes", "void", made_codes[0], made_codes[1].lower(), "--reason", "stolen") == "2 voided\n"
    assert desk.run("codes", "void", made_codes[0], "--reason", "stolen") == "0 voided\n"
    assert "none was voided" in desk.run("codes", "void", "00000-00000-00000-00000", "--reason", "x", fails=True)
    refused = desk.run("manage", "shell", "-v0", "-c", SEAT.format(code=made_codes[0]), fails=True)
    assert "code_blocked" in refused or "CodeBlocked" in refused


def test_cards_are_written_as_pdf(desk: Desk, tmp_path: Path) -> None:
    out = tmp_path / "cards.pdf"
    desk.run("codes", "make", "aurora-draw/home-2", "3", "--kind", "gift", "--reason", "fair", "--out", str(out))
    assert out.read_bytes().startswith(b"%PDF")


def test_no_codes_are_made_that_could_not_be_written(desk: Desk, tmp_path: Path) -> None:
    out, before = tmp_path / "cards.pdf", desk.run("codes", "batches")
    make = ["codes", "make", "aurora-draw/home-2", "1001", "--reason", "fair", "--out", str(out)]
    assert "cards.zip" in desk.run(*make, fails=True)
    out.touch()
    assert "exists already" in desk.run(*make, fails=True)
    assert desk.run("codes", "batches") == before


def test_a_plan_that_is_not_there_is_told(desk: Desk) -> None:
    assert "there is no plan" in desk.run("codes", "make", "aurora-draw/none", "3", "--reason", "x", fails=True)


def test_check_is_content_and_knows_what_is_unsafe_in_public(desk: Desk) -> None:
    assert "All is in order." in desk.run("check")
    advice = desk.run("check", "--deploy", fails=True)
    assert "FRONTDESK_MAIL is file" in advice
    assert "legal pages" in advice
    settings = desk.run("check", "--settings")
    assert re.search(r"FRONTDESK_BRAND_NAME +Aurora( Studios)? +file", settings)
    assert "database_password" not in settings


def test_check_finds_a_counter_that_was_tampered_with(desk: Desk, made_codes: list[str]) -> None:
    assert "seated True 1" in desk.run("manage", "shell", "-v0", "-c", SEAT.format(code=made_codes[5]))
    tamper = (
        "from django.db import connection; connection.cursor().execute('update licensing_license set seats_used = {}')"
    )
    desk.run("manage", "shell", "-v0", "-c", tamper.format(2))
    assert "devices used" in desk.run("check", fails=True)
    desk.run("manage", "shell", "-v0", "-c", tamper.format(1))
    assert "All is in order." in desk.run("check")


def test_a_backup_made_while_serving_lives_elsewhere_and_an_old_code_still_activates(
    desk: Desk, made_codes: list[str], new_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery\n")
    file, option = tmp_path / "desk.fdb", f"--passphrase-file={secret}"
    desk.serve()
    (desk.data / "files").mkdir(exist_ok=True)
    (desk.data / "files" / "build.bin").write_bytes(b"a build" * 1000)
    desk.run("backup", str(file), option)
    desk.stop()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert made_codes[0].encode() not in file.read_bytes()

    elsewhere = new_desk()
    elsewhere.run("restore", str(file), option)
    assert (elsewhere.data / "files" / "build.bin").read_bytes() == b"a build" * 1000
    assert elsewhere.run("keys", "show") == desk.run("keys", "show")
    assert "seated True" in elsewhere.run("manage", "shell", "-v0", "-c", SEAT.format(code=made_codes[9]))
    assert "All is in order." in elsewhere.run("check")
    assert "is not empty" in elsewhere.run("restore", str(file), option, fails=True)


def test_a_backup_that_cannot_be_opened_leaves_nothing_behind(
    desk: Desk, new_desk: Callable[..., Desk], tmp_path: Path
) -> None:
    secret = tmp_path / "key"
    secret.write_bytes(bytes(range(32)))
    file, option = tmp_path / "desk.fdb", f"--key-file={secret}"
    desk.run("backup", str(file), option)
    assert "exists already" in desk.run("backup", str(file), option, fails=True)
    elsewhere = new_desk()
    broken = tmp_path / "broken.fdb"
    broken.write_bytes(file.read_bytes()[:-100])
    assert "cut off" in elsewhere.run("restore", str(broken), option, fails=True)
    secret.write_bytes(bytes(range(1, 33)))
    assert "not the right one" in elsewhere.run("restore", str(file), option, fails=True)
    assert not elsewhere.data.exists()
    assert "say --passphrase-file" in elsewhere.run("restore", str(file), fails=True)


def test_a_real_installation_is_never_taken_for_a_demo(desk: Desk) -> None:
    assert "is no demo" in desk.run("demo", "run", fails=True)
    assert "no demo" in desk.run("demo", "reset", fails=True)
    assert "no demo" in desk.run("demo", "facts", fails=True)


def test_a_misspelt_setting_stops_the_start_with_one_line(desk: Desk) -> None:
    file = desk.data / "frontdesk.toml"
    before = file.read_text()
    file.write_text(f'{before}FRONTDESK_BRAND_NMAE = "Aurora"\n')
    try:
        printed = desk.run("check", fails=True)
    finally:
        file.write_text(before)
    assert "FRONTDESK_BRAND_NMAE" in printed
    assert len(printed.strip().splitlines()) == 1


def test_an_unknown_command_shows_what_there_is(desk: Desk) -> None:
    printed = desk.run("nonsense", fails=True)
    assert all(command in printed for command in ("init", "serve", "restore"))


@pytest.mark.parametrize("command", [["serve"], ["keys", "show"], ["billing", "reconcile"]], ids=lambda each: each[0])
def test_without_its_database_a_command_says_so_in_a_line(new_desk: Callable[..., Desk], command: list[str]) -> None:
    said = new_desk(DATABASE_URL="postgresql://desk:secret@127.0.0.1:1/desk").run(*command, fails=True)
    assert "no connection to the database" in said
    assert "run it again once the database is there" in said
    assert "Traceback" not in said
    assert "secret" not in said
