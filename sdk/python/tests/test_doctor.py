"""The doctor: names the first step that fails, and says what to do."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
from sdk.python.tests.desk import Desk, Reply
from sdk.python.tests.tls import TlsDesk
from sdk.python.tests.vectors import CODE, KEYSETS, TRUST_ROOT

from frontdesk_client.doctor import BAD, GOOD, WARNING, Doctor, Finding


def states(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.step, finding.state) for finding in findings]


def last(doctor: Doctor) -> Finding:
    """The last finding; whatever is bad says what to do."""
    findings = list(doctor.walk())
    assert all(finding.remedy for finding in findings if finding.state == BAD)
    return findings[-1]


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_all_is_well(desk: Desk) -> None:
    findings = list(Doctor(desk.url, trust_root=TRUST_ROOT, code=CODE).walk())
    steps = ["proxy", "name", "connection", "server", "clock", "keys", "code"]
    assert states(findings) == [(step, GOOD) for step in steps]
    assert findings[0].document().keys() == {"step", "state", "seen", "remedy"}


def test_without_trust_root_and_code_there_is_less_to_look_at(desk: Desk) -> None:
    assert last(Doctor(desk.url)).step == "clock"


def test_a_typo(desk: Desk) -> None:
    found = last(Doctor(desk.url, code=CODE[:-1] + ("0" if CODE[-1] != "0" else "1")))
    assert (found.step, found.state) == ("code", BAD)
    assert "group 4" in found.seen


def test_a_name_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **more: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    found = last(Doctor("https://desk.halcyon.invalid/"))
    assert (found.step, found.state) == ("name", BAD)
    assert "desk.halcyon.invalid" in found.seen


def test_a_closed_port_and_the_code_is_still_looked_at() -> None:
    findings = list(Doctor(f"http://127.0.0.1:{closed_port()}/", code=CODE).walk())
    assert states(findings)[-2:] == [("connection", BAD), ("code", GOOD)]
    assert "firewall" in findings[-2].remedy


def test_an_unencrypted_way_is_a_warning(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk_client.doctor._LOOPBACK", ())
    assert ("encryption", WARNING) in states(list(Doctor(desk.url).walk()))


def test_a_certificate_nobody_knows() -> None:
    with TlsDesk() as secured:
        found = last(Doctor(secured.url))
    assert (found.step, found.state) == ("encryption", BAD)
    assert "certificate" in found.seen


def test_a_good_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    with TlsDesk() as secured:
        monkeypatch.setenv("SSL_CERT_FILE", str(secured.certificate))
        findings = list(Doctor(secured.url).walk())
    assert ("encryption", GOOD) in states(findings)
    assert findings[-1].state == GOOD


def test_a_port_that_does_not_speak_tls(desk: Desk) -> None:
    found = last(Doctor(desk.url.replace("http:", "https:"), timeout=2))
    assert (found.step, found.state) == ("encryption", BAD)


def test_a_proxy_stands_between(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"127.0.0.1:{desk.port}")
    findings = list(Doctor("http://desk.halcyon.invalid/").walk())
    assert "proxy 127.0.0.1" in findings[0].seen
    assert findings[-1] == Finding("clock", GOOD, "This computer's clock agrees with the server's.")


def test_a_proxy_that_does_not_let_us_through(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", f"http://user:secret@127.0.0.1:{desk.port}")
    findings = list(Doctor("https://desk.halcyon.invalid/").walk())
    assert (findings[-1].step, findings[-1].state) == ("server", BAD)
    assert "secret" not in str(findings)


def test_a_proxy_that_is_bypassed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert last(Doctor(desk.url)).state == GOOD


@pytest.mark.parametrize("reply", [Reply(200, {"status": "ill"}), Reply(503, raw=b""), Reply(200, raw=b"<html>")])
def test_a_server_that_is_not_well(reply: Reply, desk: Desk) -> None:
    desk.answer_next("GET health", reply)
    found = last(Doctor(desk.url))
    assert (found.step, found.state) == ("server", BAD)


@pytest.mark.parametrize(("minutes", "side"), [(90, "ahead of"), (-90, "behind")])
def test_a_clock_that_is_wrong(minutes: int, side: str, desk: Desk) -> None:
    found = last(Doctor(desk.url, now=lambda: datetime.now(UTC) + timedelta(minutes=minutes)))
    assert (found.step, found.state) == ("clock", BAD)
    assert f"minutes {side}" in found.seen


def test_a_server_that_does_not_tell_its_time(desk: Desk) -> None:
    desk.answer_next("GET health", Reply(200, {"status": "ok"}), Reply(200, {}, headers={"Date": "teatime"}))
    assert last(Doctor(desk.url)).state == WARNING


def test_keys_of_another_vendor(desk: Desk) -> None:
    found = last(Doctor(desk.url, trust_root="fdroot_" + KEYSETS["other_root"]["x"]))
    assert (found.step, found.state) == ("keys", BAD)


def test_keys_that_do_not_come(desk: Desk) -> None:
    desk.answer_next("GET keys", Reply(500, raw=b"oops"))
    found = last(Doctor(desk.url, trust_root=TRUST_ROOT))
    assert (found.step, found.state) == ("keys", BAD)
