"""What becomes of mails: each ends with a named verdict, and only what is trusted leads to something."""

from argparse import Namespace
from datetime import timedelta

import pytest
from pytest_django import Settings

from frontdesk.accounts.models import Person
from frontdesk.core import clock
from frontdesk.core.actors import Actor
from frontdesk.project.commands import mail as commands
from frontdesk.support.tickets.conversations import changing, joining
from frontdesk.support.tickets.mail.incoming import reviewing, storing
from frontdesk.support.tickets.models import BlockedSender, Conversation, IncomingMail, Message, OutgoingMail, Verdict
from frontdesk.support.tickets.phrases import event_line
from tests.support import desk, mailbox
from tests.support.letters import AUTHSERV, PROVED, arrives, letter, multipart, part, token_of
from tests.tickets.conftest import Time

pytestmark = pytest.mark.django_db
TOKEN_REPLY = {"subject": "Re: My new laptop", "In_Reply_To": "<1@halcyon.example>"}


@pytest.fixture
def trusting(settings: Settings) -> None:
    """Our mail server authenticates, and says so under its name."""
    settings.MAIL_AUTHSERV_ID = AUTHSERV


def proved(body: str = "My code does not work.\n", **values: str | None) -> bytes:
    return letter(body, **{"Authentication_Results": PROVED, **values})  # type: ignore[arg-type] # names of headers


def test_a_proved_mail_opens_a_conversation(trusting: None, ada: Person) -> None:
    mail = arrives(proved())
    assert (mail.verdict, mail.detail, mail.authentication) == (Verdict.OPENED, "proved", "pass")
    assert mail.conversation is not None
    assert mail.conversation.person == ada
    assert mail.conversation.participants.get().proved_at
    assert mail.message is not None
    assert mail.message.text == "My code does not work."


def test_without_a_server_that_authenticates_a_stranger_waits(ada: Person) -> None:
    mail = arrives(proved())
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "unauthenticated")
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    "results",
    [
        "evil.example; dmarc=pass header.from=example.org",
        f"{AUTHSERV}; dmarc=fail header.from=example.org",
        f"{AUTHSERV}.evil.example; dmarc=pass",
        f"{AUTHSERV}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",
        f"{AUTHSERV}; dkim=pass (dmarc=pass) header.d=mail.example.org",  # what lies beneath speaks not for it
        "",
    ],
)
def test_what_is_not_vouched_for_waits(trusting: None, results: str) -> None:
    assert arrives(proved(Authentication_Results=results)).verdict == Verdict.REVIEW


def test_of_two_results_the_topmost_counts(trusting: None) -> None:
    forged = f"{AUTHSERV}; dmarc=fail\r\nAuthentication-Results: {PROVED}"
    assert arrives(proved(Authentication_Results=forged)).detail == "failed_authentication"


@pytest.mark.parametrize(
    "results",
    [f"{AUTHSERV}; dkim=pass header.d=example.org", f"{AUTHSERV} 1; spf=pass smtp.mailfrom=ada@example.org"],
)
def test_a_domain_without_a_policy_vouches_by_its_signature(trusting: None, results: str) -> None:
    assert arrives(proved(Authentication_Results=results)).verdict == Verdict.OPENED


def test_two_senders_are_none(trusting: None) -> None:
    assert arrives(proved(sender="ada@example.org\r\nFrom: boss@example.com")).verdict == Verdict.REVIEW


def test_a_reply_by_token_from_who_takes_part_continues() -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(
        letter("Thank you!\n\nOn Mon, 1 Jan 2026 at 10:00, Kim wrote:\n> Try again\n", to=token_of(conversation))
    )
    assert (mail.verdict, mail.detail, mail.conversation) == (Verdict.REPLY, "token", conversation)
    assert mail.message is not None
    assert mail.message.text == "Thank you!"
    assert "Try again" in mail.message.quoted


def test_the_token_of_the_envelope_counts_too() -> None:
    conversation = desk.conversation("ada@example.org")
    assert arrives(letter(), envelope_to=token_of(conversation)).verdict == Verdict.REPLY


def test_a_stranger_with_the_token_waits_and_sees_where_it_belongs() -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(letter(sender="eve@example.com", to=token_of(conversation)))
    assert (mail.verdict, mail.detail, mail.conversation) == (Verdict.REVIEW, "stranger_with_token", conversation)
    assert conversation.messages.filter(kind=Message.Kind.CUSTOMER).count() == 1


def test_another_proved_address_of_the_customer_is_theirs(ada: Person) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=ada, email="ada@work.example", verified=True)
    conversation = desk.conversation(ada)
    mail = arrives(letter(sender="ADA@work.example", to=token_of(conversation)))
    assert mail.verdict == Verdict.REPLY


def sent(conversation: Conversation, internet_id: str = "<out-1@halcyon.example>") -> OutgoingMail:
    message = conversation.messages.filter(kind=Message.Kind.CUSTOMER).get()
    row, _made = OutgoingMail.objects.get_or_create(
        message=message, address="ada@example.org", defaults={"internet_id": internet_id}
    )
    return row


def test_references_alone_need_a_proved_sender(settings: Settings) -> None:
    conversation = desk.conversation("ada@example.org")
    ours = sent(conversation).internet_id
    reply = {"References": f"<x@y> {ours}", "subject": "Re: something else"}
    mail = arrives(proved(**reply))
    assert (mail.verdict, mail.detail, mail.conversation) == (Verdict.REVIEW, "without_token", conversation)
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    assert arrives(proved("Proved now.", **reply)).verdict == Verdict.REPLY


def test_a_subject_alone_matches_nothing(trusting: None) -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(proved(subject=f"Re: {conversation.subject} {conversation.reference}"))
    assert mail.verdict == Verdict.OPENED
    assert mail.conversation != conversation


def test_the_same_mail_twice_is_a_duplicate(trusting: None) -> None:
    raw = proved()
    first, second = arrives(raw), arrives(raw)
    assert (second.verdict, second.conversation) == (Verdict.DUPLICATE, first.conversation)
    other_way = raw.replace(b"From:", b"Delivered-To: support@halcyon.example\r\nFrom:", 1)
    assert arrives(other_way).verdict == Verdict.DUPLICATE
    assert Message.objects.filter(kind=Message.Kind.CUSTOMER).count() == 1


def test_a_forged_message_id_suppresses_nobody(trusting: None) -> None:
    number = "<same@example.org>"
    forged = arrives(letter("Nonsense", sender="eve@example.com", Message_ID=number))
    also = arrives(letter("Nonsense in her name", Message_ID=number))
    assert {forged.verdict, also.verdict} == {Verdict.REVIEW}
    real = arrives(proved(Message_ID=number))
    assert (real.verdict, real.detail) == (Verdict.REVIEW, "other_text")  # a person sees both
    again = arrives(proved(sender="Bob <bob@example.org>", Message_ID=number))
    assert again.verdict == Verdict.OPENED


def test_a_mail_in_review_does_not_keep_its_proved_copy_out(settings: Settings) -> None:
    raw = proved()
    assert arrives(raw).verdict == Verdict.REVIEW
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    assert arrives(raw).verdict == Verdict.OPENED


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({"Auto_Submitted": "auto-replied"}, Verdict.AUTO_REPLY),
        ({"Auto_Submitted": "no"}, Verdict.OPENED),
        ({"X_Autoreply": "yes"}, Verdict.AUTO_REPLY),
        ({"Precedence": "auto_reply"}, Verdict.AUTO_REPLY),
        ({"Precedence": "bulk"}, Verdict.AUTO_REPLY),
        ({"Return_Path": "<>"}, Verdict.AUTO_REPLY),
        ({"X_Auto_Response_Suppress": "All"}, Verdict.OPENED),
        ({"subject": "Abwesenheitsnotiz: My code"}, Verdict.REVIEW),
        ({"subject": "Abwesenheitsnotiz: My code", "In_Reply_To": "<a@b>"}, Verdict.AUTO_REPLY),
        ({"List_Id": "<talk.example.org>"}, Verdict.LIST),
        ({"Precedence": "list"}, Verdict.LIST),
        ({"sender": "support@halcyon.example"}, Verdict.OWN),
        ({"sender": "Desk <SUPPORT+abc@halcyon.example>"}, Verdict.OWN),
    ],
)
def test_programs_lists_and_ourselves(trusting: None, headers: dict[str, str], verdict: Verdict) -> None:
    assert arrives(proved(**headers)).verdict == verdict


def test_the_vendors_own_group_is_no_list(trusting: None, settings: Settings) -> None:
    settings.MAIL_OWN_LISTS = ["support.halcyon.example"]
    assert arrives(proved(List_Id="<support.halcyon.example>")).verdict == Verdict.OPENED


def test_a_mail_of_ours_that_comes_back_is_known_by_its_number() -> None:
    ours = sent(desk.conversation("ada@example.org")).internet_id
    assert arrives(letter(Message_ID=ours)).verdict == Verdict.OWN


def test_an_out_of_office_is_kept_and_wakes_nobody(kim: Person) -> None:
    conversation = desk.conversation("ada@example.org")
    changing.solve(actor=Actor.staff(kim.pk, "done"), conversation=conversation)
    mail = arrives(letter("I am away.", to=token_of(conversation), Auto_Submitted="auto-replied"))
    conversation.refresh_from_db()
    assert (mail.verdict, conversation.status) == (Verdict.AUTO_REPLY, Conversation.Status.SOLVED)
    assert mail.message is not None
    assert mail.message.kind == Message.Kind.AUTOMATIC


def test_a_blocked_sender_is_kept_out_of_sight(trusting: None) -> None:
    BlockedSender.objects.create(pattern="@example.org", reason="spam", created_at=clock.now())
    assert arrives(proved(sender="x@sub.example.org")).verdict == Verdict.BLOCKED
    assert arrives(proved()).verdict == Verdict.BLOCKED
    assert arrives(proved(sender="x@badexample.org", Authentication_Results=PROVED)).verdict == Verdict.OPENED


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"", "nothing"),
        (b"\r\n\r\n", "nothing"),
        (letter(""), "only_a_subject"),
        (letter("", subject=""), "nothing"),
        (letter("> You wrote\n> this\n", In_Reply_To="<a@b>"), "only_a_quote"),
    ],
)
def test_what_says_nothing_is_told_so(trusting: None, raw: bytes, detail: str) -> None:
    mail = arrives(raw)
    assert (mail.verdict, mail.detail) == (Verdict.EMPTY, detail)


def test_a_closed_matter_goes_on_in_a_new_conversation(kim: Person, time: Time) -> None:
    conversation = desk.conversation("ada@example.org")
    changing.solve(actor=Actor.staff(kim.pk, "done"), conversation=conversation)
    time.ahead = timedelta(days=15)
    mail = arrives(letter("It is back.", to=token_of(conversation)))
    assert (mail.verdict, mail.detail) == (Verdict.OPENED, "closed")
    assert mail.conversation is not None
    assert mail.conversation.continues == conversation


def test_a_crowd_does_not_take_part(trusting: None) -> None:
    few = arrives(proved(to="support@halcyon.example, Bob <bob@example.org>", Cc="carl@example.org"))
    assert few.conversation is not None
    assert {each.address for each in few.conversation.participants.all()} == {
        "ada@example.org",
        "bob@example.org",
        "carl@example.org",
    }
    many = ", ".join(f"p{number}@example.com" for number in range(500))
    crowd = arrives(proved("Hello all", to=many, Cc="support@halcyon.example"))
    assert crowd.conversation is not None
    assert crowd.conversation.participants.count() == 1


def test_whom_a_proved_customer_writes_to_as_well_takes_part(trusting: None, kim: Person) -> None:
    talk = desk.conversation("ada@example.org")
    cc = f"Bob <bob@example.org>, support@halcyon.example, {token_of(talk)}, ADA@example.org"
    arrives(proved("Bob knows more.", to=token_of(talk), Cc=cc))
    assert sorted(talk.participants.values_list("address", "role")) == [
        ("ada@example.org", "requester"), ("bob@example.org", "copy"),
    ]  # fmt: skip
    (line,) = talk.messages.filter(data__what="copied")
    assert event_line(line) == "ada@example.org added bob@example.org, who gets copies from now on"
    mailbox.sent()
    desk.answers(kim, talk)
    assert sorted(each["To"] for each in mailbox.sent()) == ["ada@example.org", "bob@example.org"]
    crowd = ", ".join(f"p{number}@example.com" for number in range(500))
    arrives(proved("And everybody else", to=token_of(talk), Cc=crowd))
    assert talk.participants.count() == 2


def test_whom_an_unproved_sender_names_does_not_take_part() -> None:
    talk = desk.conversation("ada@example.org")
    assert arrives(letter("x", to=token_of(talk), Cc="eve@example.com")).verdict == Verdict.REPLY
    assert talk.participants.count() == 1


def test_how_far_a_sender_was_proved_stays_with_what_they_said(settings: Settings) -> None:
    one, two = desk.conversation("ada@example.org"), desk.conversation("ada@example.org")
    arrives(letter("Anybody could say this", to=token_of(one)))
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    arrives(proved("I say this", to=token_of(one)))
    opened = arrives(proved("And this is new")).message
    joining.merge(actor=desk.SYSTEM, conversation=one, into=two)
    known = {each.text: each.data.get("authentication") for each in two.messages.filter(channel="mail")}
    assert known == {"Anybody could say this": "none", "I say this": "pass"}
    assert opened is not None
    assert opened.data["authentication"] == "pass"


def test_files_come_along_and_dangerous_ones_are_named(trusting: None) -> None:
    raw = multipart(
        part("See the files."),
        part("a,b\n1,2\n", "text/csv", Content_Disposition='attachment; filename="figures.csv"'),
        part("MZ\x90" + "x" * 99, "application/octet-stream", Content_Disposition='attachment; filename="invoice.exe"'),
        Authentication_Results=PROVED,
    )
    mail = arrives(raw)
    assert mail.message is not None
    assert {(each.name, each.refused) for each in mail.message.attachments.all()} == {
        ("figures.csv", ""),
        ("invoice.exe", "executable"),
    }


def test_too_large_a_mail_keeps_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MAX_MAIL", 1_000)
    mail = arrives(letter("x" * 2_000))
    assert (mail.verdict, mail.size > 2_000) == (Verdict.TOO_LARGE, True)


def test_a_replay_does_nothing_twice(trusting: None) -> None:
    mail = arrives(proved())
    again = storing.replay(mail.pk)
    assert again.verdict == Verdict.OPENED
    assert Conversation.objects.count() == 1


def test_a_replay_of_all_leaves_what_staff_decided(ada: Person) -> None:
    def mail(text: str) -> IncomingMail:
        return arrives(letter(text))

    waits, put_aside, blocked = mail("One"), mail("Two"), mail("Three")
    reviewing.dismiss(actor=desk.SYSTEM, mail=put_aside)
    IncomingMail.objects.filter(pk=blocked.pk).update(verdict=Verdict.BLOCKED)
    since, options = clock.real_now() - timedelta(hours=1), {"failed": False, "mail": None}
    assert commands.replay(Namespace(since=since, **options)) == 1
    assert verdicts(waits, put_aside, blocked) == [Verdict.REVIEW, Verdict.DISMISSED, Verdict.BLOCKED]
    assert commands.replay(Namespace(since=None, **options | {"mail": put_aside.pk})) == 1
    assert verdicts(put_aside) == [Verdict.REVIEW]


def verdicts(*mails: IncomingMail) -> list[str]:
    return [IncomingMail.objects.get(pk=each.pk).verdict for each in mails]


def test_a_replay_judges_anew(settings: Settings) -> None:
    from frontdesk.support.tickets.mail.incoming import processing

    mail = arrives(proved())
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    assert storing.replay(mail.pk).verdict == ""
    assert processing.process_due() == 1
    assert IncomingMail.objects.get().verdict == Verdict.OPENED


REPORT = """Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
"""


def delivery_report(internet_id: str, action: str = "failed") -> bytes:
    return multipart(
        part("Your mail could not be delivered."),
        part(REPORT.format(action=action), "message/delivery-status"),
        part(f"Message-ID: {internet_id}\r\nSubject: Re: My new laptop\r\n\r\n", "message/rfc822"),
        kind="report; report-type=delivery-status",
        sender="MAILER-DAEMON@example.org",
        Auto_Submitted="auto-replied",
    )


def test_a_bounce_is_told_in_its_conversation() -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(delivery_report(sent(conversation).internet_id))
    assert (mail.verdict, mail.detail, mail.conversation) == (Verdict.BOUNCE, "delivery-status", conversation)
    assert conversation.participants.get().bounced_at
    event = conversation.messages.get(kind=Message.Kind.EVENT)
    assert event.data["what"] == "bounced"
    assert "550 5.1.1" in event.data["why"]


def test_a_bounce_about_no_mail_of_ours_changes_nothing() -> None:
    conversation = desk.conversation("ada@example.org")
    assert arrives(delivery_report("<stranger@example.com>")).verdict == Verdict.BOUNCE
    assert conversation.participants.get().bounced_at is None


def test_a_warning_that_it_takes_longer_is_no_bounce() -> None:
    conversation = desk.conversation("ada@example.org")
    mail = arrives(delivery_report(sent(conversation).internet_id, action="delayed"))
    assert (mail.verdict, mail.detail) == (Verdict.AUTO_REPLY, "delayed")
    assert conversation.participants.get().bounced_at is None
