"""The demo as other programs rely on it: facts, people who can sign in, codes that do what their situation says."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.project.desk import ROOT, Desk, eventually

SHIELD = "halcyon-shield"


def activation(code: str, device: str = "one") -> dict[str, object]:
    seat = {"fingerprint": f"test device {device}", "name": device, "platform": "linux", "app_version": "3.2.0"}
    return {"code": code, "product": SHIELD, "device": seat}


def test_the_facts_have_the_promised_shape(demo: Desk) -> None:
    facts = demo.facts()
    assert set(facts) == {"url", "product", "people", "codes", "mailbox_url"}
    assert facts["url"] == demo.url
    assert all(set(p) == {"email", "password", "totp_secret", "role", "situation"} for p in facts["people"])
    assert all(set(c) == {"code", "plan", "device_limit", "situation"} for c in facts["codes"])
    assert {"agent", "billing_agent", "manager", "administrator", "customer"} == {p["role"] for p in facts["people"]}
    assert len([c for c in facts["codes"] if c["situation"] == "unused"]) >= 20


def test_every_situation_is_there(demo: Desk) -> None:
    situations = {code["situation"] for code in demo.facts()["codes"]}
    expected = {"at the limit", "about to expire", "expired", "two stacked codes", "voided", "other product", "blocked"}
    assert expected | {"unused", "unclaimed", "suspended"} <= situations


@pytest.mark.parametrize(
    ("situation", "status", "code"),
    [
        ("unused", 201, ""),
        ("at the limit", 409, "device_limit_reached"),
        ("about to expire", 201, ""),
        ("expired", 403, "license_expired"),
        ("two stacked codes", 201, ""),
        ("voided", 403, "code_blocked"),
        ("other product", 422, "product_mismatch"),
        ("blocked", 403, "code_blocked"),
        ("suspended", 403, "license_suspended"),
        ("unclaimed", 201, ""),
    ],
)
def test_a_code_does_what_its_situation_says(demo: Desk, situation: str, status: int, code: str) -> None:
    found = next(each for each in demo.facts()["codes"] if each["situation"] == situation)
    answered, document = demo.post("/api/v1/activations", activation(found["code"], situation))
    assert (answered, document.get("code", "")) == (status, code)


def test_customers_who_pay_are_in_telling_situations(demo: Desk) -> None:
    situations = {person["situation"] for person in demo.facts()["people"]}
    assert situations >= {
        "renews every year", "past due, card declined", "renewal off, ends soon", "in trial", "refunded",
        "dispute open", "smaller plan from the next term on", "pays in dollars, with a coupon",
    }  # fmt: skip
    states = (
        "from frontdesk.billing.models import *; S = Subscription.objects; "
        "print(S.count(), S.filter(failed_at__isnull=False).count(), "
        "S.filter(auto_renew=False, ended_at=None).count(), "
        "S.filter(is_trial=True).count(), S.filter(end_reason='refunded').count(), "
        "Dispute.objects.filter(status='open').count(), S.filter(next_plan_version__isnull=False).count(), "
        "S.filter(currency='USD').count(), S.filter(paid_periods=2).count())"
    )
    assert demo.run("manage", "shell", "-v0", "-c", states).split() == ["8", "1", "1", "1", "1", "1", "1", "1", "1"]


def test_clear_codes_and_passwords_stand_in_one_private_file(demo: Desk) -> None:
    facts = demo.facts()
    assert (demo.data / "demo.json").stat().st_mode & 0o777 == 0o600
    needles = [facts["codes"][0]["code"].encode(), facts["people"][0]["password"].encode()]
    holders = {
        path.name
        for path in demo.data.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    }
    assert holders == {"demo.json"}


def test_the_authenticator_of_staff_is_shown(demo: Desk) -> None:
    staff = next(person for person in demo.facts()["people"] if person["totp_secret"])
    assert re.fullmatch(r"\d{6}\n", demo.run("demo", "totp", staff["email"]))


def test_a_second_start_keeps_everything_and_is_quick(demo: Desk) -> None:
    before = demo.facts()
    demo.stop()
    began = time.monotonic()
    demo.serve("demo", "run")
    took = time.monotonic() - began
    assert demo.facts() == before
    assert took < 20, f"started in {took:.1f} s"  # under 5 s on a machine that does nothing else: benchmarks


def test_codes_that_were_used_are_not_printed_as_unused_again(demo: Desk) -> None:
    first, second = [each["code"] for each in demo.facts()["codes"] if each["situation"] == "unused"][:2]
    demo.post("/api/v1/activations", activation(first, "first"))
    demo.stop()
    before = demo.log.read_text().count("--trust-root")
    demo.serve("demo", "run")
    eventually(lambda: demo.log.read_text().count("--trust-root") > before, 10, "it is printed")
    printed = demo.log.read_text().rpartition("front desk is open")[2]
    assert first not in printed
    assert second in printed


def test_what_is_printed_says_where_to_go_and_how_to_activate(demo: Desk) -> None:
    eventually(lambda: "--trust-root" in demo.log.read_text(), 10, "it is printed")
    printed = demo.log.read_text()
    assert demo.url in printed
    assert "ada@customer.example" in printed
    assert "python -m examples.halcyon_shield --demo" in printed


def test_a_printed_command_can_be_typed_as_it_stands(demo: Desk) -> None:
    eventually(lambda: "--trust-root" in demo.log.read_text(), 10, "it is printed")
    found = re.findall(r"under a minute: (.+) clock travel", demo.log.read_text())
    bare = {name: value for name, value in demo.environment.items() if name != "FRONTDESK_DATA"}
    typed = ["sh", "-c", f"{found[-1]} demo facts"]
    done = subprocess.run(typed, env=bare, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["codes"] == demo.facts()["codes"]


def test_the_example_product_activates_with_the_printed_line(demo: Desk, tmp_path: Path) -> None:
    root = json.loads((demo.data / "demo.json").read_text())["trust_root"]
    code = [each for each in demo.facts()["codes"] if each["situation"] == "unused"][-1]["code"]
    line = ["-m", "examples.halcyon_shield", "--demo", "--server", demo.url, "--trust-root", root]
    done = subprocess.run(
        [sys.executable, *line, "--code", code, "--data", str(tmp_path)],
        env=demo.environment, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_reset_is_refused_while_it_is_served(demo: Desk) -> None:
    assert "being served" in demo.run("demo", "reset", fails=True)
    eventually(demo.answers, 5, "the demo still answers")


def test_the_worker_delivers_the_outbox_within_seconds(demo: Desk) -> None:
    before = set((demo.data / "mail").glob("*"))
    ask = "from frontdesk.accounts.services.passwords import ask_for_reset; ask_for_reset(email='ada@customer.example')"
    demo.run("manage", "shell", "-v0", "-c", ask)
    eventually(lambda: bool(set((demo.data / "mail").glob("*")) - before), 20, "the mail is delivered")


def test_a_year_beside_the_running_server_is_played_once_and_told(demo: Desk) -> None:
    began = time.monotonic()
    told = demo.run("clock", "travel", "+1y").splitlines()
    took = time.monotonic() - began
    assert took < 60, f"took {took:.0f} s"
    assert told[-1].startswith("It is now ")
    lines = told[:-1]
    assert [line[:10] for line in lines] == sorted(line[:10] for line in lines)
    trial = [line for line in lines if "Toni Falk" in line]
    assert sum("€54.95 paid" in line for line in trial) == 1  # the end of the trial; the next term is a year away
    assert sum("ended: The renewal was not paid" in line for line in lines) == 1
    assert sum("ended: Automatic renewal was off" in line for line in lines) == 1
    assert len(lines) == len({line for line in lines if "reminder" not in line}) + sum(
        "reminder" in line for line in lines
    )
    demo.run("check")
    demo.run("audit", "verify")
