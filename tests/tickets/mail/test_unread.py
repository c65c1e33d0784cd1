"""What cannot be read of a mail is told, nothing that can is lost, and a page never reads a stranger's bytes."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from django.test import Client
from pytest_django import Settings

from frontdesk.accounts.roles import Role
from frontdesk.support.tickets.mail.incoming import pool
from frontdesk.support.tickets.mail.incoming.reading import smime
from frontdesk.support.tickets.mail.incoming.reading.reader import read
from frontdesk.support.tickets.models import RawMail, Verdict
from tests.people import staff_browser
from tests.support.letters import AUTHSERV, PROVED, arrives, letter, multipart, part

pytestmark = pytest.mark.django_db
SIGNED = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"


@pytest.fixture
def trusting(settings: Settings) -> None:
    """Our mail server authenticates, and says so under its name."""
    settings.MAIL_AUTHSERV_ID = AUTHSERV


def signed(content: bytes) -> bytes:
    """The content within its signature, as DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Ada")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2027, 1, 1, tzinfo=UTC)
    )
    certificate = builder.sign(key, hashes.SHA256())
    signing = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return signing.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def opaque(data: bytes, kind: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m") -> bytes:
    return letter(
        base64.encodebytes(data),
        Content_Type=kind,
        Content_Transfer_Encoding="base64",
        Authentication_Results=PROVED,
    )


def test_what_is_only_signed_is_unwrapped() -> None:
    found = read(opaque(signed(SIGNED)))
    assert (found.text, found.files, found.reports) == ("Grüße", [], [])
    inner = multipart(part("See the file."), part("a,b", "text/csv", Content_Disposition="attachment; filename=a.csv"))
    found = read(opaque(signed(inner)))
    assert (found.text, [each.name for each in found.files]) == ("See the file.", ["a.csv"])


def test_lengths_that_are_told_at_the_end_are_read_too() -> None:
    octets = b"\x24\x80" + b"".join(b"\x04" + bytes([len(each)]) + each for each in (SIGNED[:9], SIGNED[9:])) + b"\0\0"
    inner = b"\x30\x80\x06\x09" + smime.DATA + b"\xa0\x80" + octets + b"\0\0\0\0"
    data = b"\x30\x80\x06\x09" + smime.SIGNED + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x00" + inner + b"\0\0" * 3
    assert smime.unwrapped(data) == SIGNED
    for size in range(len(data)):
        smime.unwrapped(data[:size])  # whatever is missing, it ends


def test_what_is_encrypted_waits_for_a_person_and_says_why(trusting: None) -> None:
    pgp = multipart(
        part("Version: 1", "application/pgp-encrypted"),
        part("-----BEGIN PGP MESSAGE-----\n\nabc=\n-----END PGP MESSAGE-----", "application/octet-stream"),
        kind="encrypted; protocol=application/pgp-encrypted",
        Authentication_Results=PROVED,
    )
    inline = letter("-----BEGIN PGP MESSAGE-----\n\nabc=\n-----END PGP MESSAGE-----", Authentication_Results=PROVED)
    enveloped = opaque(b"\x30\x80nothing", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m")
    page = staff_browser(Role.AGENT, "kim@halcyon.example")
    for raw in (pgp, inline, enveloped):
        mail = arrives(raw)
        assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "encrypted")
        assert mail.reports == ["encrypted"]
        assert "what it says cannot be read here" in page.get(f"/desk/mail/{mail.pk}/").content.decode()


def test_what_is_missing_is_told_in_the_conversation(trusting: None) -> None:
    files = [part(f"{each}", "text/csv", Content_Disposition=f"attachment; filename={each}.csv") for each in range(210)]
    mail = arrives(multipart(part("See the files."), *files, Authentication_Results=PROVED))
    assert (mail.verdict, mail.reports) == (Verdict.OPENED, ["too_many_files"])
    assert mail.conversation is not None
    page = staff_browser(Role.AGENT, "kim@halcyon.example").get(f"/desk/inbox/{mail.conversation.pk}/")
    assert "It has more files than are taken" in page.content.decode()
    assert read(letter("a line\n" * 30_000)).reports == ["cut_off"]
    assert read(letter("a" * 500_000)).reports == ["cut_off"]


def test_the_page_of_a_mail_reads_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = arrives(letter("My words.\n\n> quoted", sender="Bob <bob@example.com>"))
    monkeypatch.setattr(pool.Pool, "read", None)
    page: Client = staff_browser(Role.AGENT, "kim@halcyon.example")
    text = page.get(f"/desk/mail/{mail.pk}/").content.decode()
    assert "My words." in text
    assert "&gt; quoted" in text
    RawMail.objects.filter(mail=mail).delete()
    assert "There is nothing to show" in page.get(f"/desk/mail/{mail.pk}/").content.decode()


def test_parts_in_each_other_beyond_reason_keep_their_words() -> None:
    body = part("The words.")
    for each in range(300):
        body = (
            f'Content-Type: multipart/mixed; boundary="b{each}"\r\n\r\n--b{each}\r\n'.encode()
            + body
            + (f"\r\n--b{each}--\r\n".encode())
        )
    head, _blank, rest = body.partition(b"\r\n\r\n")
    found = read(letter(rest, Content_Type=head.decode().partition(": ")[2]))
    assert found.text == "The words."
    assert "nested_too_deeply" in found.reports


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"\r\n\r\n", b"From ada@example.org Fri Nov 27 10:00:00 2026\r\n", b"\n", b"\xef\xbb\xbf\r\n"],
)
def test_what_stands_before_the_head_does_not_hide_it(before: bytes) -> None:
    found = read(before + letter("Words"))
    assert (found.subject, found.from_address, found.text) == ("My code", "ada@example.org", "Words")


def test_a_mail_that_was_saved_as_utf16_is_read() -> None:
    found = read(letter("Grüße").decode().encode("utf-16"))
    assert (found.subject, found.text) == ("My code", "Grüße")


def test_a_bare_carriage_return_makes_no_header() -> None:
    found = read(
        letter("Words", subject="Hello\rFrom: eve@example.com\rAuthentication-Results: mx.halcyon.example; dmarc=pass")
    )
    assert (found.from_address, found.senders, found.results, found.text) == ("ada@example.org", 1, [], "Words")


def test_an_invitation_has_a_name_that_opens() -> None:
    found = read(multipart(part("Come!"), part("BEGIN:VCALENDAR", "text/calendar; method=REQUEST")))
    assert [each.name for each in found.files] == ["invitation.ics"]
