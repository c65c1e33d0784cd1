"""What the page that asks before hiding says: where else the words stand."""

import pytest
from django.test import Client

from frontdesk.accounts.roles import Role
from frontdesk.support.forum import moderating, quotations, rendering
from frontdesk.support.forum.models import Category, Member, Post, Topic
from tests import people
from tests.support import order
from tests.support.order import Level

pytestmark = pytest.mark.django_db


def quoting(post: Post, by: Member, topic: Topic | None = None, answer: str = "Is that so?") -> Post:
    said = rendering.quote(post.text, by=post.author.name, path=f"/community/p/{post.pk}/")
    return order.post(topic or post.topic, by, said + answer)


@pytest.fixture
def post() -> Post:
    return order.post(order.topic(order.member("ada")), order.member("bob"), "You are all fools.")


def page_of(post: Post, who: Client) -> str:
    return who.get(f"/community/p/{post.pk}/order/hide/").content.decode()


def test_posts_that_quote_it_are_named_wherever_they_stand(post: Post) -> None:
    cleo, kim = order.member("cleo"), order.moderator()
    elsewhere = order.topic(cleo, "Another matter")
    near, far = quoting(post, cleo), quoting(post, cleo, elsewhere)
    hidden, again = quoting(post, cleo), quoting(near, cleo)
    moderating.hide(by=kim, post=hidden, reason="Rude")
    order.post(post.topic, cleo, f"Look at [this](/community/p/{post.pk}/).")
    assert quotations.in_sight_of(post) == [near, far]
    desk = people.staff_browser(Role.AGENT)
    page = desk.get(f"/desk/community/posts/{post.pk}/hide/").content.decode()
    assert "2 posts quote it" in page
    for each in (near, far):
        assert f'href="{each.get_absolute_url()}"' in page
    for each in (hidden, again):
        assert f'href="{each.get_absolute_url()}"' not in page
    assert "quote it" not in desk.get(f"/desk/community/posts/{post.pk}/black_out/").content.decode()
    assert desk.post(f"/desk/community/posts/{post.pk}/hide/", {"reason": "Rude"}).status_code == 302


def test_leaders_are_told_of_nothing_that_they_do_not_read(post: Post) -> None:
    lea, kim = order.member("lea", Level.LEADER), order.moderator()
    inside = order.topic(kim, "Our own talk", category=order.category("team", reads=Category.Who.STAFF))
    page = people.signed_in(order.person_of(lea))
    quoting(post, kim, inside)
    assert "Our own talk" not in page_of(post, page)
    assert "quotes it" not in page_of(post, page)
    quoting(post, kim)
    assert "1 post quotes it" in page_of(post, page)


def test_nothing_is_said_where_nobody_quotes_it(post: Post) -> None:
    page = page_of(post, people.signed_in(order.person_of(order.member("lea", Level.LEADER))))
    assert "quotes it" not in page
    assert "Only its author and moderators see it." in page
