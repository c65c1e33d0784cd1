"""Deleting for good: no copy of the words is left that we hold, and nothing false is said in their place."""

import re
from collections.abc import Callable
from functools import partial
from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.accounts.models import Message as Letter
from frontdesk.core import clock, outbox
from frontdesk.core.actors import Actor
from frontdesk.core.errors import NotFound
from frontdesk.core.models import AuditEntry
from frontdesk.support.forum import changing, escalating, moderating, rendering, writing
from frontdesk.support.forum.models import Decision, Member, News, NewsMail, Post, Revision, Topic
from frontdesk.support.forum.notifying import mailing, reading
from frontdesk.support.helpcentre import articles
from frontdesk.support.helpcentre.models import Revision as ArticleRevision
from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.tickets.drafting import draft_article
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.models import Conversation, IncomingMail, Message, RawMail
from tests import people
from tests.support import desk, order
from tests.support.letters import arrives, letter
from tests.support.order import Level
from tests.support.races import all_behind, at_once

pytestmark = pytest.mark.django_db
SECRET = "4242 4242"
WHY = "Private data"


@pytest.fixture
def kim() -> Member:
    return order.moderator()


def begun(title: str = "My card is 4242 4242", text: str = "It is 4242 4242.") -> Topic:
    author = order.member("ada")
    return writing.begin(member=author, category=order.category(), title=title, text=text, client_id=uuid4())


def first(topic: Topic) -> Post:
    return topic.posts.select_related("author__person", "topic").order_by("number")[0]


def leaks() -> list[str]:
    """Where the words still stand, in any table, but for the reasons of moderators."""
    held = [
        *Letter.objects.values_list("subject", "text", "html"),
        *Post.objects.values_list("text", "html"),
        *Revision.objects.values_list("text", "title"),
        *Topic.objects.values_list("title", "slug"),
        *Message.objects.values_list("text", "html"),
        *Conversation.objects.values_list("subject", flat=True),
        *SearchEntry.objects.values_list("title", "body"),
        *Decision.objects.values_list("data", flat=True),
        *AuditEntry.objects.values_list("data", flat=True),
    ]
    return re.findall(rf".{{0,80}}{SECRET}.{{0,40}}", str(held).replace("-", " "))


def mail_all() -> None:
    outbox.deliver_due()
    assert mailing.send_due()


def test_no_copy_of_a_first_post_is_left(kim: Member) -> None:
    topic, bob = begun(), order.member("bob", Level.REGULAR)
    quote = rendering.quote(first(topic).text, by="Ada", path=f"/community/p/{first(topic).pk}/")
    said = writing.reply(member=bob, topic=topic, text=f"{quote}Do not show it!", client_id=uuid4())
    changing.edit(member=bob, post=said, text=f"{said.text}\n\nNever.")
    escalating.hand_over(actor=moderating.deciding.actor_of(kim, WHY), topic=topic)
    mail_all()
    moderating.rename(by=kim, topic=topic, title="Her card is 4242 4242", reason=WHY)
    moderating.hide(by=kim, post=first(topic), reason=WHY)
    assert len(leaks()) > 8

    assert moderating.black_out(by=kim, post=first(topic), reason=WHY)

    assert not leaks()
    said.refresh_from_db()
    assert "Do not show it!\n\nNever." in said.text
    assert "Do not show it!" in said.html


def test_of_a_reply_the_title_stays(kim: Member) -> None:
    topic = begun(title="No sound at all", text="Since today.")
    said = writing.reply(member=order.member("bob"), topic=topic, text=f"Mine is {SECRET}.", client_id=uuid4())
    mail_all()
    assert moderating.black_out(by=kim, post=said, reason=WHY)
    assert not leaks()
    topic.refresh_from_db()
    assert topic.title == "No sound at all"


def test_titles_of_what_was_merged_go_with_their_first_post(kim: Member) -> None:
    topic, other = begun(), order.topic(order.member("cleo"))
    moderating.merge(by=kim, topic=topic, into=other, reason=WHY)
    moved = Post.objects.get(pk=Post.objects.get(author=topic.author).pk)
    assert moderating.black_out(by=kim, post=moved, reason=WHY)
    assert not leaks()


def test_what_its_author_had_deleted_goes_as_well_and_its_title(kim: Member) -> None:
    topic = begun()
    writing.reply(member=order.member("bob"), topic=topic, text="Do not show it!", client_id=uuid4())
    writing.delete(member=topic.author, post=first(topic))
    assert moderating.black_out(by=kim, post=first(topic), reason=WHY)
    assert not leaks()


def test_nothing_false_is_said_in_its_place(kim: Member) -> None:
    topic = begun()
    writing.reply(member=order.member("bob"), topic=topic, text="Do not show it!", client_id=uuid4())
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    topic.refresh_from_db()
    for reader in (Client(), people.signed_in(order.person_of(kim))):
        page = reader.get(topic.get_absolute_url()).content.decode()
        assert "by its author" not in page
        assert "This post was deleted." in page


def test_a_title_made_of_markup_changes_nothing_of_a_mail_but_its_words(kim: Member) -> None:
    topic = begun(title="color-scheme")
    writing.reply(member=order.member("bob", Level.REGULAR), topic=topic, text="Try again.", client_id=uuid4())
    mail_all()
    before = {each.pk: each.html for each in Letter.objects.filter(template="forum/news")}
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    for mail in Letter.objects.filter(pk__in=before):
        assert 'name="color-scheme"' in before[mail.pk]
        tags = re.findall(r"<[^>]*>", before[mail.pk])
        assert re.findall(r"<[^>]*>", mail.html) == [each.replace("/color-scheme/", "/topic/") for each in tags]


def test_the_title_goes_from_the_mails_of_the_desk_and_from_what_came_back(kim: Member) -> None:
    topic = begun()
    agent = order.person_of(kim)
    asked = escalating.hand_over(actor=Actor.staff(agent.pk, WHY), topic=topic)
    desk.answers(agent, asked, "Have it renewed.")
    outbox.deliver_due()
    assert Letter.objects.filter(template="tickets/answer", subject__contains=SECRET).exists()
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    assert not leaks()


@pytest.mark.parametrize("is_public", [False, True])
def test_a_draft_that_was_made_of_it_says_it_no_more(kim: Member, *, is_public: bool) -> None:
    topic = begun(title="Bells toll next door", text="They toll loudly.\n\nYes.")
    agent = order.person_of(kim)
    actor = Actor.staff(agent.pk, WHY)
    asked = escalating.hand_over(actor=actor, topic=topic)
    desk.answers(agent, asked, "Yes. They do.")
    article = draft_article(actor=actor, conversation=asked)
    draft = ArticleRevision.objects.get(translation__article=article)
    assert (draft.title, article.slug) == ("Bells toll next door", "bells-toll-next-door")
    assert "They toll loudly." in draft.body
    if is_public:
        articles.publish(actor=actor, revision=draft)
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    draft.refresh_from_db()
    article.refresh_from_db()
    said = f"{draft.title} {draft.body} {article.slug}"
    assert ("toll" in said) == is_public  # an editor has read it, and answers for it
    assert "Yes. They do." in draft.body


def test_another_topic_of_the_same_title_keeps_what_was_decided_about_it(kim: Member) -> None:
    topic, cleo = begun(title="No sound at all"), order.member("cleo")
    twin, into = order.topic(cleo, title="No sound at all"), order.topic(cleo, title="No sound at all")
    moderating.merge(by=kim, topic=twin, into=into, reason=WHY)
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    assert Decision.objects.get(what="topic.merged").data["title"] == "No sound at all"


def test_a_title_within_a_longer_word_is_not_that_title(kim: Member) -> None:
    topic = begun(title="Printer jam")
    writing.reply(member=order.member("bob", Level.REGULAR), topic=topic, text="Printer jamming?", client_id=uuid4())
    mail_all()
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    told = Letter.objects.get(template="forum/news", person=topic.author.person)
    assert "Printer jamming?" in told.text
    assert "Printer jam" not in told.subject


def test_what_is_quoted_after_it_was_deleted_says_nothing_of_it(kim: Member) -> None:
    topic, bob = begun(), order.member("bob", Level.REGULAR)
    quote = rendering.quote(first(topic).text, by="Ada", path=f"/community/p/{first(topic).pk}/")
    order.post(topic, bob)  # so that the topic is read on
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    said = writing.reply(member=bob, topic=topic, text=f"{quote}Do not show it!", client_id=uuid4())
    assert not leaks()
    assert said.text.endswith("Do not show it!")


def quoting() -> tuple[Post, Callable[[], Post], Callable[[], bool]]:
    """A post in another topic; how its author quotes the words in it, and how a moderator deletes them for good."""
    kim, bob, cleo = order.moderator(), order.member("bob", Level.REGULAR), order.member("cleo", Level.REGULAR)
    topic = order.topic(bob, title="No sound at all", text=f"It is {SECRET}.")
    asked = first(topic)
    said = order.post(topic, cleo, "Do not show it!")
    quote = rendering.quote(asked.text, by="Bob", path=f"/community/p/{asked.pk}/")
    quotes = partial(changing.edit, member=cleo, post=said, text=f"{quote}Do not show it!")
    return said, quotes, partial(moderating.black_out, by=kim, post=asked, reason=WHY)


@pytest.mark.django_db(transaction=True)
def test_a_quotation_that_is_being_saved_is_waited_for() -> None:
    said, quotes, deletes = quoting()
    assert all_behind(quotes, deletes) == [True]
    said.refresh_from_db()
    assert ("Do not show it!" in said.text, "It is" in said.text) == (True, False)
    assert not leaks()


@pytest.mark.django_db(transaction=True)
def test_a_quotation_of_what_is_being_deleted_waits_and_loses_its_words() -> None:
    said, quotes, deletes = quoting()
    (saved,) = all_behind(deletes, quotes)
    assert isinstance(saved, Post)
    said.refresh_from_db()
    assert ("Do not show it!" in said.text, "It is" in said.text, "> …" in said.text) == (True, False, True)
    assert not leaks()


@pytest.mark.django_db(transaction=True)
def test_two_who_quote_each_other_at_once_never_wait_for_each_other() -> None:
    authors = [order.member(name, Level.REGULAR) for name in ("bob", "cleo")]
    posts = [first(order.topic(each, title=f"Of {each.handle}", text="It works.")) for each in authors]
    for attempt in range(8):
        edits = [
            partial(
                changing.edit,
                member=member,
                post=mine,
                text=f"{rendering.quote('It works.', by='', path=f'/community/p/{other.pk}/')}Try {attempt}",
            )
            for member, mine, other in zip(authors, posts, posts[::-1], strict=True)
        ]
        done = at_once(*edits)
        assert not [each for each in done if isinstance(each, Exception)], done
    assert [first(each.topic).text.endswith("Try 7") for each in posts] == [True, True]


def replied(topic: Topic, member: Member, body: str, **headers: str) -> IncomingMail:
    """What they answer by mail from the address of their account."""
    row = mailing.subscribed(member, topic)
    sender = order.person_of(member).email
    return arrives(letter(body, sender, addresses.reply_address(row.reply_token or ""), **headers))


def raws() -> str:
    return str(
        [
            *(bytes(each) for each in RawMail.objects.values_list("raw", flat=True)),
            *RawMail.objects.values_list("text", "quoted", "files"),
            *IncomingMail.objects.values_list("subject", flat=True),
        ]
    )


def test_the_mails_that_it_came_by_and_that_answer_it_go(kim: Member) -> None:
    topic = begun()
    bob, cleo = (order.member(name, Level.REGULAR) for name in ("bob", "cleo"))
    by_mail = replied(topic, bob, f"Mine is {SECRET}, too.\n")
    said = Post.objects.get(client_id=by_mail.pk)
    answer = replied(topic, cleo, f"Do not show it!\n\n> Mine is {SECRET}, too.\n")
    private = replied(topic, cleo, f"Help!\n\n> Mine is {SECRET}, too.\n", From="Cleo <other@example.org>")
    waits = replied(topic, cleo, "A word to you alone.\n", From="Cleo <other@example.org>")
    assert [answer.verdict, private.verdict, waits.verdict] == ["posted", "review", "review"]
    assert raws().count(SECRET) > 4
    moderating.black_out(by=kim, post=said, reason=WHY)
    assert SECRET not in raws().replace("My card is", "")  # of the topic, which is not deleted
    assert list(RawMail.objects.values_list("mail", flat=True)) == [waits.pk]
    assert Post.objects.get(client_id=answer.pk).text == "Do not show it!"


def test_the_title_goes_from_the_subjects_of_what_came(kim: Member) -> None:
    topic, bob = begun(), order.member("bob", Level.REGULAR)
    mail = replied(topic, bob, "Do not show it!\n", subject="Re: My card is 4242 4242")
    other = arrives(letter("Mine is lost.\n", subject="My card is 4242 4242"))
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    mail.refresh_from_db()
    assert mail.subject == "Re: …"
    assert RawMail.objects.get().mail == other  # a matter of its own


def test_what_was_mailed_long_ago_goes_as_well(kim: Member) -> None:
    topic, bob = begun("No sound at all", "Since today."), order.member("bob", Level.REGULAR)
    said = writing.reply(member=bob, topic=topic, text=f"Mine is {SECRET}.", client_id=uuid4())
    mail_all()
    News.objects.update(created_at=clock.now() - reading.KEPT * 2)
    NewsMail.objects.update(sent_at=clock.real_now() - reading.KEPT * 2)
    mailing.forget_old()
    assert not reading.of(topic.author).exists()
    assert Letter.objects.filter(text__contains=SECRET).exists()
    moderating.black_out(by=kim, post=said, reason=WHY)
    assert not leaks()


def test_a_quotation_goes_wherever_it_was_moved_to(kim: Member) -> None:
    topic, bob = begun("No sound at all", "Since today."), order.member("bob", Level.REGULAR)
    secret = writing.reply(member=bob, topic=topic, text=f"Mine is {SECRET}.", client_id=uuid4())
    quote = rendering.quote(secret.text, by="Bob", path=f"/community/p/{secret.pk}/")
    cleo = order.member("cleo", Level.REGULAR)
    said = writing.reply(member=cleo, topic=topic, text=f"{quote}Do not show it!", client_id=uuid4())
    for post, title in ((secret, "Of cards"), (said, "Of secrets")):
        moderating.split(by=kim, topic=topic, posts=[post.pk], title=title, reason=WHY)
    elsewhere = Topic.objects.get(title="Of secrets")
    escalating.hand_over(actor=moderating.deciding.actor_of(kim, WHY), topic=elsewhere)
    secret.refresh_from_db()
    moderating.black_out(by=kim, post=secret, reason=WHY)
    assert not leaks()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("{head}\n> one\n\nMy answer\n\n> secret two\n", ["My answer"]),
        ("{head}\n> one\nsecret two\n\nMy answer", ["My answer"]),
        (" {head}\n > secret two\n\nMy answer", ["My answer"]),
        ("{head}\n> one\n\n> of another\n\nsecret two\n", ["> of another", "\nsecret two"]),  # typed off by themselves
    ],
)
def test_what_was_answered_in_between_keeps_no_words(kim: Member, text: str, left: list[str]) -> None:
    topic, bob = begun("No sound at all", "Since today."), order.member("bob", Level.REGULAR)
    secret = writing.reply(member=bob, topic=topic, text="one\nsecret two", client_id=uuid4())
    whole = text.format(head=f"> **[Bob](/community/p/{secret.pk}/)**")
    said = writing.reply(member=order.member("cleo", Level.REGULAR), topic=topic, text=whole, client_id=uuid4())
    moderating.black_out(by=kim, post=secret, reason=WHY)
    said.refresh_from_db()
    assert [each for each in left if each not in said.text] == []
    assert ("secret" in said.text) == ("\nsecret two" in left)


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_is_about_to_be_written_says_nothing_of_it() -> None:
    kim = order.moderator()
    topic, bob = begun("No sound at all", "Since today."), order.member("bob", Level.REGULAR)
    said = writing.reply(member=bob, topic=topic, text=f"Mine is {SECRET}.", client_id=uuid4())
    outbox.deliver_due()
    sends, deletes = mailing.send_due, partial(moderating.black_out, by=kim, post=said, reason=WHY)
    assert all_behind(deletes, sends) == [1]
    assert not leaks()


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_is_being_written_is_found() -> None:
    kim = order.moderator()
    topic, bob = begun("No sound at all", "Since today."), order.member("bob", Level.REGULAR)
    said = writing.reply(member=bob, topic=topic, text=f"Mine is {SECRET}.", client_id=uuid4())
    outbox.deliver_due()
    assert all_behind(mailing.send_due, partial(moderating.black_out, by=kim, post=said, reason=WHY)) == [True]
    assert Letter.objects.filter(template="forum/news").exists()
    assert not leaks()


def test_nobody_writes_into_a_deleted_post(kim: Member) -> None:
    topic = begun()
    moderating.black_out(by=kim, post=first(topic), reason=WHY)
    with pytest.raises(NotFound):
        changing.edit(member=kim, post=first(topic), text="It was 4242 4242.", reason=WHY)
    assert not leaks()
