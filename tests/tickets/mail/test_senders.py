"""Who is a program and who a person: nobody's mail is swallowed because of what they are called, or send on."""

import pytest
from pytest_django import Settings

from frontdesk.support.tickets.models import Message, Verdict
from tests.support import desk
from tests.support.letters import AUTHSERV, PROVED, arrives, letter, multipart, part, token_of
from tests.tickets.mail.test_verdicts import REPORT, delivery_report, sent

pytestmark = pytest.mark.django_db
PEOPLE = [
    "mtaylor@example.org",
    "ndreyev@example.org",
    "daemon.jones@example.org",
    "daemon@example.org",
    "bounce.smith@example.org",
    "smtp.admin@example.org",
    "postmastersson@example.org",
    "nora.delivery@example.org",
]
WORDS = "Hello,\n\nsince version 5.1.2 it costs 550 euros, and your page answers 503 now.\n\nAda"


@pytest.fixture
def trusting(settings: Settings) -> None:
    """Our mail server authenticates, and says so under its name."""
    settings.MAIL_AUTHSERV_ID = AUTHSERV


@pytest.mark.parametrize("address", PEOPLE)
@pytest.mark.parametrize("subject", ["My code", "Delivery failed for my licence key", "Your mail was rejected"])
def test_people_are_called_like_daemons(trusting: None, address: str, subject: str) -> None:
    results = PROVED.replace("header.from=example.org", f"header.from={address.partition('@')[2]}")
    mail = arrives(letter(WORDS, sender=address, subject=subject, Authentication_Results=results))
    assert (mail.verdict, mail.from_address) == (Verdict.OPENED, address)


def test_a_shop_sends_its_peoples_mail_with_a_path_for_bounces(trusting: None) -> None:
    raw = letter(WORDS, Return_Path="<bounce-123-ada=example.org@shop.example>", Authentication_Results=PROVED)
    assert arrives(raw).verdict == Verdict.OPENED


def test_the_answer_of_one_who_is_called_like_a_daemon_continues() -> None:
    conversation = desk.conversation("mtaylor@example.org")
    raw = letter(WORDS, sender="mtaylor@example.org", to=token_of(conversation), subject="Re: My new laptop")
    assert arrives(raw).verdict == Verdict.REPLY


def test_who_sends_a_bounce_on_is_no_bounce_and_their_address_lives(trusting: None) -> None:
    conversation = desk.conversation("ada@example.org")
    report = delivery_report(sent(conversation).internet_id)
    whole = multipart(part("Why does this come back?"), part(report, "message/rfc822"), Authentication_Results=PROVED)
    pieces = multipart(
        part("And this?"),
        part(REPORT.format(action="failed"), "message/delivery-status"),
        part(f"Message-ID: {sent(conversation).internet_id}\r\n\r\nHello", "message/rfc822"),
        Authentication_Results=PROVED,
    )
    quoted = letter(
        "What is this?\n\n> This is the mail system at host mx.example.org.\n> "
        "<ada@example.org>: host said: 550 5.1.1 unknown",
        subject="Fwd: Undelivered Mail Returned to Sender",
        Authentication_Results=PROVED,
    )
    assert {arrives(each).verdict for each in (whole, pieces, quoted)} == {Verdict.OPENED}
    assert conversation.participants.get().bounced_at is None


def test_a_report_about_where_a_mail_was_sent_on_to_does_not_kill_the_address() -> None:
    conversation = desk.conversation("ada@example.org")
    report = delivery_report(sent(conversation).internet_id)
    report = report.replace(b"rfc822; ada@example.org", b"rfc822; old@example.net")
    assert arrives(report).conversation == conversation
    assert conversation.participants.get().bounced_at is None
    assert "old@example.net" in conversation.messages.get(kind=Message.Kind.EVENT).data["address"]


def test_a_daemon_that_names_nobody_is_for_a_person_to_look_at() -> None:
    raw = letter("It did not work.", sender="MAILER-DAEMON@example.org", subject="Returned mail")
    mail = arrives(raw)
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "looks_returned")


def test_what_a_rule_of_exchange_sends_on_is_its_writers(trusting: None) -> None:
    raw = letter(X_MS_Exchange_Inbox_Rules_Loop="ada@example.org", Authentication_Results=PROVED)
    assert arrives(raw).verdict == Verdict.OPENED


@pytest.mark.parametrize("aside", ["List-Id: <crowd.example.org>", "Auto-Submitted: auto-replied", "Precedence: bulk"])
def test_what_came_aside_first_does_not_keep_the_mail_itself_out(trusting: None, aside: str) -> None:
    raw = letter(Authentication_Results=PROVED)
    first = arrives(f"{aside}\r\n".encode() + raw)
    assert first.verdict in {Verdict.LIST, Verdict.AUTO_REPLY}
    assert arrives(f"{aside}\r\n".encode() + raw).verdict == Verdict.DUPLICATE
    assert arrives(raw).verdict == Verdict.OPENED
    assert arrives(raw).verdict == Verdict.DUPLICATE


@pytest.mark.parametrize(
    "marks",
    [
        {"X_Spam_Flag": "YES"},
        {"X_Spam_Status": "Yes, score=9.1 required=5.0"},
        {"X_MS_Exchange_Organization_SCL": "6"},
        {"X_Forefront_Antispam_Report": "CIP:192.0.2.1;CTRY:;SCL:9;SFV:SPM;H:mail"},
        {"subject": "[SPAM] Cheap keys"},
        {"subject": "*** SPAM *** Cheap keys"},
        {"subject": "[Spamverdacht] Billige Schlüssel"},
    ],
    ids=str,
)
def test_what_a_filter_marked_waits_for_a_person(trusting: None, marks: dict[str, str]) -> None:
    mail = arrives(letter(Authentication_Results=PROVED, **marks))
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "marked_spam")


@pytest.mark.parametrize(
    "marks",
    [
        {"X_Spam_Status": "No, score=-1.9 required=5.0"},
        {"X_Spam_Flag": "NO"},
        {"X_MS_Exchange_Organization_SCL": "-1"},
        {"X_Forefront_Antispam_Report": "CIP:192.0.2.1;CTRY:;SCL:1;SFV:NSPM"},
        {"subject": "Spam from your shop"},
        {"subject": "[Halcyon] my mails go to the spam folder"},
    ],
    ids=str,
)
def test_what_no_filter_marked_does_not(trusting: None, marks: dict[str, str]) -> None:
    assert arrives(letter(Authentication_Results=PROVED, **marks)).verdict == Verdict.OPENED
