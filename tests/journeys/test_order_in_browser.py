"""Pages on which members report profiles and moderators decide: axe finds nothing, and nothing sticks out."""

import pytest
from django.conf import settings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from frontdesk.accounts.roles import Role
from frontdesk.support.forum import flags, moderating, rendering
from frontdesk.support.forum.models import Member
from tests import people
from tests.journeys.test_pages_in_browser import walk
from tests.support import order

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "https://very-long.example.org/" + "without-a-place-to-break" * 6


def test_axe_finds_nothing(chromium: Browser, live_server: LiveServer) -> None:
    ada, bob, kim = order.member("ada", about=f"Look: {LONG}"), order.member("bob"), order.moderator()
    Member.objects.filter(pk=ada.pk).update(name="W" * 60)
    post = order.post(order.topic(bob), ada)
    quoted = rendering.quote(post.text, by="Ada", path=f"/community/p/{post.pk}/")
    order.post(post.topic, bob, f"{quoted}Is that so?")
    moderating.clear_profile(by=kim, member=bob, reason="A joke", parts=["name"], rule="rude")
    flags.flag_profile(member=bob, profile=ada, kind="spam", words=LONG)
    flags.flag(member=bob, post=post, kind="spam")
    session = people.signed_in(order.person_of(bob)).cookies[settings.SESSION_COOKIE_NAME].value
    theirs = ["/community/u/ada/", "/community/u/ada/report/", "/community/me/"]
    assert walk(chromium, live_server.url, theirs, session) == []
    session = people.staff_browser(Role.MANAGER).cookies[settings.SESSION_COOKIE_NAME].value
    members = [f"/desk/community/members/{each.pk}/" for each in (ada, bob)]
    deeds = [f"{members[0]}clear/", f"{members[1]}restore/", f"{members[0]}reports_keep/"]
    desk = ["/desk/community/?show=reported", *members, *deeds, f"/desk/community/posts/{post.pk}/hide/"]
    assert walk(chromium, live_server.url, [*desk, "/community/u/ada/order/clear/"], session) == []
