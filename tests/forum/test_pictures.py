"""Pictures in posts: made anew, bound to their post, and shown only while it is."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from frontdesk.accounts.privacy.traces import traces_of
from frontdesk.core import clock
from frontdesk.support.forum import adding, erasing, jobs, pictures, writing
from frontdesk.support.forum.models import Member, Picture, Post
from tests.people import signed_in
from tests.support import forum

pytestmark = pytest.mark.django_db


def png(colour: str = "red") -> bytes:
    made = BytesIO()
    Image.new("RGB", (30, 20), colour).save(made, "PNG", pnginfo=None)
    return made.getvalue()


def browser(member: Member) -> Client:
    assert member.person is not None
    return signed_in(member.person)


def upload(member: Member, data: bytes, name: str = "screen.png") -> str:
    answer = browser(member).post("/community/pictures/", {"picture": SimpleUploadedFile(name, data)})
    return str(answer.json().get("markdown") or answer.json()["error"])


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    b"".join(answer.streaming_content if answer.streaming else ())  # type: ignore[attr-defined] # as a server sends it
    return answer.status_code


def test_a_picture_is_shown_while_its_post_is(client: Client) -> None:
    ada, bea = forum.member(), forum.member("bea@example.org", "Bea")
    markdown = upload(ada, png())
    address = markdown[4:-1]
    assert status(client, address) == 404
    assert status(browser(bea), address) == 404
    assert status(browser(ada), address) == 200
    topic = forum.topic(ada, text=f"Look:\n\n{markdown}")
    assert status(client, address) == 200
    assert f'<img src="{address}"' in topic.posts.get().html
    adding.set_state(adding.lock(topic), topic.posts.get(), Post.State.HIDDEN)
    assert status(client, address) == 404
    assert status(browser(ada), address) == 200


def test_a_picture_that_was_hidden_for_does_not_come_back(client: Client) -> None:
    """Its author takes it out, and the post is shown again: the address shows it to nobody else."""
    ada = forum.member()
    markdown = upload(ada, png())
    topic = forum.topic(ada, text=f"Look:\n\n{markdown}")
    post = topic.posts.get()
    adding.set_state(adding.lock(topic), post, Post.State.HIDDEN)
    writing.edit(member=ada, post=post, text="Look elsewhere.")
    post.refresh_from_db()
    adding.set_state(adding.lock(topic), post, Post.State.VISIBLE)
    assert status(client, markdown[4:-1]) == 404
    assert status(browser(forum.member("bea@example.org", "Bea")), markdown[4:-1]) == 404
    assert status(browser(ada), markdown[4:-1]) == 200


def test_what_all_have_seen_stands_in_the_history_until_its_author_leaves(client: Client) -> None:
    ada = forum.member()
    markdown = upload(ada, png())
    topic = forum.topic(ada, text=f"Look:\n\n{markdown}")
    writing.edit(member=ada, post=topic.posts.get(), text="Look elsewhere.")
    assert status(client, markdown[4:-1]) == 200
    assert ada.person is not None
    erasing.erase(traces_of(ada.person))
    assert status(client, markdown[4:-1]) == 404
    assert not Picture.objects.exists()


def test_a_deleted_posts_picture_goes_with_it(client: Client) -> None:
    topic, bea = forum.topic(), forum.member("bea@example.org", "Bea")
    markdown = upload(bea, png())
    post = forum.reply(topic, bea, markdown)
    assert status(client, markdown[4:-1]) == 200
    writing.delete(member=bea, post=post)
    assert status(client, markdown[4:-1]) == 404


def test_nobody_binds_anothers_picture() -> None:
    markdown = upload(forum.member(), png())
    forum.topic(forum.member("eve@example.org", "Eve"), text=markdown)
    assert Picture.objects.get().post is None


@pytest.mark.parametrize("data", [b"", b"MZ not a picture", b"<svg onload=alert(1)>", png()[:40]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    assert "picture" in upload(forum.member(), data).lower() or not data
    assert not Picture.objects.exists()


def test_what_was_never_posted_is_forgotten_after_a_day() -> None:
    ada = forum.member()
    upload(ada, png())
    forum.topic(ada, text=upload(ada, png("blue")))
    assert jobs.forget_pictures() == 0
    unsent = Picture.objects.get(post=None)
    Picture.objects.update(created_at=unsent.created_at - timedelta(days=2))
    assert jobs.forget_pictures() == 1
    assert Picture.objects.get().post is not None
    assert default_storage.exists(Picture.objects.get().file)


def test_files_whose_row_never_came_are_swept_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    upload(forum.member(), png())
    kept = Picture.objects.get().file
    lost = default_storage.save(f"{pictures.FOLDER}lost-30x20.png", ContentFile(png()))
    jobs.forget_orphans()
    assert default_storage.exists(lost)  # its row may be about to come
    tomorrow = clock.real_now() + pictures.UNSENT + timedelta(minutes=1)
    monkeypatch.setattr(clock, "real_now", lambda: tomorrow)
    assert jobs.forget_orphans() >= 1
    assert not default_storage.exists(lost)
    assert default_storage.exists(kept)


@pytest.mark.parametrize("state", [Post.State.WAITING, Post.State.HIDDEN])
def test_no_cache_between_keeps_the_picture_of_what_is_not_shown(state: Post.State) -> None:
    ada = forum.member()
    markdown = upload(ada, png())
    topic = forum.topic(ada, text=f"Look:\n\n{markdown}")
    reply = forum.reply(topic, ada, upload(ada, png("blue")))
    of_reply = Picture.objects.get(post=reply).address

    def kept(address: str) -> str:
        answer = browser(ada).get(address)
        b"".join(answer.streaming_content)  # type: ignore[attr-defined] # as a server sends it
        return str(answer["Cache-Control"])

    assert kept(markdown[4:-1]).startswith("public")
    assert kept(of_reply).startswith("public")
    adding.set_state(adding.lock(topic), topic.posts.get(number=1), state)
    assert kept(markdown[4:-1]).startswith("private")
    assert kept(of_reply).startswith("private")
