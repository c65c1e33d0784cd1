"""Counts and marks are always those that the posts themselves say, whatever happens in which order."""

import io
from contextlib import redirect_stdout, suppress
from datetime import datetime
from uuid import UUID, uuid4

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from frontdesk.core.reasons import Refusal
from frontdesk.project.commands import community
from frontdesk.support.forum import accepting, adding, counting, liking, writing
from frontdesk.support.forum.models import Member, Post, Topic
from tests.support import forum

State = Post.State
WHO = st.integers(0, 2)
WHICH = st.integers(0, 7)


class Talk(RuleBasedStateMachine):
    """Three members write, take back, like and accept; a moderator hides and shows."""

    @initialize()
    def begin(self) -> None:
        self.members = [forum.team(f"m{each}@halcyon.example", f"Mo {each}") for each in range(3)]
        topics = [forum.topic(self.members[0], title=f"Question number {each}") for each in range(2)]
        self.topics = topics

    def post(self, which: int) -> Post:
        every = list(Post.objects.filter(topic__in=self.topics).order_by("topic__number", "number"))
        return every[which % len(every)]

    @rule(who=WHO, which=st.integers(0, 1))
    def reply(self, who: int, which: int) -> None:
        with suppress(Refusal):
            writing.reply(
                member=self.members[who], topic=self.topics[which], text=f"Answer {uuid4()}", client_id=uuid4()
            )

    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        post = self.post(which)
        with suppress(Refusal):
            writing.delete(member=post.author, post=post)

    @rule(which=WHICH, state=st.sampled_from([State.HIDDEN, State.VISIBLE, State.WAITING]))
    def moderate(self, which: int, state: State) -> None:
        post = self.post(which)
        adding.set_state(adding.lock(post.topic), post, state)

    @rule(which=WHICH)
    def accept(self, which: int) -> None:
        post = self.post(which)
        with suppress(Refusal):
            accepting.accept(member=post.topic.author, post=post)

    @rule(which=st.integers(0, 1))
    def unaccept(self, which: int) -> None:
        accepting.unaccept(member=self.members[0], topic=self.topics[which])

    @rule(who=WHO, which=WHICH, on=st.booleans())
    def like(self, who: int, which: int, on: bool) -> None:
        with suppress(Refusal):
            (liking.like if on else liking.unlike)(member=self.members[who], post=self.post(which))

    @invariant()
    def counts_are_those_of_the_posts(self) -> None:
        for topic in Topic.objects.select_related("category"):
            assert (topic.post_count, topic.last_post_at, topic.unanswered_since, topic.accepted_id) == reckoned(topic)
            assert (topic.solved_at is None) == (topic.accepted_id is None)
        for member in Member.objects.all():
            assert (member.post_count, member.likes_received, member.accepted_count) == reckoned_of(member), member
        for post in Post.objects.all():
            assert post.like_count == post.reactions.count()


def reckoned(topic: Topic) -> tuple[int, datetime, datetime | None, UUID | None]:
    """Worked out in the plainest way, apart from the code under test."""
    seen = [post for post in topic.posts.all() if post.state == State.VISIBLE]
    answered = any(post.author_id != topic.author_id for post in seen)
    accepted = topic.accepted_id if topic.accepted_id in {post.pk for post in seen} else None
    waits = not answered and topic.hidden_at is None and accepted is None
    last = max((post.created_at for post in seen), default=topic.created_at)
    return len(seen), last, topic.created_at if waits else None, accepted


def reckoned_of(member: Member) -> tuple[int, int, int]:
    seen = [post for post in member.posts.all() if post.state == State.VISIBLE]
    solved = [topic for topic in Topic.objects.exclude(accepted=None) if topic.author_id != member.pk]
    accepted = sum(topic.accepted is not None and topic.accepted.author_id == member.pk for topic in solved)
    return len(seen), sum(post.reactions.count() for post in seen), accepted


class TestTalk(TestCase):
    """Each example in a transaction of its own."""

    def test_counts_never_go_wrong(self) -> None:
        examples = settings(
            max_examples=5, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        )
        run_state_machine_as_test(Talk, settings=examples)


@pytest.mark.django_db
def test_a_recount_mends_what_is_wrong() -> None:
    topic = forum.topic()
    forum.reply(topic)
    assert counting.recount() == 0
    Topic.objects.update(post_count=17, unanswered_since=topic.created_at)
    Member.objects.update(post_count=9)
    assert counting.recount() == 1
    topic.refresh_from_db()
    assert (topic.post_count, topic.unanswered_since) == (2, None)
    assert set(Member.objects.values_list("post_count", flat=True)) == {1}


@pytest.mark.django_db
def test_the_command_says_what_it_found() -> None:
    forum.topic()
    said = io.StringIO()
    with redirect_stdout(said):
        community._recount()
        community._reindex()
    assert said.getvalue() == "all counts are right\n1 posts can be found\n"
