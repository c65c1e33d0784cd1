"""What was deleted or hidden is read by nobody whom it is not for, whatever the door."""

from uuid import uuid4

import pytest
from django.test import Client

from frontdesk.core import clock
from frontdesk.core.errors import NotFound
from frontdesk.support.forum import changing, flags, moderating, pictures, rights, selectors, writing
from frontdesk.support.forum.models import Flag, Member, Picture, Post, Revision
from frontdesk.support.forum.order_errors import NotAllowed
from tests import people
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db
SECRET = "Her number is 0170 1234567."


@pytest.fixture
def post() -> Post:
    """Somebody's post, with the history of an edit and a picture."""
    made = order.post(order.topic(order.member("ada")), order.member("bob"), SECRET, edit_count=1)
    Revision.objects.create(post=made, text=f"{SECRET} Call her!", until=clock.now())
    return made


def browser(member: Member) -> Client:
    return people.signed_in(order.person_of(member))


def deleted(post: Post) -> Post:
    writing.delete(member=post.author, post=post)
    return Post.objects.select_related("author", "topic").get(pk=post.pk)


def test_a_title_that_was_hidden_does_not_come_back_by_a_rename() -> None:
    kim, ada = order.moderator(), order.member("ada")
    topic = order.topic(ada)
    first = topic.posts.get()
    writing.edit(member=ada, post=first, text="As before.", title="Call her at 0170 1234567")
    moderating.hide(by=kim, post=first, reason="A number.")
    topic.refresh_from_db()
    moderating.rename(by=kim, topic=topic, title="What is her number?", reason="A number.")
    moderating.show(by=kim, post=Post.objects.get(pk=first.pk), reason="It is gone.")
    assert not Revision.objects.filter(post=first, was_seen=True).exists()
    assert "0170" not in Client().get(f"/community/p/{first.pk}/history/").content.decode()


def test_a_deleted_post_is_neither_shown_nor_taken_by_the_form_of_reports(post: Post) -> None:
    gone, cleo = deleted(post), order.member("cleo")
    address = f"/community/p/{post.pk}/report/"
    for page in (browser(cleo).get(address), browser(cleo).post(address, {"kind": "rude"})):
        assert page.status_code == 404
        assert "0170" not in page.content.decode()
    with pytest.raises(NotAllowed):
        flags.flag(member=cleo, post=gone, kind="rude")
    assert not rights.may(order.moderator(), "flag", gone)
    assert not Flag.objects.exists()


@pytest.mark.parametrize("level", [Level.BASIC, Level.LEADER])
def test_what_its_author_deleted_is_for_the_team_alone(post: Post, level: int) -> None:
    picture = Picture.objects.create(
        post=post, uploaded_by=post.author, file="community/x-30x20.png", content_type="image/png", width=30, height=20,
        size=9, source_hash=b"x", created_at=clock.now(),
    )  # fmt: skip
    gone, reader = deleted(post), browser(order.member("lea", level))
    topic = reader.get(post.topic.get_absolute_url()).content.decode()
    assert "This post was deleted by its author." in topic
    assert "0170" not in topic
    for address in (f"/community/p/{post.pk}/history/", f"/community/p/{post.pk}/report/", picture.address):
        assert reader.get(address).status_code == 404, address
    for name in ("hide", "show"):
        assert reader.get(f"/community/p/{post.pk}/order/{name}/").status_code == 403
    kim = order.moderator()
    assert selectors.reads_words(selectors.reader_for(kim), gone)
    assert "0170" in browser(kim).get(post.topic.get_absolute_url()).content.decode()
    assert browser(kim).get(f"/community/p/{post.pk}/history/").status_code == 200


def test_leaders_do_not_see_pictures_that_nobody_has_posted(post: Post) -> None:
    picture = Picture.objects.create(
        uploaded_by=post.author, file="community/y-30x20.png", content_type="image/png", width=30, height=20, size=9,
        source_hash=b"y", created_at=clock.now(),
    )  # fmt: skip
    lea, kim = order.member("lea", Level.LEADER), order.moderator()
    name = picture.file.rpartition("/")[2]

    with pytest.raises(NotFound):
        pictures.shown(selectors.reader_for(lea), name)
    assert pictures.shown(selectors.reader_for(kim), name) == picture


def history_of(post: Post, reader: Client | None = None) -> str:
    page = (reader or Client()).get(f"/community/p/{post.pk}/history/")
    assert page.status_code == 200
    return page.content.decode()


def test_what_a_moderator_hid_does_not_come_back_by_the_history() -> None:
    kim, bob = order.moderator(), order.member("bob")
    post = order.post(order.topic(order.member("ada")), bob, "Harmless words.")
    changing.edit(member=bob, post=post, text=SECRET)
    changing.edit(member=bob, post=post, text=f"{SECRET} Call her!")
    moderating.hide(by=kim, post=post, reason="Private")
    flags.ask_again(member=bob, post=post, text="Please ask her.")
    moderating.approve(by=kim, post=post, reason="Good now")

    for reader in (Client(), browser(order.member("lea", Level.LEADER))):
        assert "0170" not in history_of(post, reader)
        assert "0170" not in reader.get(f"/community/p/{post.pk}/history/?version=2").content.decode()
    for reader in (browser(bob), browser(kim)):
        assert "0170" in reader.get(f"/community/p/{post.pk}/history/?version=2").content.decode()


def test_what_was_never_shown_is_not_in_the_public_history() -> None:
    nia, kim = order.member("nia", Level.NEW), order.moderator()
    topic = order.topic(order.member("ada"))
    post = writing.reply(member=nia, topic=topic, text="Look: www.evil.example", client_id=uuid4())
    changing.edit(member=nia, post=post, text="Please look into the manual.")
    moderating.approve(by=kim, post=post, reason="Good now")

    assert "evil" not in history_of(post)
    assert "evil" in history_of(post, browser(kim))
    changing.edit(member=nia, post=post, text="Please look into the manual, page 3.")
    assert "Please look into the manual." in history_of(post)


def test_a_hidden_topics_title_is_not_shown_on_its_duplicate() -> None:
    kim, lea = order.moderator(), order.member("lea", Level.LEADER)
    shown, other = order.topic(order.member("ada"), "No sound"), order.topic(order.member("bob"), "Her number: 0170 12")
    moderating.mark_duplicate(by=kim, topic=shown, of=other, reason="The same")
    assert "0170" in Client().get(shown.get_absolute_url()).content.decode()
    moderating.hide(by=kim, post=other.posts.get(), reason="Private")
    for reader in (Client(), browser(shown.author)):
        assert "0170" not in reader.get(shown.get_absolute_url()).content.decode()
    assert "0170" in browser(lea).get(shown.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["hidden", "waiting"])
def test_deleting_a_first_post_that_was_hidden_does_not_bring_its_topic_back(state: str) -> None:
    kim, ada = order.moderator(), order.member("ada")
    topic = order.topic(ada, "Her number: 0170 12", SECRET)
    order.post(topic, order.member("bob"), "Do not write that.")
    first = topic.posts.get(number=1)
    if state == "hidden":
        moderating.hide(by=kim, post=first, reason="Private")
    else:
        flags.flag(member=order.member("lea", Level.LEADER), post=first, kind="private")
    writing.delete(member=ada, post=first)
    topic.refresh_from_db()
    assert topic.hidden_at is not None
    assert Client().get(topic.get_absolute_url()).status_code == 404
    assert moderating.black_out(by=kim, post=first, reason="Private")


def test_the_answers_to_a_question_that_was_deleted_for_good_are_seen_again() -> None:
    kim = order.moderator()
    topic = order.topic(order.member("ada"), "Her number: 0170 12", SECRET)
    order.post(topic, order.member("bob"), "Do not write that.")
    first = topic.posts.get(number=1)
    moderating.hide(by=kim, post=first, reason="Private")
    assert moderating.black_out(by=kim, post=first, reason="Private")
    topic.refresh_from_db()
    assert topic.hidden_at is None
    assert "0170" not in Client().get(topic.get_absolute_url()).content.decode()
