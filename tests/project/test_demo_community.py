"""Halcyon's community, as the demo makes it."""

import pytest

from frontdesk.project.demo import community
from frontdesk.project.demo.sources import read
from frontdesk.support.forum.models import Expertise, Flag, Member, Post, Topic
from frontdesk.support.helpcentre.models import SearchEntry
from frontdesk.support.tickets.models import Conversation
from tests import people
from tests.support import desk

pytestmark = pytest.mark.django_db


def test_it_is_there_whole_and_once() -> None:
    for row in read("community")["members"]:
        address = row.get("email", "")
        if address.endswith(community.STAFF):
            desk.agent(address, row["name"])
        elif address:
            people.customer(address, row["name"])
    for _each in range(2):
        community.build_community()
    assert 40 <= Topic.objects.count() <= 60
    assert set(Topic.objects.values_list("language", flat=True)) == {"en", "de"}
    assert Topic.objects.exclude(accepted=None).count() == SearchEntry.objects.filter(kind="topic").count() > 20
    assert Conversation.objects.get(channel="forum").subject == Topic.objects.exclude(conversation=None).get().title
    assert Post.objects.get(state=Post.State.WAITING).author.handle == "gwen"
    assert Flag.objects.get(post=None).profile == Member.objects.get(handle="gwen")
    assert Flag.objects.filter(profile=None).count() == 1
    assert Expertise.objects.filter(accepted__gt=0).exists(), "who was thanked stands among the experts from the start"
    assert Member.objects.filter(person=None).count() >= 5
    assert Post.objects.filter(is_official=True).exclude(author__handle__in=["agnes", "kim", "jule"]).count() == 0
    assert len(set(Member.objects.values_list("level", flat=True))) >= 4
    assert not Topic.objects.filter(post_count__lt=1).exists()
