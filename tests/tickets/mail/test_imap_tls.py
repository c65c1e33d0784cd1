"""Polling over TLS, from the start and by STARTTLS: whose certificate nobody vouches for gets no password."""

import datetime
import ipaddress
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from frontdesk.support.tickets.mail.incoming import jobs
from frontdesk.support.tickets.models import IncomingMail
from tests.support import dovecot
from tests.support.dovecot import Dovecot
from tests.support.letters import letter

pytestmark = pytest.mark.django_db(transaction=True)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-made certificate for a name or an address, and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test's mail server")])
    named = x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    """A Dovecot that lets nobody sign in without TLS."""
    if dovecot.installed() is None:
        if os.environ.get("CI"):
            pytest.fail("the tests of IMAP need Dovecot: scripts/system-packages installs it")
        pytest.skip("the tests of IMAP need Dovecot: sudo apt-get install dovecot-imapd")
    with tempfile.TemporaryDirectory(prefix="dov", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        running = Dovecot(folder, certificate(folder, "127.0.0.1"))
        running.start()
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture(params=["imaps", "imap"])
def way(server: Dovecot, settings: Settings, request: pytest.FixtureRequest) -> str:
    """TLS from the start, or by STARTTLS, to a mailbox of its own."""
    port = server.tls_port if request.param == "imaps" else server.port
    settings.MAIL_IMAP = {
        "host": "127.0.0.1", "port": port, "tls": request.param, "password": dovecot.PASSWORD,
        "user": f"by-{request.param}-{request.function.__name__}", "folder": "INBOX", "done": "",
    }  # fmt: skip
    return str(request.param)


def test_a_certificate_that_somebody_vouches_for_is_taken(
    server: Dovecot, way: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.folder / "127.0.0.1.pem"))
    assert jobs.poll_imap() == 0
    server.deliver(letter("By TLS"), settings.MAIL_IMAP["user"])
    assert jobs.poll_imap() == 1
    assert IncomingMail.objects.get().source == "imap"


def problem(caplog: pytest.LogCaptureFixture) -> str:
    """What the one line about a mailbox that was not polled says of it."""
    lines = [each.msg for each in caplog.records if isinstance(each.msg, dict)]
    (line,) = [each for each in lines if each["event"] == "imap_not_polled"]
    return str(line["problem"])


def test_an_untrusted_certificate_is_refused_in_a_line_that_says_so(
    server: Dovecot, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert jobs.poll_imap() == 0
    assert problem(caplog).startswith("the certificate of 127.0.0.1 is not trusted: self")
    assert dovecot.PASSWORD not in caplog.text


def test_a_trusted_certificate_of_another_name_is_refused_too(
    server: Dovecot,
    way: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.folder / "127.0.0.1.pem"))
    settings.MAIL_IMAP = settings.MAIL_IMAP | {"host": "localhost"}
    assert jobs.poll_imap() == 0
    assert problem(caplog).startswith("the certificate of localhost is not trusted: Hostname mismatch")
