"""Replies by mail: whose they are, what becomes of them, and that nothing that a program wrote becomes a post."""

from base64 import b64encode
from io import BytesIO
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as sent
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import Settings

from frontdesk.accounts.roles import Role
from frontdesk.core import clock, outbox
from frontdesk.core.models import AuditEntry
from frontdesk.support.forum import arriving, following, pictures, wording
from frontdesk.support.forum.models import Category, Member, NewsMail, Picture, Post, Subscription, Topic
from frontdesk.support.forum.moderating import joining
from frontdesk.support.forum.notifying import mailing
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import processing, storing
from frontdesk.support.tickets.models import Conversation, IncomingMail, Verdict
from tests.people import staff_browser
from tests.support import forum
from tests.support.letters import AUTHSERV, PROVED, arrives, letter, multipart, part

pytestmark = pytest.mark.django_db
DIVIDED = "Restarting helped, thank you!\n\n-- \nAda Example\n+49 30 1234567\n\n> ##- Please write your answer above this line -##\n> Bea writes\n"  # noqa: E501 - one mail


def followed(member: Member | None = None, **values: object) -> Subscription:
    """Somebody's topic, with the token of the address that their replies go to."""
    topic = forum.topic(member or forum.member(), **values)  # type: ignore[arg-type] # a title, a text
    return mailing.subscribed(topic.author, topic)


def to(row: Subscription) -> str:
    return addresses.reply_address(row.reply_token or "")


def told(row: Subscription, internet_id: str) -> NewsMail:
    """A mail of ours that they got about it."""
    return NewsMail.objects.create(
        member=row.member, topic=row.topic, internet_id=internet_id, sent_at=clock.real_now()
    )


def posts(row: Subscription) -> list[Post]:
    return list(Post.objects.filter(topic=row.topic, number__gt=1).order_by("number"))


def refusals() -> list[str]:
    outbox.deliver_due()
    return [str(each.body) for each in sent.outbox if each.subject.startswith("Not posted")]


def test_a_reply_becomes_a_post_without_quotes_and_signature() -> None:
    row = followed()
    mail = arrives(letter(DIVIDED, to=to(row)))
    assert (mail.verdict, mail.detail) == (Verdict.POSTED, "posted")
    (post,) = posts(row)
    assert (post.text, post.by_mail, post.author) == ("Restarting helped, thank you!", True, row.member)
    assert not Conversation.objects.exists()


def test_the_same_mail_twice_posts_once_and_a_replay_posts_nothing() -> None:
    row = followed()
    raw = letter("Thank you.\n", to=to(row))
    first, second = arrives(raw), arrives(raw)
    assert (first.verdict, second.verdict) == (Verdict.POSTED, Verdict.DUPLICATE)
    storing.replay(first.pk)
    assert processing.process(first.pk).verdict == Verdict.POSTED
    assert len(posts(row)) == 1


def test_somebody_elses_mail_to_the_address_waits() -> None:
    row = followed()
    mail = arrives(letter(sender="eve@example.com", to=to(row)))
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "not_a_member")
    assert not posts(row)
    assert not refusals()


def test_an_address_that_was_never_confirmed_is_not_theirs() -> None:
    row = followed()
    EmailAddress.objects.create(user=row.member.person, email="ada@work.example", verified=False)
    assert arrives(letter(sender="ada@work.example", to=to(row))).verdict == Verdict.REVIEW
    EmailAddress.objects.filter(email="ada@work.example").update(verified=True)
    assert arrives(letter("Again.\n", sender="ada@work.example", to=to(row))).verdict == Verdict.POSTED


def test_what_the_domain_disowns_waits(settings: Settings) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    row = followed()
    forged = letter(to=to(row), Authentication_Results=f"{AUTHSERV}; dmarc=fail header.from=example.org")
    assert (arrives(forged).verdict, arrives(forged).detail) == (Verdict.REVIEW, "again") or not posts(row)
    assert arrives(letter("Mine.\n", to=to(row), Authentication_Results=PROVED)).verdict == Verdict.POSTED


def referring(row: Subscription, text: str = "Privately: my code is ABC.\n", **heads: str) -> IncomingMail:
    """A mail to our own address that only refers to one of theirs."""
    told(row, f"<{uuid4()}@halcyon.example>")
    internet_id = NewsMail.objects.filter(member=row.member).latest("sent_at").internet_id
    return arrives(letter(text, In_Reply_To=internet_id, **heads))


@pytest.mark.parametrize("heads", [{}, {"Authentication_Results": PROVED}])
def test_what_only_refers_to_the_community_may_be_private_and_waits(heads: dict[str, str], settings: Settings) -> None:
    settings.MAIL_AUTHSERV_ID = AUTHSERV
    row = followed()
    mail = referring(row, **heads)
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "for_community")
    assert not posts(row)


def test_whoever_looks_at_it_may_post_it_once() -> None:
    row = followed()
    mail, kim = referring(row, "For all of you.\n"), staff_browser(Role.AGENT, "kim@halcyon.example")
    assert "Post it in the community" in kim.get(f"/desk/mail/{mail.pk}/").content.decode()
    for _each in range(2):
        page = kim.post(f"/desk/mail/{mail.pk}/post/", follow=True).content.decode()
        assert "It became a post in the community." in page
    mail.refresh_from_db()
    assert (mail.verdict, mail.detail) == (Verdict.POSTED, "posted")
    assert [(each.text, each.author) for each in posts(row)] == [("For all of you.", row.member)]
    assert AuditEntry.objects.filter(action="mail.posted").count() == 1


def test_or_take_it_into_a_conversation() -> None:
    row = followed()
    mail, kim = referring(row), staff_browser(Role.AGENT, "kim@halcyon.example")
    kim.post(f"/desk/mail/{mail.pk}/acceptance/")
    kim.post(f"/desk/mail/{mail.pk}/post/")
    assert Conversation.objects.get().messages.filter(text__startswith="Privately").exists()
    assert not posts(row)


def test_a_strangers_mail_is_never_posted_as_theirs() -> None:
    row = followed()
    mail, kim = referring(row, sender="eve@example.com"), staff_browser(Role.AGENT, "kim@halcyon.example")
    assert mail.detail == "not_a_member"
    assert "Post it in the community" not in kim.get(f"/desk/mail/{mail.pk}/").content.decode()
    kim.post(f"/desk/mail/{mail.pk}/post/")
    assert not posts(row)


def test_what_the_rules_refuse_is_told_to_who_looked_and_to_who_wrote() -> None:
    row = followed()
    mail, kim = referring(row), staff_browser(Role.AGENT, "kim@halcyon.example")
    Topic.objects.filter(subscriptions=row).update(locked_at=clock.now())
    page = kim.post(f"/desk/mail/{mail.pk}/post/", follow=True).content.decode()
    assert "The topic takes no more replies." in page
    assert len(refusals()) == 1


def test_what_may_be_a_report_about_a_mail_of_the_community_is_one() -> None:
    row = followed()
    kept = told(row, "<n3@halcyon.example>")
    body = "Hi. This is the qmail-send program at mx.example.org.\nI'm afraid I wasn't able to deliver it.\n"
    said = multipart(
        part(body), part("Message-ID: <n3@halcyon.example>\nSubject: x\n", "message/rfc822"),
        sender="MAILER-DAEMON@mx.example.org", subject="failure notice",
    )  # fmt: skip
    assert arrives(said).verdict == Verdict.BOUNCE
    kept.refresh_from_db()
    assert kept.bounced_at


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        ({"Auto_Submitted": "auto-replied"}, Verdict.AUTO_REPLY),
        ({"Precedence": "list", "List_Id": "<a.example.com>"}, Verdict.LIST),
        ({"subject": "Automatic reply: away"}, Verdict.REVIEW),
    ],
)
def test_what_programs_write_is_no_post(head: dict[str, str], verdict: Verdict) -> None:
    row = followed()
    assert arrives(letter("I am away.\n", to=to(row), **head)).verdict == verdict
    assert not posts(row)


def test_our_own_mail_that_comes_back_is_no_post() -> None:
    row = followed()
    told(row, "<n1@halcyon.example>")
    mail = arrives(letter(to=to(row), Message_ID="<n1@halcyon.example>"))
    assert mail.verdict == Verdict.OWN


def test_a_bounce_marks_the_mail() -> None:
    row = followed()
    kept = told(row, "<n2@halcyon.example>")
    report = multipart(
        part("It failed."),
        part("Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; ada@example.org\nAction: failed\n",
             "message/delivery-status"),
        part("Message-ID: <n2@halcyon.example>\nSubject: x\n", "text/rfc822-headers"),
        kind='report; report-type="delivery-status"', sender="mailer-daemon@example.org", to=to(row),
    )  # fmt: skip
    assert arrives(report).verdict == Verdict.BOUNCE
    kept.refresh_from_db()
    assert kept.bounced_at
    assert not posts(row)


def with_a_picture(row: Subscription) -> bytes:
    """A reply with a picture, and a file that is none."""
    held = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(held, "PNG")
    return multipart(
        part("As you see.\n"),
        part(b64encode(held.getvalue()), 'image/png; name="screen.png"',
             Content_Transfer_Encoding="base64", Content_Disposition='attachment; filename="screen.png"'),
        part("MZ", 'application/octet-stream; name="run.exe"', Content_Disposition='attachment; filename="run.exe"'),
        to=to(row),
    )  # fmt: skip


def test_pictures_come_along_and_other_files_do_not() -> None:
    row = followed()
    assert arrives(with_a_picture(row)).verdict == Verdict.POSTED
    (post,) = posts(row)
    assert post.pictures.count() == 1
    assert "<img" in post.html
    assert "run.exe" not in post.text


def test_a_locked_topic_answers_with_what_to_do() -> None:
    row = followed()
    Topic.objects.filter(subscriptions=row).update(locked_at=clock.now())
    mail = arrives(letter("But I still wonder.\n", to=to(row)))
    assert mail.verdict == Verdict.REFUSED
    assert not posts(row)
    (told,) = refusals()
    assert "But I still wonder." in told


def test_refusals_are_told_a_few_times_an_hour() -> None:
    row = followed()
    Topic.objects.filter(subscriptions=row).update(locked_at=clock.now())
    for number in range(arriving.LETTERS.count + 2):
        assert arrives(letter(f"Number {number}.\n", to=to(row))).verdict == Verdict.REFUSED
    assert len(refusals()) == arriving.LETTERS.count


def test_pictures_of_a_refused_reply_are_kept_nowhere() -> None:
    row = followed()
    Topic.objects.filter(subscriptions=row).update(locked_at=clock.now())
    kept = default_storage.listdir(pictures.FOLDER)
    assert arrives(with_a_picture(row)).verdict == Verdict.REFUSED
    assert not Picture.objects.exists()
    assert default_storage.listdir(pictures.FOLDER) == kept


@pytest.mark.parametrize("what", ["hidden", "restricted"])
def test_a_topic_that_is_gone_for_them_answers_so(what: str) -> None:
    row = followed(forum.member("bea@example.org", "Bea"))
    Topic.objects.filter(subscriptions=row).update(author=forum.member())
    if what == "hidden":
        Topic.objects.filter(subscriptions=row).update(hidden_at=clock.now())
    else:
        Category.objects.update(reads=Category.Who.STAFF)
    mail = arrives(letter("Hello?\n", sender="Bea <bea@example.org>", to=to(row)))
    assert (mail.verdict, mail.detail) == (Verdict.REFUSED, "topic_gone")
    assert len(refusals()) == 1


def test_a_merged_topic_takes_it_where_it_went() -> None:
    row = followed()
    into = forum.topic(forum.member("bea@example.org", "Bea"), "The same matter")
    Topic.objects.filter(subscriptions=row).update(merged_into=into)
    assert arrives(letter("Mine, too.\n", to=to(row))).verdict == Verdict.POSTED
    assert into.posts.filter(text="Mine, too.").exists()


def test_a_banned_member_is_told_why() -> None:
    row = followed()
    Member.objects.filter(subscriptions=row).update(banned_at=clock.now())
    mail = arrives(letter("Still here.\n", to=to(row)))
    assert mail.verdict == Verdict.REFUSED
    assert mail.detail.startswith("post_refused: ")
    assert len(refusals()) == 1


def test_a_new_members_link_waits_for_a_look_as_on_the_page() -> None:
    row = followed()
    Member.objects.filter(subscriptions=row).update(level=Member.Level.NEW)
    mail = arrives(letter("See https://buy.example.com/cheap now\n", to=to(row)))
    assert (mail.verdict, mail.detail) == (Verdict.POSTED, "posted_waiting")
    assert posts(row)[0].state == Post.State.WAITING


def test_nothing_but_a_quote_says_nothing() -> None:
    row = followed()
    assert arrives(letter("> You wrote\n> this\n", to=to(row), In_Reply_To="<a@b>")).verdict == Verdict.EMPTY


def test_a_token_of_nobody_is_an_ordinary_mail() -> None:
    mail = arrives(letter(to=addresses.reply_address("a" * 26), subject=f"x {uuid4()}"))
    assert (mail.verdict, mail.detail) == (Verdict.REVIEW, "unauthenticated")


@pytest.mark.parametrize(
    "said", ["Unsubscribe", "unsubscribe me please.", "STOP", "Bitte abmelden!", "Abbestellen\n-- \nAda"]
)
def test_who_answers_that_they_want_no_more_mails_gets_none_and_posts_nothing(said: str) -> None:
    row = followed()
    for _time in range(2):
        mail = arrives(letter(f"{said}\n", to=to(row)))
        assert (mail.verdict, mail.detail) == (Verdict.REFUSED, "mails_stopped")
    row.refresh_from_db()
    assert (row.kind, row.is_chosen, posts(row)) == (Subscription.Kind.DIGEST, True, [])
    outbox.deliver_due()
    assert row.topic
    (confirmed,) = (each for each in sent.outbox if each.subject == f"No more mails about: {row.topic.title}")
    assert said.splitlines()[0] in confirmed.body
    assert "Nothing was lost: open the topic and post it there." in confirmed.body
    assert AuditEntry.objects.filter(action="member.mails_stopped", subject=row.member.pk).count() == 1


def test_wishes_for_no_more_mails_fill_nobodys_mailbox() -> None:
    row = followed()
    for _time in range(8):
        Subscription.objects.filter(pk=row.pk).update(kind="watch")  # they follow it again, and again it comes
        assert arrives(letter("Unsubscribe\n", to=to(row))).detail == "mails_stopped"
    row.refresh_from_db()
    assert row.kind == "digest"
    outbox.deliver_due()
    assert len([each for each in sent.outbox if each.subject.startswith("No more mails")]) == arriving.LETTERS.count


def test_a_wish_for_no_more_mails_goes_where_the_topic_went() -> None:
    row = followed()
    into = forum.topic(forum.member("bea@example.org", "Bea"), "The same matter")
    following.follow(member=row.member, target=into, kind="watch")
    assert row.topic
    joining.merge(by=forum.team(), topic=row.topic, into=into, reason="The same matter")
    assert arrives(letter("Unsubscribe\n", to=to(row))).detail == "mails_stopped"
    assert Subscription.objects.get(member=row.member, topic=into).kind == "digest"


@pytest.mark.parametrize(
    "said", ["How do I unsubscribe?", "Stop the service first.", "Unsubscribe from the beta channel"]
)
def test_a_sentence_that_speaks_of_it_is_a_post(said: str) -> None:
    row = followed()
    assert arrives(letter(f"{said}\n", to=to(row))).verdict == Verdict.POSTED
    assert [each.text for each in posts(row)] == [said]


def test_a_refusal_says_the_limit_or_the_decision_and_gives_the_whole_text_back() -> None:
    row = followed()
    words = "\n\n".join(f"Line {number} of what I have seen so far in all of these days." for number in range(200))
    called = " ".join(f"@name{number}" for number in range(99))
    arrives(letter(f"{words}\n\n{called}\n", to=to(row)))
    (told_why,) = refusals()
    assert str(wording.MOST_MENTIONS) in told_why
    assert "Line 199 of what I have seen" in told_why
    assert "Your level does not include it yet" not in told_why
